//! Lists: how server-side apply merges them.

use crdgen_schema::schema::{ListType, Schema, SchemaType};

use super::report;
use crate::lint::{
    check,
    finding::Sink,
    place::{Node, people},
};

/// Checks a node.
pub(super) fn check(node: &Node<'_>, sink: &mut Sink<'_>) {
    let schema = node.schema;
    if schema.kind != Some(SchemaType::Array) {
        return;
    }
    let Some(items) = schema.items.as_deref() else { return };
    report(
        node,
        sink,
        schema.list_type.is_none(),
        check::LIST_TYPE,
        "the list has no `x-kubernetes-list-type`: server-side apply replaces it as a whole",
        "say `map` with keys, `set`, or `atomic`",
    );
    let is_object = items.kind == Some(SchemaType::Object);
    report(
        node,
        sink,
        is_object && schema.list_type == Some(ListType::Set),
        check::SET_OF_OBJECTS,
        "the list is a set of objects: two appliers cannot own parts of one",
        "make it a `map` with keys",
    );
    report(
        node,
        sink,
        is_object && !items.properties.is_empty() && items.required.is_empty(),
        check::ITEMS_WITHOUT_REQUIRED,
        "none of the properties of the list's objects is required: an item may be empty",
        "make the property required that tells items apart",
    );
    let is_of_conditions = people(node.steps) == "status.conditions" && is_condition(items);
    report(
        node,
        sink,
        is_of_conditions && !is_map_by_type(schema),
        check::CONDITIONS,
        "conditions are not a list map by `type`: server-side apply of one condition removes those of others",
        "set `x-kubernetes-list-type: map` and `x-kubernetes-list-map-keys: [type]`",
    );
}

fn is_condition(items: &Schema) -> bool {
    ["type", "status"].iter().all(|name| items.properties.contains_key(*name))
}

fn is_map_by_type(schema: &Schema) -> bool {
    schema.list_type == Some(ListType::Map) && *schema.list_map_keys == ["type"]
}
