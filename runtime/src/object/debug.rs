//! `Debug` for every table.
//!
//! In: an object. Out: its type and the fields that are there, by their JSON keys: what is left out of most objects is most of
//! what their types could hold.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

use super::{FieldVisitor, Member, Object, walk};
use crate::value::Field;

/// Prints an object: what `Debug` does for every table.
pub fn debug<T: Object>(object: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut printer = Printer(f.debug_struct(T::TABLE.name));
    walk(object, &mut printer);
    printer.0.finish()
}

struct Printer<'a, 'b>(fmt::DebugStruct<'a, 'b>);

impl<'v> FieldVisitor<'v> for Printer<'_, '_> {
    fn field<T: Field>(&mut self, _: usize, member: &'static Member, value: &'v T) {
        self.0.field(member.name, value);
    }

    fn constant(&mut self, _: usize, member: &'static Member, value: &'static str) {
        self.0.field(member.name, &value);
    }

    fn unknown(&mut self, values: &'v BTreeMap<String, Value>) {
        for (name, value) in values {
            self.0.field(name, value);
        }
    }
}
