//! `x-kubernetes-int-or-string`: an integer or a text.
//!
//! In: a JSON integer or string. Out: [`IntOrString`], with the whole range of `i64`, where `k8s_openapi`'s type of
//! this name has 32 bits. It does not interpret the text: percentages and quantities stay text.

use std::fmt;

use k8s_openapi::apimachinery::pkg::util::intstr;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Unexpected, Visitor},
};

use crate::Number;

/// An integer or a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum IntOrString {
    /// A JSON integer. A float without fraction is read as one, as Go prints it.
    Int(i64),
    /// A JSON string.
    String(String),
}

/// The integer of an [`IntOrString`] does not fit into the 32 bits of `k8s_openapi`'s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} does not fit into 32 bits")]
pub struct OutOfRange(pub i64);

/// Zero, as Go's zero value.
impl Default for IntOrString {
    fn default() -> Self {
        Self::Int(0)
    }
}

impl From<i64> for IntOrString {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<i32> for IntOrString {
    fn from(number: i32) -> Self {
        Self::Int(number.into())
    }
}

impl From<&str> for IntOrString {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for IntOrString {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<intstr::IntOrString> for IntOrString {
    fn from(value: intstr::IntOrString) -> Self {
        match value {
            intstr::IntOrString::Int(number) => number.into(),
            intstr::IntOrString::String(text) => text.into(),
        }
    }
}

impl TryFrom<IntOrString> for intstr::IntOrString {
    type Error = OutOfRange;

    fn try_from(value: IntOrString) -> Result<Self, OutOfRange> {
        match value {
            IntOrString::Int(number) => i32::try_from(number).map(Self::Int).map_err(|_| OutOfRange(number)),
            IntOrString::String(text) => Ok(Self::String(text)),
        }
    }
}

/// The bare integer or text, without quotes.
impl fmt::Display for IntOrString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => number.fmt(f),
            Self::String(text) => text.fmt(f),
        }
    }
}

impl Serialize for IntOrString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::String(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for IntOrString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntOrStringVisitor)
    }
}

struct IntOrStringVisitor;

impl Visitor<'_> for IntOrStringVisitor {
    type Value = IntOrString;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer or a string")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<IntOrString, E> {
        Ok(IntOrString::Int(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<IntOrString, E> {
        i64::try_from(number)
            .map(IntOrString::Int)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &"a 64-bit integer or a string"))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<IntOrString, E> {
        Number::Float(number)
            .as_i64()
            .map(IntOrString::Int)
            .ok_or_else(|| E::invalid_value(Unexpected::Float(number), &"an integer or a string"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<IntOrString, E> {
        Ok(IntOrString::String(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<IntOrString, E> {
        Ok(IntOrString::String(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_reads(json: &str, expected: &IntOrString, written: &str) {
        assert_eq!(&serde_json::from_str::<IntOrString>(json).unwrap(), expected);
        assert_eq!(serde_json::to_string(expected).unwrap(), written);
    }

    fn check_refuses(json: &str, message: &str) {
        assert_eq!(serde_json::from_str::<IntOrString>(json).unwrap_err().to_string(), message);
    }

    #[test]
    fn integers_and_texts_stay_apart() {
        check_reads("80", &80.into(), "80");
        check_reads("\"80\"", &"80".into(), "\"80\"");
        check_reads("\"25%\"", &"25%".into(), "\"25%\"");
    }

    #[test]
    fn integers_have_sixty_four_bits() {
        check_reads("9223372036854775807", &i64::MAX.into(), "9223372036854775807");
        check_refuses(
            "9223372036854775808",
            "invalid value: integer `9223372036854775808`, expected a 64-bit integer or a string at line 1 column 19",
        );
    }

    #[test]
    fn a_float_is_read_only_without_fraction() {
        check_reads("1.0", &1.into(), "1");
        check_refuses("1.5", "invalid value: floating point `1.5`, expected an integer or a string at line 1 column 3");
    }

    #[test]
    fn other_types_are_refused() {
        check_refuses("true", "invalid type: boolean `true`, expected an integer or a string at line 1 column 4");
        check_refuses("null", "invalid type: null, expected an integer or a string at line 1 column 4");
    }

    #[test]
    fn the_narrower_type_of_k8s_openapi_converts_back_and_forth() {
        let narrow = intstr::IntOrString::try_from(IntOrString::Int(5)).unwrap();
        assert_eq!(IntOrString::from(narrow), IntOrString::Int(5));
        let error = intstr::IntOrString::try_from(IntOrString::Int(1 << 40)).unwrap_err();
        assert_eq!(error.to_string(), "1099511627776 does not fit into 32 bits");
    }
}
