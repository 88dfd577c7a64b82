//! The types that a field of an `object!` table can have.
//!
//! In: a value of a format. Out: the Rust value, read the way kube-apiserver decodes JSON, which serde's own impls for
//! these types do not (`1.0` is an integer to it). Writing is plain `Serialize`.

mod collection;
mod kubernetes;
mod metadata;
mod scalar;
mod serialized;

pub(crate) use self::collection::{Entries, TextMap, read_entries};

use std::fmt;

use crdgen_schema::view::{Arena, View};
use serde::{
    Deserializer, Serialize,
    de::{Error, Visitor},
};

use crate::object::{self, Object};

/// A type that a field can have: scalars, [`crate::Number`], [`crate::IntOrString`], [`crate::Quantity`],
/// [`crate::Formatted`], [`crate::Empty`], `serde_json::Value`, `Vec<T>`, `BTreeMap<String, T>`, [`crate::SmallMap`], [`crate::Nullable`],
/// everything that `object!` and `string_enum!` know, and those types of `k8s_openapi` that lose nothing.
pub trait Field: Serialize + fmt::Debug + Sized {
    /// How its values are read and looked at: the type itself, or what many types have in common.
    type Access: Access<Self>;
}

/// How values of type `T` are read and looked at.
pub trait Access<T: Field> {
    /// The value that reading starts from: nothing in it, not necessarily valid.
    fn blank() -> T;

    /// Reads into a blank value.
    fn read<'de, D: Deserializer<'de>>(value: &mut T, deserializer: D) -> Result<(), D::Error>;

    /// Reads the value of an optional field, where `null` means that it is not there.
    fn read_optional<'de, D: Deserializer<'de>>(slot: &mut Option<T>, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(OptionVisitor(slot))
    }

    /// The value as it would be written.
    fn view<'a>(value: &'a T, arena: &'a Arena) -> View<'a>;
}

impl<T: Object + Serialize> Field for T {
    type Access = ObjectAccess;
}

/// How objects with a table are read and looked at.
#[derive(Debug)]
pub struct ObjectAccess;

impl<T: Object + Serialize> Access<T> for ObjectAccess {
    fn blank() -> T {
        T::blank()
    }

    fn read<'de, D: Deserializer<'de>>(value: &mut T, deserializer: D) -> Result<(), D::Error> {
        object::read_into(value, deserializer)
    }

    fn view<'a>(value: &'a T, arena: &'a Arena) -> View<'a> {
        object::view(value, arena)
    }
}

/// Reads a value, or `null` as none.
struct OptionVisitor<'a, T>(&'a mut Option<T>);

impl<'de, T: Field> Visitor<'de> for OptionVisitor<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        *self.0 = None;
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        *self.0 = None;
        Ok(())
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        T::Access::read(self.0.insert(T::Access::blank()), deserializer)
    }
}
