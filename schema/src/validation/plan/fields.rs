//! Finds the members of an object, one after the other.
//!
//! In: fields by their places in a table, or names. Out: what the plan says of each. The table of a generated type is matched with
//! the schema by name once. The names of other objects mostly come in the order of the schema, so those that come next are looked
//! at first: by a number for each, because to call a function that compares texts costs more than to see that they differ.

use std::{ptr, sync::OnceLock};

use super::{Member, Object};
use crate::view::{self, ObjectView};

/// The table of the type that was met first, and which member of the plan each of its fields is.
#[derive(Debug, Default)]
pub(super) struct Fields(OnceLock<Matched>);

#[derive(Debug)]
struct Matched {
    table: &'static [view::Member],
    /// Beyond all members if the schema does not have the field.
    members: Box<[usize]>,
}

/// Finds members.
pub(super) struct Names<'p> {
    object: &'p Object,
    fields: Option<&'p Matched>,
    /// Where among the members of the plan the next one is likely to be.
    next: usize,
}

/// A number that two different names rarely share.
pub(super) fn mark(name: &str) -> u64 {
    let start = match name.as_bytes().first_chunk() {
        Some(start) => u64::from_le_bytes(*start),
        None => name.bytes().fold(0, |mark, byte| mark << 8 | u64::from(byte)),
    };
    start ^ (name.len() as u64).rotate_right(8)
}

impl Object {
    /// For the members of this object.
    pub(super) fn names(&self, members: &dyn ObjectView) -> Names<'_> {
        let matched = |table: &'static [view::Member]| Matched {
            table,
            members: table.iter().map(|field| self.by_name.get(field.name).copied().unwrap_or(usize::MAX)).collect(),
        };
        let fields = members.table().and_then(|table| {
            let known = self.fields.0.get_or_init(|| matched(table));
            ptr::eq(known.table, table).then_some(known)
        });
        Names { object: self, fields, next: 0 }
    }
}

impl<'p> Names<'p> {
    /// How many members of the plan are looked at before one is searched for.
    const NEAR: usize = 32;

    /// What the plan says of the member at that place in the object's table, or else of that name.
    pub(super) fn find(&mut self, field: Option<usize>, name: &str) -> Option<&'p Member> {
        let members = &*self.object.members;
        if let (Some(field), Some(matched)) = (field, self.fields) {
            return members.get(*matched.members.get(field)?);
        }
        if members.is_empty() {
            return None;
        }
        let (marks, mark) = (self.object.marks.get(self.next..).unwrap_or_default(), mark(name));
        let near = marks.iter().take(Self::NEAR).position(|known| *known == mark).map(|skipped| self.next + skipped);
        let is_it = |index: &usize| *self.object.names[*index] == *name;
        let index = near.filter(is_it).or_else(|| self.object.by_name.get(name).copied())?;
        self.next = index + 1;
        members.get(index)
    }
}
