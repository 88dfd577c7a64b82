//! Properties that come, go and move, and such as are called like something that generated code has already.

use serde_json::json;

use super::{
    Mutation,
    change::Change,
    json::Json,
    survey::Sort,
    twin::{remove, some_schema},
};

pub(super) const ALL: &[Mutation] = &[
    Mutation { name: "property added as the first", apply: |change| added(change, true), placed: true },
    Mutation { name: "property added as the last", apply: |change| added(change, false), placed: true },
    Mutation { name: "property removed", apply: removed, placed: true },
    Mutation { name: "property moved", apply: moved, placed: true },
    Mutation { name: "properties reversed", apply: reversed, placed: true },
    Mutation { name: "property with a special name", apply: special, placed: true },
    Mutation { name: "object with a special name", apply: special_object, placed: true },
    Mutation { name: "property called as the parent", apply: called_as_parent, placed: true },
];

/// Names that mean something to Rust, to Kubernetes or to generated code.
const SPECIAL: &[&str] = &[
    "unknown",
    "new",
    "type",
    "client",
    "list",
    "List",
    "spec",
    "status",
    "metadata",
    "informer",
    "lister",
    "controller",
    "self",
    "Self",
    "super",
    "crate",
    "mod",
    "std",
    "option",
    "string",
    "default",
    "unrecognized",
    "unknownProperties",
    "clients",
    "*",
    "",
];

fn added(change: &mut Change<'_>, first: bool) -> Option<()> {
    let object = change.choose_sort(&[Sort::Object])?;
    let schema = some_schema(change.random);
    let properties = change.properties(object)?;
    let key = (1..=properties.len() + 1)
        .map(|number| format!("added{number}"))
        .find(|key| !properties.contains_key(key.as_str()))?;
    let place = if first { 0 } else { properties.len() };
    properties.shift_insert(place, key.into(), schema);
    Some(())
}

fn removed(change: &mut Change<'_>) -> Option<()> {
    let object = change.choose_sort(&[Sort::Object])?;
    let key = change.choose_property(object)?;
    change.tell(&key);
    remove(change.schema(object)?, &key)
}

fn moved(change: &mut Change<'_>) -> Option<()> {
    let object = change.choose(|_, site| site.sort == Sort::Object)?;
    let key = change.choose_property(object)?;
    let count = change.properties(object)?.len();
    let to = change.random.usize(..count);
    let properties = change.properties(object)?;
    let from = properties.get_index_of(key.as_str())?;
    properties.move_index(from, to);
    (from != to).then_some(())
}

fn reversed(change: &mut Change<'_>) -> Option<()> {
    let object = change.choose_sort(&[Sort::Object])?;
    let properties = change.properties(object)?;
    properties.reverse();
    (properties.len() > 1).then_some(())
}

fn special(change: &mut Change<'_>) -> Option<()> {
    let object = change.choose_sort(&[Sort::Object])?;
    let schema = some_schema(change.random);
    let key = *change.random.choice(SPECIAL)?;
    insert(change, object, key, schema)
}

fn special_object(change: &mut Change<'_>) -> Option<()> {
    let object = change.choose_sort(&[Sort::Object])?;
    let key = *change.random.choice(SPECIAL)?;
    let inner =
        json!({"type": "object", "properties": {key: {"type": "object", "properties": {"inner": {"type": "string"}}}}});
    insert(change, object, key, Json::from(&inner))
}

/// The kind for a root, else the property that has the object, spelled as its type or as itself.
fn called_as_parent(change: &mut Change<'_>) -> Option<()> {
    let object = change.choose_sort(&[Sort::Object])?;
    let kind = change.crd()?.at(&["spec", "names", "kind"]).and_then(Json::as_str).map(str::to_owned)?;
    let parent = change.survey.key(object).map(str::to_owned);
    let schema = some_schema(change.random);
    insert(change, object, &parent.unwrap_or(kind), schema)
}

fn insert(change: &mut Change<'_>, object: usize, key: &str, schema: Json) -> Option<()> {
    change.tell(key);
    let count = change.properties(object)?.len();
    let place = change.random.usize(..=count);
    let properties = change.properties(object)?;
    if properties.contains_key(key) {
        return None;
    }
    properties.shift_insert(place, key.into(), schema);
    Some(())
}
