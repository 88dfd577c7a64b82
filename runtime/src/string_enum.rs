//! Enums of texts: `type: string` with an `enum`.
//!
//! In: an enum written elsewhere, and its table. Out: names both ways, serde, validation, and an order. An enum is open,
//! where a value that a newer schema added is kept and written back, so that it never breaks a list or a watch, and
//! `validate` reports it; or closed, where decoding such a value is an error.

mod table;
#[cfg(test)]
mod tests;

use std::{
    convert::Infallible,
    fmt::{self, Display},
    marker::PhantomData,
};

use crdgen_schema::view::{Arena, View};
use serde::{Deserializer, de::Visitor};

use crate::{
    unrecognized::Unrecognized,
    value::{Access, Field},
};

/// An enum with a text for each variant. Implemented by [`string_enum!`](crate::string_enum!) only.
pub trait StringEnum: Clone + 'static {
    /// What becomes of a text that has no variant: [`Infallible`] for an open enum, [`UnknownValue`] for a closed one.
    type Error: Display;

    /// The variants in the order of the schema, without `Unrecognized`.
    const VARIANTS: &'static [Self];
    /// Their texts, in the same order.
    const VALUES: &'static [&'static str];

    /// The text of this value.
    fn text(&self) -> &str;

    /// The value for a text that has no variant.
    #[doc(hidden)]
    fn unknown(text: Unrecognized<Self>) -> Result<Self, Self::Error>;

    /// The value with this text. Closed enums refuse a text that has no variant.
    fn from_text(text: &str) -> Result<Self, Self::Error> {
        known(text).map_or_else(|| Self::unknown(Unrecognized::new(text.to_owned())), Ok)
    }
}

/// A text that is not a value of a closed enum. The message lists the values, in the words of kube-apiserver.
///
/// ```
/// use crdgen_runtime::{UnknownValue, string_enum};
///
/// #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
/// pub enum Mode {
///     Fast,
///     Slow,
/// }
///
/// string_enum! { closed Mode { Fast = "fast", Slow = "slow" } }
///
/// let error: UnknownValue = "FAST".parse::<Mode>().unwrap_err();
/// assert_eq!(error.to_string(), r#"Unsupported value: "FAST": supported values: "fast", "slow""#);
/// assert_eq!((error.text(), error.values()), ("FAST", Mode::VALUES));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Unsupported value: {text:?}: supported values: {}", quoted(.values))]
pub struct UnknownValue {
    text: String,
    values: &'static [&'static str],
}

impl UnknownValue {
    /// The text that is not a value.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The texts that are, in the order of the schema.
    pub fn values(&self) -> &'static [&'static str] {
        self.values
    }
}

fn quoted(values: &[&str]) -> String {
    values.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(", ")
}

/// The value of an open enum with this text.
#[doc(hidden)]
pub fn from_text<T: StringEnum<Error = Infallible>>(text: &str) -> T {
    let Ok(value) = T::from_text(text);
    value
}

/// The value of an open enum with this text, which is kept without a copy if it has no variant.
#[doc(hidden)]
pub fn from_string<T: StringEnum<Error = Infallible>>(text: String) -> T {
    let Ok(value) = take(text);
    value
}

/// The error for a text that a closed enum does not know.
#[doc(hidden)]
pub fn refuse_unknown<T: StringEnum>(text: Unrecognized<T>) -> Result<T, UnknownValue> {
    Err(UnknownValue { text: text.into(), values: T::VALUES })
}

/// Reads a value: what `Deserialize` does for every table.
#[doc(hidden)]
pub fn read<'de, T: StringEnum, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_str(EnumVisitor(PhantomData))
}

/// How fields with an enum are read and looked at.
#[doc(hidden)]
#[derive(Debug)]
pub struct EnumAccess;

impl<T: StringEnum + Field> Access<T> for EnumAccess {
    /// The empty text, or the first variant where the enum is closed and has none.
    fn blank() -> T {
        T::from_text("").unwrap_or_else(|_| T::VARIANTS[0].clone())
    }

    fn read<'de, D: Deserializer<'de>>(value: &mut T, deserializer: D) -> Result<(), D::Error> {
        *value = read(deserializer)?;
        Ok(())
    }

    fn view<'a>(value: &'a T, _: &'a Arena) -> View<'a> {
        View::Text(value.text())
    }
}

fn known<T: StringEnum>(text: &str) -> Option<T> {
    let index = T::VALUES.iter().position(|value| *value == text)?;
    T::VARIANTS.get(index).cloned()
}

fn take<T: StringEnum>(text: String) -> Result<T, T::Error> {
    match known(&text) {
        Some(value) => Ok(value),
        None => T::unknown(Unrecognized::new(text)),
    }
}

struct EnumVisitor<T>(PhantomData<T>);

impl<T: StringEnum> Visitor<'_> for EnumVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        T::from_text(text).map_err(E::custom)
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<T, E> {
        take(text).map_err(E::custom)
    }
}
