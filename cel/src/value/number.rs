//! Numbers of three types, compared with each other.

use std::cmp::Ordering;

use super::Value;

/// A number of any type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Numeric {
    Int(i64),
    Uint(u64),
    Double(f64),
}

impl Numeric {
    pub(crate) fn of(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Int(number) => Some(Self::Int(number)),
            Value::Uint(number) => Some(Self::Uint(number)),
            Value::Double(number) => Some(Self::Double(number)),
            _ => None,
        }
    }

    /// How two numbers compare; none if one is not a number (NaN). Integers are compared with doubles as doubles, as in
    /// cel-go.
    #[allow(clippy::cast_precision_loss)] // As cel-go does it.
    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(&b)),
            (Self::Uint(a), Self::Uint(b)) => Some(a.cmp(&b)),
            (Self::Double(a), Self::Double(b)) => a.partial_cmp(&b),
            (Self::Int(a), Self::Uint(b)) => Some(i128::from(a).cmp(&i128::from(b))),
            (Self::Uint(a), Self::Int(b)) => Some(i128::from(a).cmp(&i128::from(b))),
            (Self::Double(a), Self::Int(b)) => a.partial_cmp(&(b as f64)),
            (Self::Int(a), Self::Double(b)) => (a as f64).partial_cmp(&b),
            (Self::Double(a), Self::Uint(b)) => a.partial_cmp(&(b as f64)),
            (Self::Uint(a), Self::Double(b)) => (a as f64).partial_cmp(&b),
        }
    }
}

/// 2^63 and 2^64.
pub(crate) const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
pub(crate) const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

/// The integer that a double is, if it is one within range (which leaves out -2^63, as in cel-go).
pub(crate) fn lossless_int(number: f64) -> Option<i64> {
    truncated_int(number).filter(|_| number.fract() == 0.0)
}

/// A double without its fraction, if it is within range (which leaves out -2^63, as in cel-go).
#[allow(clippy::cast_possible_truncation)] // Within range.
pub(crate) fn truncated_int(number: f64) -> Option<i64> {
    (number > -TWO_TO_63 && number < TWO_TO_63).then_some(number as i64)
}

/// A double without its fraction, if it is within range.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Within range.
pub(crate) fn truncated_uint(number: f64) -> Option<u64> {
    (0.0..TWO_TO_64).contains(&number).then_some(number as u64)
}

/// The unsigned integer that a double is, if it is one within range.
pub(crate) fn lossless_uint(number: f64) -> Option<u64> {
    truncated_uint(number).filter(|_| number.fract() == 0.0)
}
