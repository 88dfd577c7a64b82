//! Objects with known fields: one table a type, everything else generic.
//!
//! In: the tables that `object!` and `resource!` hold ([`Object`]). Out: reading ([`read`]) and writing ([`write`]) for
//! every serde format, and the view that validation takes. Bodies of tables are only lists of fields without `?` or
//! branches, because the compiler checks and borrow-checks each of them: that is most of what generated types cost.

mod debug;
mod failure;
mod input;
mod key;
mod output;
mod seen;
mod slot;
mod table;
#[cfg(test)]
mod tests;
mod view;
mod walk;

use std::fmt;

use self::input::{Input, Rare};
pub use crdgen_schema::view::Member;

pub use self::{debug::debug, input::Reader, output::write, walk::Writer};
pub(crate) use self::{
    failure::within,
    view::view,
    walk::{FieldVisitor, walk},
};
use serde::{
    Deserializer,
    de::{MapAccess, Visitor},
};

/// What is known of an object before any value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Table {
    /// Its name, for messages.
    pub name: &'static str,
    /// Its fields, in the order of the table.
    pub members: &'static [Member],
    /// Whether keys that belong to no field are kept.
    pub keeps_unknown: bool,
}

impl Table {
    /// The same for a type that keeps other keys in the field of that name.
    #[must_use]
    pub const fn with_unknown(self, _field: &str) -> Self {
        Self { keeps_unknown: true, ..self }
    }
}

/// A struct that is a JSON object with known keys. Implemented by `object!` and `resource!` only.
///
/// **Invariant**: [`Object::read`] and [`Object::write`] go through the fields in the order of [`Object::MEMBERS`], one
/// call each, and end with the unknown keys where they are kept. Readers and writers count on it.
pub trait Object: fmt::Debug + Sized {
    /// What is known of the type. Each item of an implementation is a body that the compiler checks, so there is one.
    const TABLE: Table;
    /// The fields in the order of the table.
    const MEMBERS: &'static [Member] = Self::TABLE.members;
    /// Whether keys that belong to no field are kept (`x-kubernetes-preserve-unknown-fields` beside `properties`).
    const KEEPS_UNKNOWN: bool = Self::TABLE.keeps_unknown;

    /// The value that reading starts from: nothing in it, not necessarily valid.
    #[doc(hidden)]
    fn blank() -> Self;

    /// Hands each field to the input, which fills in the one that it has a value for.
    #[doc(hidden)]
    fn read<R: Reader>(&mut self, input: R);

    /// Hands each field to the output.
    #[doc(hidden)]
    fn write<'a, W: Writer<'a>>(&'a self, output: W);
}

/// Reads an object: what `Deserialize` does for every table.
pub fn read<'de, T: Object, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut object = T::blank();
    read_into(&mut object, deserializer)?;
    Ok(object)
}

/// Reads an object into a blank one, without moving it.
pub(crate) fn read_into<'de, T: Object, D: Deserializer<'de>>(object: &mut T, deserializer: D) -> Result<(), D::Error> {
    deserializer.deserialize_map(ObjectVisitor(object))
}

struct ObjectVisitor<'a, T>(&'a mut T);

impl<'de, T: Object> Visitor<'de> for ObjectVisitor<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object ({})", T::TABLE.name)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let mut rare = Rare::default();
        let mut input = Input::<T, M>::new(&mut map, &mut rare);
        while let Some(value) = input.next_value() {
            self.0.read(value);
        }
        input.finish()
    }
}
