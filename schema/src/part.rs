//! The parts of a value, each beside its schema.
//!
//! In: a value and its schema. Out: the members and items that have a schema, and a walk over everything that has one, under
//! the paths that `field.Path` would give it: declared members by their names, others as keys.

use std::ops::ControlFlow;

use serde_json::Value;

use crate::{
    field::Path,
    schema::Schema,
    view::{Arena, View},
};

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

/// Finds the schemas of an object's members, one after the other.
///
/// Objects mostly have their members in the order of the schema, so those that come next are looked at first: to compare a name
/// costs a fraction of its hash.
pub(crate) struct Members<'s> {
    schema: &'s Schema,
    next: usize,
}

impl<'s> Members<'s> {
    /// How many properties are looked at before one is searched for.
    const NEAR: usize = 4;

    pub(crate) fn new(schema: &'s Schema) -> Self {
        Self { schema, next: 0 }
    }

    /// The way to the member of that name and its schema, if it has one.
    pub(crate) fn find<'n>(&mut self, name: &'n str) -> Option<(Step<'n>, &'s Schema)> {
        let properties = &*self.schema.properties;
        let is_here = |index: &usize| properties.get_index(*index).is_some_and(|(known, _)| known == name);
        let near = (self.next..self.next + Self::NEAR).find(is_here);
        match near.or_else(|| properties.get_index_of(name)) {
            Some(index) => {
                self.next = index + 1;
                properties.get_index(index).map(|(_, property)| (Step::Property(name), property))
            }
            None => self.schema.additional_schema().map(|schema| (Step::Key(name), schema)),
        }
    }
}

/// Calls `take` with each part of a value that has a schema, until it breaks.
pub(crate) fn parts<'v>(
    value: View<'v>,
    schema: &'v Schema,
    arena: &'v Arena,
    mut take: impl FnMut(Step<'v>, View<'v>, &'v Schema) -> ControlFlow<()>,
) {
    match value {
        View::Object(members) => {
            let mut schemas = Members::new(schema);
            members.each(arena, &mut |name, value| match schemas.find(name) {
                Some((step, schema)) => take(step, value, schema),
                None => ControlFlow::Continue(()),
            });
        }
        View::List(_) => {
            let Some(schema) = schema.items.as_deref() else { return };
            let mut items = value.items(arena).enumerate();
            let _ = items.try_for_each(|(index, item)| take(Step::Item(index), item, schema));
        }
        _ => {}
    }
}

/// The parts of a JSON value that have a schema, to be changed.
pub(crate) fn parts_mut<'v>(
    value: &'v mut Value,
    schema: &'v Schema,
) -> impl Iterator<Item = (Step<'v>, &'v mut Value, &'v Schema)> {
    let (members, items) = match value {
        Value::Object(members) => (Some(members), None),
        Value::Array(items) => (None, Some(items)),
        _ => (None, None),
    };
    let mut schemas = Members::new(schema);
    let members = members.into_iter().flatten().filter_map(move |(name, value)| {
        let (step, schema) = schemas.find(name)?;
        Some((step, value, schema))
    });
    let items = schema.items.as_deref().zip(items).into_iter().flat_map(|(schema, items)| {
        items.iter_mut().enumerate().map(move |(index, item)| (Step::Item(index), item, schema))
    });
    members.chain(items)
}

/// Calls `take` with the value and everything in it that has a schema, parents first.
pub(crate) fn visit<'v>(
    value: View<'v>,
    schema: &'v Schema,
    path: &Path<'_>,
    arena: &'v Arena,
    take: &mut impl FnMut(View<'v>, &'v Schema, &Path<'_>),
) {
    take(value, schema, path);
    parts(value, schema, arena, |step, part, schema| {
        visit(part, schema, &step.below(path), arena, take);
        ControlFlow::Continue(())
    });
}
