//! Reading a value to where it belongs.
//!
//! In: a field of a blank object. Out: the field, filled in without moving the value.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, Unexpected, Visitor},
};

use crate::value::{Access, Field};

/// Reads a value into its field.
pub(super) struct Slot<'a, T>(pub(super) &'a mut T);

impl<'de, T: Field> DeserializeSeed<'de> for Slot<'_, T> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        T::Access::read(self.0, deserializer)
    }
}

/// Reads a value, or `null`, into an optional field.
pub(super) struct OptionalSlot<'a, T>(pub(super) &'a mut Option<T>);

impl<'de, T: Field> DeserializeSeed<'de> for OptionalSlot<'_, T> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        T::Access::read_optional(self.0, deserializer)
    }
}

/// Reads the only possible value.
pub(super) struct Constant(pub(super) &'static str);

impl<'de> DeserializeSeed<'de> for Constant {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Constant {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if text == self.0 { Ok(()) } else { Err(E::invalid_value(Unexpected::Str(text), &self)) }
    }
}
