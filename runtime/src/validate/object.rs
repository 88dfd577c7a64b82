//! Validation of an object with known fields: each field, then the object as a whole.
//!
//! In: an object's table, and its fields, which come through [`Writer`] as they come to a serializer. Out: field errors.

use std::collections::BTreeMap;

use crdgen_schema::field::{Errors, Path};
use serde_json::Value;

use super::keys::{Keys, check_keys};
use crate::{
    constraint::Constraint,
    object::{Member, Object, Seen, Writer},
    value::Field,
};

/// Checks every field that is there, and `constraints` on the object as a whole.
pub(crate) fn object<T: Object>(object: &T, constraints: &'static [Constraint], path: &Path<'_>, errors: &mut Errors) {
    let mut walk = Walk { members: T::MEMBERS, at: 0, present: Seen::default(), unknown: Vec::new(), path, errors };
    object.write(&mut walk);
    let Walk { members, present, unknown, .. } = walk;
    if !constraints.is_empty() {
        check_keys(&Present { members, seen: present, unknown }, constraints, path, errors);
    }
}

/// Goes through the fields in the order of the table.
struct Walk<'a> {
    members: &'static [Member],
    at: usize,
    present: Seen,
    unknown: Vec<String>,
    path: &'a Path<'a>,
    errors: &'a mut Errors,
}

/// The keys that an object would be written with.
struct Present {
    members: &'static [Member],
    seen: Seen,
    unknown: Vec<String>,
}

impl Walk<'_> {
    fn field<T: Field>(&mut self, name: &'static str, value: &T) {
        let constraints = self.members.get(self.at).map_or(&[][..], |member| member.constraints);
        value.check(constraints, &self.path.child(name), self.errors);
        self.present.insert(self.at);
        self.at += 1;
    }
}

impl Writer for Walk<'_> {
    fn required<T: Field>(&mut self, name: &'static str, value: &T) {
        self.field(name, value);
    }

    fn optional<T: Field>(&mut self, name: &'static str, value: &Option<T>) {
        match value {
            Some(value) => self.field(name, value),
            None => self.at += 1,
        }
    }

    fn constant(&mut self, _: &'static str, _: &'static str) {
        self.present.insert(self.at);
        self.at += 1;
    }

    /// Nothing is known of these values, but they count.
    fn unknown(&mut self, values: &BTreeMap<String, Value>) {
        self.unknown = values.keys().cloned().collect();
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
