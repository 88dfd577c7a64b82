//! Integers, quantities, times and base64, as Go decodes them.
//!
//! In: a scalar and its type. Out: the integer, or Go's error about the text.

use std::{borrow::Cow, cmp::Ordering};

use base64::{
    Engine as _, alphabet,
    engine::{GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_STANDARD,
};
use serde_json::Value;

use super::{
    Type,
    json::{Json, Kind},
    time,
};
use crate::quantity::{self, Decimal, Malformed};

/// The integer that a number stands for, if it is one of that type.
pub(super) fn integer(number: &impl Json, kind: &Type) -> Option<i64> {
    match kind.unnamed() {
        Type::Int32 | Type::IntOrString => number.integer().filter(|number| i32::try_from(*number).is_ok()),
        Type::WholeNumber => number.integer().or_else(|| number.print().parse().ok()),
        _ => number.integer(),
    }
}

/// What Go writes for a quantity.
pub(super) fn quantity(value: &impl Json) -> Result<String, String> {
    let written = quantity_text(value).and_then(|text| quantity::canonical(&text));
    written.map_err(|malformed| malformed.message().to_owned())
}

/// What Go writes for bytes: base64 without line breaks, whose last digit has no bits too many.
pub(super) fn bytes(text: &str) -> Option<String> {
    const LENIENT: GeneralPurpose =
        GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));
    if !text.contains(['\n', '\r']) && !text.ends_with('=') {
        return None;
    }
    let decoded = LENIENT.decode(text.replace(['\n', '\r'], "")).ok()?;
    Some(LENIENT.encode(decoded))
}

/// What Go writes for bytes that it has read from a list of numbers, where null is 0.
pub(super) fn bytes_of(items: &[Value]) -> String {
    let byte = |item: &Value| item.as_u64().and_then(|number| u8::try_from(number).ok()).unwrap_or_default();
    BASE64_STANDARD.encode(items.iter().map(byte).collect::<Vec<u8>>())
}

/// Whether two quantities are the same amount, however they are written.
pub(super) fn are_equal_quantities<J: Json>(value: &J, other: &J) -> bool {
    let number = |value: &J| quantity_text(value).and_then(|text| Decimal::parse(text.trim()));
    match (number(value), number(other)) {
        (Ok(number), Ok(other)) => number.compare(&other) == Some(Ordering::Equal),
        _ => false,
    }
}

fn quantity_text<J: Json>(value: &J) -> Result<Cow<'_, str>, Malformed> {
    match value.kind() {
        Kind::Text => Ok(Cow::Borrowed(value.text())),
        Kind::Number => Ok(Cow::Owned(value.print())),
        Kind::Null => Ok(Cow::Borrowed("0")),
        _ => Err(Malformed::Format),
    }
}

/// Checks the text of a value that JSON writes as a string.
pub(super) fn check(text: &str, kind: &Type) -> Result<(), String> {
    match kind {
        Type::Bytes => match base64_fault(text.as_bytes()) {
            Some(at) => Err(format!("illegal base64 data at input byte {at}")),
            None => Ok(()),
        },
        Type::Time | Type::MicroTime => time::written(text, kind).map(drop),
        _ => Ok(()),
    }
}

/// Where base64 goes wrong, as Go's decoder counts. It skips line breaks.
fn base64_fault(text: &[u8]) -> Option<usize> {
    let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let mut digits = 0;
    let mut bytes = text.iter().enumerate().filter(|(_, byte)| !is_break(byte));
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => digits = (digits + 1) % 4,
            b'=' if digits >= 2 => {
                if digits == 2 {
                    match bytes.next() {
                        Some((_, b'=')) => {}
                        Some((next, _)) => return Some(next - 1),
                        None => return Some(text.len()),
                    }
                }
                return bytes.next().map(|(next, _)| next);
            }
            _ => return Some(at),
        }
    }
    (digits > 0).then(|| text.len() - digits)
}
