//! Validation of an object with known fields: each field, then the object as a whole.
//!
//! In: an object's table, and its fields, which come through [`Writer`] as they come to a serializer. Out: field errors.

use std::collections::BTreeMap;

use crdgen_schema::field::{Errors, Path};
use serde_json::Value;

use super::keys::{Keys, check_keys};
use crate::{
    constraint::Constraint,
    object::{FieldVisitor, Member, Object, Seen, walk},
    value::{Access, Field},
};

/// Checks every field that is there, and `constraints` on the object as a whole.
pub(crate) fn object<T: Object>(object: &T, constraints: &'static [Constraint], path: &Path<'_>, errors: &mut Errors) {
    let present = Present { members: T::MEMBERS, seen: Seen::default(), unknown: Vec::new() };
    let mut checker = Checker { present, path, errors };
    walk(object, &mut checker);
    if !constraints.is_empty() {
        check_keys(&checker.present, constraints, path, errors);
    }
}

struct Checker<'a> {
    present: Present,
    path: &'a Path<'a>,
    errors: &'a mut Errors,
}

/// The keys that an object would be written with.
struct Present {
    members: &'static [Member],
    seen: Seen,
    unknown: Vec<String>,
}

impl FieldVisitor for Checker<'_> {
    fn field<T: Field>(&mut self, index: usize, member: &'static Member, value: &T) {
        T::Access::check(value, member.constraints, &self.path.child(member.name), self.errors);
        self.present.seen.insert(index);
    }

    fn constant(&mut self, index: usize, _: &'static Member, _: &'static str) {
        self.present.seen.insert(index);
    }

    /// Nothing is known of these values, but they count.
    fn unknown(&mut self, values: &BTreeMap<String, Value>) {
        self.present.unknown = values.keys().cloned().collect();
    }
}

impl Keys for Present {
    fn count(&self) -> usize {
        (0..self.members.len()).filter(|index| self.seen.contains(*index)).count() + self.unknown.len()
    }

    fn contains(&self, key: &str) -> bool {
        match self.members.iter().position(|member| member.name == key) {
            Some(index) => self.seen.contains(index),
            None => self.unknown.iter().any(|name| name == key),
        }
    }
}
