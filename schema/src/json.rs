//! Reads JSON as the API server does.
//!
//! In: JSON text. Out: a value. `serde_json` takes `-0` for a float; Go takes it for the integer 0.

use std::borrow::Cow;

use serde_json::Value;

/// Reads a JSON text.
///
/// ```
/// let value = crdgen_schema::json::parse(br#"{"a": -0, "b": "-0", "c": -0.5}"#).unwrap();
/// assert_eq!(value, serde_json::json!({"a": 0, "b": "-0", "c": -0.5}));
/// ```
///
/// # Errors
///
/// It is malformed.
pub fn parse(text: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(&without_negative_zeros(text))
}

/// The text with a space in place of each sign of a zero without a fraction or an exponent.
fn without_negative_zeros(text: &[u8]) -> Cow<'_, [u8]> {
    let mut text = Cow::Borrowed(text);
    let (mut at, mut in_string) = (0, false);
    while let Some(c) = text.get(at) {
        match c {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'-' if !in_string && text.get(at + 1) == Some(&b'0') => {
                if !text.get(at + 2).is_some_and(|c| matches!(c, b'0'..=b'9' | b'.' | b'e' | b'E')) {
                    text.to_mut()[at] = b' ';
                }
            }
            _ => {}
        }
        at += 1;
    }
    text
}
