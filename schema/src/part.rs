//! The parts of a value, each beside its schema.
//!
//! In: a value and its schema. Out: the members and items that have a schema, and a walk over everything that has one, under
//! the paths that `field.Path` would give it: declared members by their names, others as keys.

use serde_json::Value;

use crate::{field::Path, schema::Schema};

/// The step from a value to one of its parts.
#[derive(Clone, Copy)]
pub(crate) enum Step<'a> {
    /// To a declared member.
    Property(&'a str),
    /// To a member that is not declared.
    Key(&'a str),
    /// To an item.
    Item(usize),
}

impl<'a> Step<'a> {
    /// The path of the part of a value at `path`.
    pub(crate) fn below<'b>(self, path: &'b Path<'_>) -> Path<'b>
    where
        'a: 'b,
    {
        match self {
            Self::Property(name) => path.child(name),
            Self::Key(name) => path.key(name),
            Self::Item(index) => path.index(index),
        }
    }
}

/// The way to the member of that name and its schema, if it has one.
pub(crate) fn member<'s, 'n>(schema: &'s Schema, name: &'n str) -> Option<(Step<'n>, &'s Schema)> {
    match schema.properties.get(name) {
        Some(property) => Some((Step::Property(name), property)),
        None => schema.additional_schema().map(|schema| (Step::Key(name), schema)),
    }
}

/// The parts of a value that have a schema.
pub(crate) fn parts<'v>(
    value: &'v Value,
    schema: &'v Schema,
) -> impl Iterator<Item = (Step<'v>, &'v Value, &'v Schema)> {
    let members = value.as_object().into_iter().flatten().filter_map(|(name, value)| {
        let (step, schema) = member(schema, name)?;
        Some((step, value, schema))
    });
    let items = schema.items.as_deref().zip(value.as_array()).into_iter().flat_map(|(schema, items)| {
        items.iter().enumerate().map(move |(index, item)| (Step::Item(index), item, schema))
    });
    members.chain(items)
}

/// [`parts`], to be changed.
pub(crate) fn parts_mut<'v>(
    value: &'v mut Value,
    schema: &'v Schema,
) -> impl Iterator<Item = (Step<'v>, &'v mut Value, &'v Schema)> {
    let (members, items) = match value {
        Value::Object(members) => (Some(members), None),
        Value::Array(items) => (None, Some(items)),
        _ => (None, None),
    };
    let members = members.into_iter().flatten().filter_map(|(name, value)| {
        let (step, schema) = member(schema, name)?;
        Some((step, value, schema))
    });
    let items = schema.items.as_deref().zip(items).into_iter().flat_map(|(schema, items)| {
        items.iter_mut().enumerate().map(move |(index, item)| (Step::Item(index), item, schema))
    });
    members.chain(items)
}

/// Calls `take` with the value and everything in it that has a schema, parents first.
pub(crate) fn visit(
    value: &Value,
    schema: &Schema,
    path: &Path<'_>,
    take: &mut impl FnMut(&Value, &Schema, &Path<'_>),
) {
    take(value, schema, path);
    for (step, part, schema) in parts(value, schema) {
        visit(part, schema, &step.below(path), take);
    }
}
