//! Writing an object to a serde format.
//!
//! In: fields in the order of their table. Out: a map in the format, or the first error. Absent fields are not written.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use super::{FieldVisitor, Member, Object, walk};
use crate::value::Field;

/// Writes an object: what `Serialize` does for every table.
pub fn write<T: Object, S: Serializer>(object: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    let mut output = Output { map: &mut map, members: T::MEMBERS, error: None };
    walk(object, &mut output);
    match output.error {
        Some(error) => Err(error),
        None => map.end(),
    }
}

/// A map while it is written. After the first error nothing more is.
///
/// The map is a reference because only what is behind one is handed on: the rest can stay in registers.
struct Output<'a, M: SerializeMap> {
    map: &'a mut M,
    members: &'static [Member],
    error: Option<M::Error>,
}

impl<M: SerializeMap> Output<'_, M> {
    #[inline]
    fn put<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        if self.error.is_none() {
            self.error = self.map.serialize_entry(name, value).err();
        }
    }
}

#[expect(clippy::inline_always, reason = "a call for each field costs about as much as writing a small one")]
impl<'v, M: SerializeMap> FieldVisitor<'v> for Output<'_, M> {
    #[inline(always)]
    fn field<T: Field>(&mut self, _: usize, member: &'static Member, value: &'v T) {
        self.put(member.name, value);
    }

    fn constant(&mut self, _: usize, member: &'static Member, value: &'static str) {
        self.put(member.name, value);
    }

    /// A key that is a field after all would be there twice: the field wins.
    fn unknown(&mut self, values: &'v BTreeMap<String, Value>) {
        for (name, value) in values {
            if self.members.iter().all(|member| member.name != name) {
                self.put(name, value);
            }
        }
    }
}
