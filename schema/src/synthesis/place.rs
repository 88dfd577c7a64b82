//! Places in a schema: the ways from the root to every part.
//!
//! In: a schema. Out: its places in source order, their names, and what a value there must fulfil.

use super::{plan::Step, wanted::Wanted};
use crate::schema::Schema;

/// No more places are looked at.
const MOST: usize = 100_000;
/// The key that stands for every key of a map.
pub(crate) const ANY_KEY: &str = "key";
/// What every object has, whatever its schema says.
const TYPE_AND_METADATA: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// At most `count` places below the root, parents first, from all over the schema. Type and metadata are left out.
pub(crate) fn places(schema: &Schema, count: usize) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    collect(schema, None, &mut found);
    let every = found.len().div_ceil(count.max(1)).max(1);
    (0..found.len()).step_by(every).take(count).map(|index| way(&found, index)).collect()
}

/// A step, and the place that it starts at, if that is not the root.
type Link<'s> = (Last<'s>, Option<usize>);

/// A step without a text of its own.
#[derive(Clone, Copy)]
enum Last<'s> {
    Member(&'s str),
    Key,
    Item,
}

fn collect<'s>(schema: &'s Schema, from: Option<usize>, found: &mut Vec<Link<'s>>) {
    let declared = schema.properties.iter().filter(|(name, _)| {
        let given = from.is_none() && TYPE_AND_METADATA.contains(&name.as_str());
        !given
    });
    let declared = declared.map(|(name, schema)| (Last::Member(name), schema));
    let key = schema.additional_schema().map(|schema| (Last::Key, schema));
    let item = schema.items.as_deref().map(|schema| (Last::Item, schema));
    for (last, schema) in declared.chain(key).chain(item) {
        if found.len() == MOST {
            return;
        }
        found.push((last, from));
        collect(schema, Some(found.len() - 1), found);
    }
}

fn way(found: &[Link<'_>], index: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut next = Some(index);
    while let Some((last, from)) = next.and_then(|index| found.get(index)) {
        steps.push(match last {
            Last::Member(name) => Step::Member((*name).to_owned()),
            Last::Key => Step::Key(ANY_KEY.to_owned()),
            Last::Item => Step::Item,
        });
        next = *from;
    }
    steps.reverse();
    steps
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
        let names: Vec<String> = places(&schema.unwrap(), 10).iter().map(|steps| print(steps)).collect();
        let expected = ["spec", "spec.labels", "spec.labels[*]", "spec.ports", "spec.ports[*]", "spec.ports[*].name"];
        assert_eq!(names, expected);
    }
}
