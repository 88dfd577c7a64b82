//! A quick answer to the question that most objects are asked: is there anything wrong with this one?
//!
//! In: a schema, once, and then any number of new objects. Out: whether an object passes everything that the schema says of its
//! values: constraints, list types, embedded resources. An object that does not pass is checked again by [`Walk`](super::walk), which
//! has the words, the paths and the old object.
//!
//! What the plan knows beside the schema is found out once: which types pass, which format is enforced, which members are
//! required. **Invariant**: what passes has no errors. `cargo xtask fuzz object` looks for an object with which that is not so.

mod accept;
mod compile;
mod fields;
#[cfg(test)]
mod tests;
mod text;

use std::{collections::HashMap, sync::Arc};

use foldhash::fast::RandomState;
use serde_json::Value;

use self::{accept::Accept, fields::Fields, text::Text};
use crate::{
    constraint::NumberFormat,
    defaulting::Defaults,
    number::Number,
    schema::{ListType, Schema},
    view::{Arena, View},
};

/// What a schema says of an object, ready for quick answers.
#[derive(Debug)]
pub(crate) struct Plan(Node);

impl Plan {
    /// The plan of the schema of a whole object, and of its defaults.
    pub(crate) fn new(schema: &Schema, defaults: Option<&Arc<Defaults>>) -> Self {
        Self(Node::new(schema, defaults, false))
    }

    /// Whether an object's metadata may have what it likes.
    pub(crate) fn leaves_metadata(&self) -> bool {
        let metadata = self.0.object.as_ref().and_then(|object| {
            let index = *object.by_name.get("metadata")?;
            object.members[index].node.as_ref()
        });
        metadata.is_none_or(|node| node.types.object && node.object.is_none() && node.checks.is_none())
    }

    /// Whether nothing is wrong with an object in which defaults are filled in.
    pub(crate) fn accepts<'v>(&'v self, object: View<'v>, arena: &'v Arena) -> bool {
        Accept { arena, lacks_defaults: false }.node(&self.0, object)
    }

    /// Whether nothing would be wrong with an object if defaults were filled in.
    pub(crate) fn accepts_without_defaults<'v>(&'v self, object: View<'v>, arena: &'v Arena) -> bool {
        Accept { arena, lacks_defaults: true }.node(&self.0, object)
    }
}

/// What a schema says of a value. Small, because an object passes very many.
#[derive(Debug, Default)]
struct Node {
    types: Types,
    /// What is checked beside the type; most scalars have nothing of the kind.
    checks: Option<Box<Checks>>,
    list: Option<Box<List>>,
    object: Option<Box<Object>>,
    is_resource: bool,
    /// The defaults within the value.
    defaults: Option<Arc<Defaults>>,
}

/// What is checked of a value beside its type and its parts.
#[derive(Debug)]
struct Checks {
    text: Option<Text>,
    number: Option<Numbers>,
    enumeration: Box<[Value]>,
    branches: Option<Branches>,
}

/// Which types pass.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each type")]
struct Types {
    null: bool,
    flag: bool,
    integer: bool,
    whole_float: bool,
    float: bool,
    text: bool,
    list: bool,
    object: bool,
}

/// What is checked of a number.
#[derive(Debug)]
struct Numbers {
    format: NumberFormat,
    /// The bound, and whether it is exclusive.
    minimum: Option<(Number, bool)>,
    maximum: Option<(Number, bool)>,
    multiple_of: Option<Number>,
}

/// What is checked of a list.
#[derive(Debug, Default)]
struct List {
    items: Option<Node>,
    min_items: Option<i64>,
    max_items: Option<i64>,
    is_unique: bool,
    /// `set` or `map`, and the keys of a map.
    unique_by: Option<(ListType, Vec<String>)>,
}

/// What is checked of an object.
#[derive(Debug, Default)]
struct Object {
    members: Box<[Member]>,
    /// The name of each, and a number for it.
    names: Box<[Box<str>]>,
    marks: Box<[u64]>,
    by_name: HashMap<Box<str>, usize, RandomState>,
    /// Where the fields of the generated type that stands here are among the members.
    fields: Fields,
    additional: Option<Node>,
    forbids_additional: bool,
    required: usize,
    /// Of those, how many have no default.
    required_without_default: usize,
    min_properties: Option<i64>,
    max_properties: Option<i64>,
    /// Whether a default is wrong itself, so that an object without it has to be looked at with it.
    has_wrong_default: bool,
}

/// A member that the schema has something to say of.
#[derive(Debug)]
struct Member {
    /// None if the name is only required.
    node: Option<Node>,
    is_required: bool,
    has_default: bool,
}

/// Schemas for the same value.
#[derive(Debug)]
struct Branches {
    all_of: Box<[Node]>,
    any_of: Box<[Node]>,
    one_of: Box<[Node]>,
    not: Option<Node>,
}
