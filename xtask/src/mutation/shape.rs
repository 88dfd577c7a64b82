//! Properties whose values get another shape: an object for a string, an array for an object, and the reverse.

use serde_json::json;

use super::{
    Mutation,
    change::{Change, IMPLICIT},
    json::Json,
    survey::{Sort, Step},
    twin::some_schema,
};

pub(super) const ALL: &[Mutation] = &[
    Mutation { name: "leaf to object", apply: leaf_to_object, placed: true },
    Mutation { name: "object to leaf", apply: object_to_leaf, placed: true },
    Mutation { name: "object to array of it", apply: |change| wrapped(change, "array", "items"), placed: true },
    Mutation {
        name: "object to map of it",
        apply: |change| wrapped(change, "object", "additionalProperties"),
        placed: true,
    },
    Mutation { name: "array or map to its element", apply: unwrapped, placed: true },
    Mutation { name: "object to array of it, with a property twin", apply: wrapped_with_twin, placed: true },
    Mutation { name: "another schema", apply: another, placed: true },
];

/// A property of a random schema of that sort, but none of those that every root has.
fn property(change: &mut Change<'_>, sorts: &[Sort]) -> Option<usize> {
    change.choose(|_, site| {
        let implicit = |key: &String| site.depth == 1 && IMPLICIT.contains(&key.as_str());
        sorts.contains(&site.sort) && matches!(&site.step, Step::Property(key) if !implicit(key))
    })
}

fn replace(change: &mut Change<'_>, site: usize, mut schema: Json) -> Option<()> {
    let old = change.schema(site)?;
    if let Some(description) = old.get("description") {
        schema.set("description", description.clone());
    }
    *old = schema;
    Some(())
}

fn leaf_to_object(change: &mut Change<'_>) -> Option<()> {
    let site = property(change, &[Sort::Text, Sort::Scalar, Sort::Enum])?;
    let leaf = change.schema(site)?.clone();
    let mut object = Json::from(&json!({"type": "object", "properties": {}}));
    object.at_mut(&["properties"])?.set("value", leaf);
    replace(change, site, object)
}

fn object_to_leaf(change: &mut Change<'_>) -> Option<()> {
    let site = property(change, &[Sort::Object, Sort::Map])?;
    replace(change, site, Json::from(&json!({"type": "string"})))
}

fn wrapped(change: &mut Change<'_>, ty: &str, keyword: &str) -> Option<()> {
    let site = property(change, &[Sort::Object, Sort::Enum])?;
    let mut inner = change.schema(site)?.clone();
    inner.remove("default");
    let mut outer = Json::from(&json!({"type": ty}));
    outer.set(keyword, inner);
    replace(change, site, outer)
}

fn unwrapped(change: &mut Change<'_>) -> Option<()> {
    let site = property(change, &[Sort::Array, Sort::Map])?;
    let schema = change.schema(site)?;
    let inner =
        schema.get("items").or_else(|| schema.get("additionalProperties")).filter(|inner| inner.members().is_some());
    let inner = inner?.clone();
    replace(change, site, inner)
}

/// The names in an object may need what they stood for just when the object moves.
fn wrapped_with_twin(change: &mut Change<'_>) -> Option<()> {
    let site = property(change, &[Sort::Object])?;
    let key = change.choose_property(site)?;
    let twin = super::spelling::dashed(&key);
    let schema = some_schema(change.random);
    let properties = change.properties(site)?;
    if properties.contains_key(twin.as_str()) {
        return None;
    }
    properties.shift_insert(0, twin.into(), schema);
    let inner = change.schema(site)?.clone();
    let mut outer = Json::from(&json!({"type": "array"}));
    outer.set("items", inner);
    replace(change, site, outer)
}

fn another(change: &mut Change<'_>) -> Option<()> {
    let site = property(change, &[Sort::Object, Sort::Map, Sort::Array, Sort::Enum, Sort::Text, Sort::Scalar])?;
    let schema = some_schema(change.random);
    replace(change, site, schema)
}
