//! The types that a field of an `object!` table can have.
//!
//! In: a value of a format. Out: the Rust value, read the way kube-apiserver decodes JSON, which serde's own impls for
//! these types do not (`1.0` is an integer to it). Writing is plain `Serialize`.

mod collection;
mod kubernetes;
mod scalar;

use std::fmt;

use crdgen_schema::field::{Errors, Path};
use serde::{
    Deserializer, Serialize,
    de::{Error, Visitor},
};

use crate::{
    constraint::Constraint,
    object::{self, Object},
    validate,
};

/// A type that a field can have: scalars, [`crate::Number`], [`crate::IntOrString`], [`crate::Quantity`],
/// [`crate::Formatted`], [`crate::Empty`], `serde_json::Value`, `Vec<T>`, `BTreeMap<String, T>`, [`crate::Nullable`],
/// everything that `object!` and `string_enum!` know, and those types of `k8s_openapi` that lose nothing.
pub trait Field: Serialize + fmt::Debug + Sized {
    /// How its values are read and checked: the type itself, or what many types have in common.
    type Access: Access<Self>;
}

/// How values of type `T` are read and checked.
pub trait Access<T: Field> {
    /// The value that reading starts from: nothing in it, not necessarily valid.
    fn blank() -> T;

    /// Reads into a blank value.
    fn read<'de, D: Deserializer<'de>>(value: &mut T, deserializer: D) -> Result<(), D::Error>;

    /// Reads the value of an optional field, where `null` means that it is not there.
    fn read_optional<'de, D: Deserializer<'de>>(slot: &mut Option<T>, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(OptionVisitor(slot))
    }

    /// Reports what breaks `constraints`, and whatever is wrong inside.
    fn check(value: &T, constraints: &'static [Constraint], path: &Path<'_>, errors: &mut Errors);

    /// Reports what breaks `constraints` where `null` stands for a value of this type.
    fn check_null(constraints: &'static [Constraint], path: &Path<'_>, errors: &mut Errors) {
        validate::null(constraints, path, errors);
    }
}

impl<T: Object + Serialize> Field for T {
    type Access = ObjectAccess;
}

/// How objects with a table are read and checked.
#[derive(Debug)]
pub struct ObjectAccess;

impl<T: Object + Serialize> Access<T> for ObjectAccess {
    fn blank() -> T {
        T::blank()
    }

    fn read<'de, D: Deserializer<'de>>(value: &mut T, deserializer: D) -> Result<(), D::Error> {
        object::read_into(value, deserializer)
    }

    fn check(value: &T, constraints: &'static [Constraint], path: &Path<'_>, errors: &mut Errors) {
        validate::object(value, constraints, path, errors);
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
