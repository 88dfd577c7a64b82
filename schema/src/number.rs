//! A JSON number as the API server reads it: an integer or a float, kept as it was written.
//!
//! A [`Number`] prints and serializes the way it was read: `1` stays `1`, and `1.0` stays `1.0`. Integers beyond `i64` become
//! floats, as in kube-apiserver.
//!
//! ```
//! use crdgen_schema::number::Number;
//!
//! let number: Number = serde_json::from_str("1.0").unwrap();
//! assert!(matches!(number, Number::Float(_)));
//! assert_eq!(number, Number::Int(1), "equality is numeric");
//! assert_eq!(serde_json::to_string(&number).unwrap(), "1.0");
//! ```

use std::fmt;

use serde_core::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
};

/// A JSON number. Equality is numeric: `Int(1) == Float(1.0)`.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// Written without fraction and exponent.
    Int(i64),
    /// Any other. JSON has neither NaN nor infinities: those serialize as `null`, which nothing accepts.
    Float(f64),
}

/// 2^63, the first float beyond `i64`.
const BEYOND_I64: f64 = 9_223_372_036_854_775_808.0;

impl Number {
    /// The nearest float; integers beyond 2^53 are rounded.
    #[expect(clippy::cast_precision_loss, reason = "rounding is what the name promises")]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Int(number) => number as f64,
            Self::Float(number) => number,
        }
    }

    /// The integer, if the number is one: also for `1.0` and `1e3`.
    pub fn as_i64(self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(number),
            Self::Float(number) => integral(number),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
fn integral(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && (-BEYOND_I64..BEYOND_I64).contains(&number)).then_some(number as i64)
}

/// Zero, as Go's zero value.
impl Default for Number {
    fn default() -> Self {
        Self::Int(0)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Int(a), Self::Float(b)) | (Self::Float(b), Self::Int(a)) => integral(b) == Some(a),
        }
    }
}

impl From<&serde_json::Number> for Number {
    fn from(number: &serde_json::Number) -> Self {
        match number.as_i64() {
            Some(number) => Self::Int(number),
            None => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
        }
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<i32> for Number {
    fn from(number: i32) -> Self {
        Self::Int(number.into())
    }
}

impl From<f64> for Number {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

/// As JSON: `1`, `1.0`, `1e300`.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => number.fmt(f),
            Self::Float(number) => write!(f, "{number:?}"),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Int(number) => serializer.serialize_i64(number),
            Self::Float(number) => serializer.serialize_f64(number),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Any number will do, but of `deserialize_*` only `any` promises not to convert it.
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Number, E> {
        Ok(Number::Int(number))
    }

    #[expect(clippy::cast_precision_loss, reason = "kube-apiserver holds such integers as float64, too")]
    fn visit_u64<E: Error>(self, number: u64) -> Result<Number, E> {
        Ok(i64::try_from(number).map_or(Number::Float(number as f64), Number::Int))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Number, E> {
        Ok(Number::Float(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_round_trip(json: &str, expected: &str) {
        let number: Number = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&number).unwrap(), expected);
    }

    #[test]
    fn a_number_is_written_as_it_was_read() {
        check_round_trip("1", "1");
        check_round_trip("1.0", "1.0");
        check_round_trip("-9223372036854775808", "-9223372036854775808");
        check_round_trip("0.1", "0.1");
        check_round_trip("1e300", "1e+300");
    }

    #[test]
    fn an_integer_beyond_i64_becomes_a_float_as_in_go() {
        check_round_trip("9223372036854775808", "9.223372036854776e+18");
        assert!(matches!(serde_json::from_str("18446744073709551615").unwrap(), Number::Float(_)));
    }

    #[test]
    fn a_number_prints_as_json() {
        let printed = [1.into(), 1.0.into(), 0.1.into(), 1e300.into()].map(|number: Number| number.to_string());
        assert_eq!(printed, ["1", "1.0", "0.1", "1e300"]);
    }

    #[test]
    fn equality_is_numeric_and_exact() {
        assert_eq!(Number::Int(1), Number::Float(1.0));
        assert_ne!(Number::Int(1), Number::Float(1.5));
        assert_ne!(Number::Int(i64::MAX), Number::Float(BEYOND_I64));
        assert_eq!(Number::Int(i64::MIN), Number::Float(-BEYOND_I64));
    }

    #[test]
    fn only_integral_floats_are_integers() {
        assert_eq!(Number::Float(1e3).as_i64(), Some(1000));
        assert_eq!(Number::Float(1.5).as_i64(), None);
        assert_eq!(Number::Float(f64::NAN).as_i64(), None);
        assert_eq!(Number::Float(BEYOND_I64).as_i64(), None);
    }

    #[test]
    fn a_text_is_no_number() {
        let error = serde_json::from_str::<Number>("\"1\"").unwrap_err();
        assert_eq!(error.to_string(), "invalid type: string \"1\", expected a number at line 1 column 3");
    }
}
