//! Places in a schema: the ways from the root to every part.
//!
//! In: a schema. Out: its places in source order, their names, and what a value there must fulfil.

use super::{plan::Step, wanted::Wanted};
use crate::schema::{AdditionalProperties, Schema};

/// No more places are listed.
const MOST: usize = 4096;
/// The key that stands for every key of a map.
pub(crate) const ANY_KEY: &str = "key";
/// What every object has, whatever its schema says.
const TYPE_AND_METADATA: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// The places below the root, parents first. Type and metadata are left out.
pub(crate) fn places(schema: &Schema) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    collect(schema, &[], &mut found);
    found
}

fn collect(schema: &Schema, way: &[Step], found: &mut Vec<Vec<Step>>) {
    let declared = schema.properties.iter().filter(|(name, _)| {
        let given = way.is_empty() && TYPE_AND_METADATA.contains(&name.as_str());
        !given
    });
    let declared = declared.map(|(name, schema)| (Step::Member(name.clone()), schema));
    let key = match &schema.additional_properties {
        Some(AdditionalProperties::Schema(schema)) => Some((Step::Key(ANY_KEY.to_owned()), schema.as_ref())),
        _ => None,
    };
    let item = schema.items.as_deref().map(|schema| (Step::Item, schema));
    for (step, schema) in declared.chain(key).chain(item) {
        if found.len() == MOST {
            return;
        }
        let way = [way, &[step]].concat();
        found.push(way.clone());
        collect(schema, &way, found);
    }
}

/// What a value at the end of the way must fulfil.
pub(crate) fn wanted<'s>(root: &Wanted<'s>, steps: &[Step]) -> Wanted<'s> {
    steps.iter().fold(root.clone(), |wanted, step| match step {
        Step::Member(name) | Step::Key(name) => wanted.member(name),
        Step::Item => wanted.items(),
    })
}

/// A place as people write it: `spec.ports[*].name`, and nothing for the root.
pub(crate) fn print(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Member(name) if path.is_empty() => path.push_str(name),
            Step::Member(name) => {
                path.push('.');
                path.push_str(name);
            }
            Step::Key(_) | Step::Item => path.push_str("[*]"),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_are_named_as_people_write_them() {
        let schema = Schema::from_value(&json!({"properties": {
            "metadata": {"type": "object"},
            "spec": {"properties": {"ports": {"items": {"properties": {"name": {}}}}, "labels": {"additionalProperties": {"type": "string"}}}}
        }}));
        let names: Vec<String> = places(&schema.unwrap()).iter().map(|steps| print(steps)).collect();
        let expected = ["spec", "spec.labels", "spec.labels[*]", "spec.ports", "spec.ports[*]", "spec.ports[*].name"];
        assert_eq!(names, expected);
    }
}
