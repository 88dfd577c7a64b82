//! JSON text as the API server reads it.
//!
//! `serde_json` takes `-0` for a float, Go for the integer 0, and a schema tells the two apart.
//!
//! ```
//! let value = crdgen_schema::json::parse(br#"{"a": -0, "b": "-0", "c": -0.5}"#).unwrap();
//! assert_eq!(value, serde_json::json!({"a": 0, "b": "-0", "c": -0.5}));
//! ```

mod document;
mod read;
mod syntax;

use std::borrow::Cow;

use memchr::memmem;
use serde_json::{Number, Value};

pub use document::Document;
pub(crate) use document::is_out_of_range;
pub use syntax::syntax_error;

/// Reads a JSON text.
///
/// # Errors
///
/// It is malformed.
pub fn parse(text: &[u8]) -> serde_json::Result<Value> {
    match str::from_utf8(text).ok().and_then(read::read) {
        Some(value) => Ok(value),
        None => serde_json::from_slice(&without_negative_zeros(text)),
    }
}

/// The value with every integer beyond `i64` turned into a float, as Go reads it.
pub fn narrowed(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(narrowed).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, narrowed(value))).collect(),
        Value::Number(number) => Value::Number(narrow(number)),
        other => other,
    }
}

/// The number, as a float if it is an integer beyond `i64`.
pub fn narrow(number: Number) -> Number {
    if number.is_u64() && !number.is_i64() {
        number.as_f64().and_then(Number::from_f64).unwrap_or(number)
    } else {
        number
    }
}

/// Turns floats without a fraction into integers: Go writes both alike, so that they are the same once they are stored.
#[expect(clippy::cast_possible_truncation, reason = "the value is checked to be whole and in range")]
pub fn whole_numbers(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(members) => members.values_mut().for_each(whole_numbers),
        Value::Number(number) if number.is_f64() => {
            let float = number.as_f64().unwrap_or(f64::NAN);
            if float.fract() == 0.0 && float.abs() < 9.2e18 {
                *value = Value::from(float as i64);
            }
        }
        _ => {}
    }
}

/// Whether there is a null anywhere in a value.
pub fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}

/// The text with a space in place of each sign of a zero without a fraction or an exponent: for readers of their own.
pub fn without_negative_zeros(text: &[u8]) -> Cow<'_, [u8]> {
    // Most texts have none. In dates, which have many, a digit is in front.
    let may_be_one = |at: usize| is_zero(&text[at + 1..]) && !text[..at].last().is_some_and(u8::is_ascii_alphanumeric);
    if !memmem::find_iter(text, b"-0").any(may_be_one) {
        return Cow::Borrowed(text);
    }
    let mut text = Cow::Borrowed(text);
    let (mut at, mut in_string) = (0, false);
    while let Some(c) = text.get(at) {
        match c {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'-' if !in_string && is_zero(&text[at + 1..]) => text.to_mut()[at] = b' ',
            _ => {}
        }
        at += 1;
    }
    text
}

/// Whether a text starts with the number `0`.
fn is_zero(text: &[u8]) -> bool {
    text.first() == Some(&b'0') && !text.get(1).is_some_and(|c| matches!(c, b'0'..=b'9' | b'.' | b'e' | b'E'))
}
