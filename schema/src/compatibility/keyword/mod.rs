//! What has changed at one node of a schema, keyword by keyword.
//!
//! In: the node before and after. Out: [`Draft`]s, and the children that are compared next. It looks for no objects.

mod branches;
mod documentation;
mod enumeration;
mod format;
mod kind;
mod list;
mod members;
mod number;
mod plain;
mod rules;
mod size;
mod text;

use super::{draft::Draft, language::Budget};
use crate::{
    schema::{Schema, SchemaType},
    synthesis::Step,
};

pub(super) use documentation::is_reworded;

/// A node on both sides.
#[derive(Clone, Copy)]
pub(super) struct Pair<'s> {
    pub(super) old: &'s Schema,
    pub(super) new: &'s Schema,
    /// Whether members that no schema declares are dropped.
    pub(super) prunes: Prunes,
    /// Whether the node is a whole resource, which has a type and metadata whatever its schema says.
    pub(super) is_resource: bool,
}

/// Whether the old and the new side drop unknown members.
#[derive(Clone, Copy)]
pub(super) struct Prunes {
    pub(super) old: bool,
    pub(super) new: bool,
}

/// A child that is compared next.
pub(super) struct Child<'s> {
    pub(super) step: Step,
    pub(super) pair: Pair<'s>,
}

/// Everything that has changed at a node, beside its children. The budget is for patterns.
pub(super) fn drafts(pair: Pair<'_>, budget: &Budget) -> Vec<Draft> {
    use SchemaType::{Array, Integer, Number, Object, String};
    let Pair { old, new, .. } = pair;
    let mut drafts: Vec<Draft> = kind::compare(old, new).into_iter().collect();
    drafts.extend(kind::nullable(old, new));
    drafts.extend(rules::compare(pair));
    if kind::is_other(old, new) {
        // Of values of another type, nothing else can be compared.
        return drafts;
    }
    drafts.extend(enumeration::compare(old, new));
    drafts.extend(format::compare(old, new));
    drafts.extend(kind::about(&[String], old, text::compare(old, new, budget)));
    drafts.extend(kind::about(&[Integer, Number], old, number::compare(old, new)));
    drafts.extend(kind::about(&[Array], old, size::items(old, new)));
    drafts.extend(kind::about(&[Object], old, size::members(old, new)));
    drafts.extend(kind::about(&[Array, Object], old, list::compare(old, new)));
    drafts.extend(branches::compare(old, new));
    drafts.extend(kind::about(&[Object], old, members::drafts(pair)));
    drafts
}

/// The children that are there on both sides.
pub(super) fn children(pair: Pair<'_>) -> Vec<Child<'_>> {
    if kind::is_other(pair.old, pair.new) {
        return Vec::new();
    }
    let mut children = members::children(pair);
    if let (Some(old), Some(new)) = (pair.old.items.as_deref(), pair.new.items.as_deref()) {
        let pair = Pair { old, new, prunes: pair.prunes, is_resource: old.embedded_resource && new.embedded_resource };
        children.push(Child { step: Step::Item, pair });
    }
    children
}
