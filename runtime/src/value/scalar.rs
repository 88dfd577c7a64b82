//! Fields that hold one JSON scalar, or any JSON at all.
//!
//! In: strings, booleans, integers, numbers. Out: the Rust scalar. Integers are read as kube-apiserver reads them: a float
//! without fraction is one, up to the size where floats are exact.

use std::{fmt, marker::PhantomData};

use crdgen_schema::view::{Arena, View};
use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected, Visitor},
};
use serde_json::Value;

use super::{Access, Field};
use crate::{IntOrString, Number};

/// The largest integer below which every integer is a float (JavaScript's `MAX_SAFE_INTEGER`): beyond it, kube-apiserver
/// refuses a float literal where the schema says integer.
const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

impl Field for i64 {
    type Access = Self;
}

impl Access<Self> for i64 {
    fn blank() -> Self {
        0
    }

    fn read<'de, D: Deserializer<'de>>(value: &mut Self, deserializer: D) -> Result<(), D::Error> {
        *value = deserializer.deserialize_i64(IntegerVisitor::<Self>(PhantomData))?;
        Ok(())
    }

    fn view<'a>(value: &'a Self, _: &'a Arena) -> View<'a> {
        View::Int(*value)
    }
}

impl Field for i32 {
    type Access = Self;
}

impl Access<Self> for i32 {
    fn blank() -> Self {
        0
    }

    fn read<'de, D: Deserializer<'de>>(value: &mut Self, deserializer: D) -> Result<(), D::Error> {
        *value = deserializer.deserialize_i64(IntegerVisitor::<Self>(PhantomData))?;
        Ok(())
    }

    fn view<'a>(value: &'a Self, _: &'a Arena) -> View<'a> {
        View::Int((*value).into())
    }
}

/// Types that need nothing but serde's own reading, and how they are looked at.
macro_rules! plain {
    ($($Type:ty, $blank:expr, $value:ident => $view:expr;)*) => {$(
        impl Field for $Type {
            type Access = Self;
        }

        impl Access<Self> for $Type {
            fn blank() -> Self {
                $blank
            }

            #[inline]
            fn read<'de, D: Deserializer<'de>>(value: &mut Self, deserializer: D) -> Result<(), D::Error> {
                *value = Self::deserialize(deserializer)?;
                Ok(())
            }

            fn view<'a>($value: &'a Self, _: &'a Arena) -> View<'a> {
                $view
            }
        }
    )*};
}

plain! {
    bool, false, value => View::Bool(*value);
    Number, Self::Int(0), value => match *value {
        Self::Int(number) => View::Int(number),
        Self::Float(number) => View::Float(number),
    };
    IntOrString, Self::Int(0), value => match value {
        Self::Int(number) => View::Int(*number),
        Self::String(text) => View::Text(text),
    };
}

impl Field for String {
    type Access = Self;
}

impl Access<Self> for String {
    fn blank() -> Self {
        Self::new()
    }

    #[inline]
    fn read<'de, D: Deserializer<'de>>(value: &mut Self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_string(StringVisitor(value))
    }

    fn view<'a>(value: &'a Self, _: &'a Arena) -> View<'a> {
        View::Text(value)
    }
}

impl Field for Value {
    type Access = Self;
}

impl Access<Self> for Value {
    fn blank() -> Self {
        Self::Null
    }

    fn read<'de, D: Deserializer<'de>>(value: &mut Self, deserializer: D) -> Result<(), D::Error> {
        *value = Self::deserialize(deserializer)?;
        Ok(())
    }

    fn view<'a>(value: &'a Self, _: &'a Arena) -> View<'a> {
        value.into()
    }
}

/// Reads a text to where it belongs.
struct StringVisitor<'a>(&'a mut String);

impl Visitor<'_> for StringVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        *self.0 = String::from(text);
        Ok(())
    }

    #[inline]
    fn visit_string<E: Error>(self, text: String) -> Result<(), E> {
        *self.0 = text;
        Ok(())
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<(), E> {
        match str::from_utf8(bytes) {
            Ok(text) => self.visit_str(text),
            Err(_) => Err(E::invalid_value(Unexpected::Bytes(bytes), &self)),
        }
    }
}

/// Reads an integer of type `T`.
struct IntegerVisitor<T>(PhantomData<T>);

impl<T: TryFrom<i64>> IntegerVisitor<T> {
    const EXPECTED: &str = if size_of::<T>() == 4 { "a 32-bit integer" } else { "a 64-bit integer" };
}

impl<T: TryFrom<i64>> Visitor<'_> for IntegerVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::EXPECTED)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        T::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(number), &Self::EXPECTED))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        let signed = i64::try_from(number).ok().and_then(|number| T::try_from(number).ok());
        signed.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &Self::EXPECTED))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        let exact = Number::Float(number).as_i64().filter(|number| number.abs() <= MAX_SAFE_INTEGER);
        let integer = exact.and_then(|number| T::try_from(number).ok());
        integer.ok_or_else(|| E::invalid_value(Unexpected::Float(number), &Self::EXPECTED))
    }
}
