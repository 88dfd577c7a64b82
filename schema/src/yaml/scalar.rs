//! What a scalar means: `resolve` of go-yaml v2, followed by the way through JSON that `sigs.k8s.io/yaml` takes.
//!
//! In: a scalar's text, whether it is plain, and its tag. Out: the content, or why there is none.

use std::borrow::Cow;

use crate::node::Content;

/// The tags that decide how a scalar is read (`!!str`, …).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScalarTag {
    Str,
    Binary,
    Bool,
    Int,
    Float,
    Null,
    /// `!!merge`, which makes `<<` the merge key however it is written.
    Merge,
    /// Any other tag: the text stays text.
    Other,
}

/// Why a scalar cannot be read.
pub(super) struct Unfit {
    /// In words of our own.
    pub(super) message: String,
    /// In Go's.
    pub(super) go: String,
}

/// Resolves a scalar. `plain` is false for quoted and block scalars.
pub(super) fn resolve(text: Cow<'_, str>, plain: bool, tag: Option<ScalarTag>) -> Result<Content<'_>, Unfit> {
    let Some(tag) = tag else {
        return match plain.then(|| untagged(&text)).flatten() {
            Some(content) => finite(content, &text),
            None => Ok(Content::String(text)),
        };
    };
    let content = match tag {
        ScalarTag::Str | ScalarTag::Merge | ScalarTag::Other => return Ok(Content::String(text)),
        ScalarTag::Binary => return binary(&text),
        _ => match untagged(&text) {
            Some(content) => finite(content, &text)?,
            None => return Err(misfit(&text, &Content::String(Cow::Borrowed("")), tag)),
        },
    };
    let fits = match tag {
        ScalarTag::Bool => matches!(content, Content::Bool(_)),
        ScalarTag::Int => matches!(content, Content::Int(_) | Content::Uint(_)),
        ScalarTag::Float => matches!(content, Content::Int(_) | Content::Uint(_) | Content::Float(_)),
        _ => matches!(content, Content::Null),
    };
    if fits { Ok(content) } else { Err(misfit(&text, &content, tag)) }
}

fn misfit(text: &str, content: &Content<'_>, tag: ScalarTag) -> Unfit {
    let found = match content {
        Content::Bool(_) => "!!bool",
        Content::Int(_) | Content::Uint(_) => "!!int",
        Content::Float(_) => "!!float",
        Content::Null => "!!null",
        _ => "!!str",
    };
    let wanted = match tag {
        ScalarTag::Bool => "!!bool",
        ScalarTag::Int => "!!int",
        ScalarTag::Float => "!!float",
        _ => "!!null",
    };
    Unfit {
        message: format!("{} does not fit the tag that stands before it", crate::diagnostic::quote(text)),
        go: format!("yaml: cannot decode {found} `{text}` as a {wanted}"),
    }
}

/// A mapping key as text: JSON has no others, and `sigs.k8s.io/yaml` writes numbers and booleans out.
pub(super) fn key(content: Content<'_>) -> Result<Cow<'_, str>, String> {
    match content {
        Content::String(text) => Ok(text),
        Content::Bool(flag) => Ok(Cow::Borrowed(if flag { "true" } else { "false" })),
        Content::Int(number) => Ok(Cow::Owned(number.to_string())),
        // Go prints a float key with the digits of a 32-bit float.
        #[allow(clippy::cast_possible_truncation)]
        Content::Float(number) => Ok(Cow::Owned((number as f32).to_string())),
        Content::Null => Err("null cannot be a key: quote it".to_owned()),
        Content::Uint(_) => Err("an integer above 9223372036854775807 cannot be a key: quote it".to_owned()),
        Content::Sequence(_) | Content::Mapping(_) => Err("an array or object cannot be a key".to_owned()),
    }
}

/// What a plain scalar is read as, if not as its text.
fn untagged(text: &str) -> Option<Content<'static>> {
    match text.as_bytes().first() {
        Some(b'+' | b'-' | b'.' | b'0'..=b'9') => number(text),
        // No word is longer than `false`.
        _ if text.len() > 5 => None,
        None | Some(b'~' | b'n' | b'N' | b'y' | b'Y' | b't' | b'T' | b'f' | b'F' | b'o' | b'O') => word(text),
        _ => None,
    }
}

fn word(text: &str) -> Option<Content<'static>> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Content::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Content::Bool(false),
        "" | "~" | "null" | "Null" | "NULL" => Content::Null,
        _ => return None,
    })
}

fn number(text: &str) -> Option<Content<'static>> {
    Some(match text {
        ".nan" | ".NaN" | ".NAN" => Content::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Content::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Content::Float(f64::NEG_INFINITY),
        _ if text.starts_with('.') => return float(text),
        _ => {
            let digits = if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) };
            return integer(&digits).or_else(|| float(&digits));
        }
    })
}

/// `strconv.ParseInt(text, 0, 64)`: decimal, `0x`, `0b`, `0o` and octal with a leading zero.
fn integer(text: &str) -> Option<Content<'static>> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let signed = digits.len() < text.len();
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => (16, &digits[2..]),
        [b'0', b'b' | b'B', _, ..] => (2, &digits[2..]),
        [b'0', b'o' | b'O', _, ..] => (8, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if !digits.bytes().all(|digit| char::from(digit).is_digit(radix)) {
        return None;
    }
    let size = u64::from_str_radix(digits, radix).ok()?;
    if negative {
        return 0_i64.checked_sub_unsigned(size).map(Content::Int);
    }
    match i64::try_from(size) {
        Ok(number) => Some(Content::Int(number)),
        Err(_) if signed => None,
        Err(_) => Some(Content::Uint(size)),
    }
}

/// A decimal float. One with an integral value is an integer from here on: Go writes it to JSON without a point.
fn float(text: &str) -> Option<Content<'static>> {
    // 2^63; beyond it no `i64` has the value.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mantissa = digits.find(['e', 'E']).map_or(digits, |end| &digits[..end]);
    let shape = mantissa.bytes().all(|c| c.is_ascii_digit() || c == b'.')
        && digits.as_bytes().first().is_some_and(|c| *c != b'e');
    let number: f64 = if shape { text.parse().ok()? } else { return None };
    // Go refuses what overflows a float, and the text stays text.
    if number.is_infinite() {
        return None;
    }
    #[allow(clippy::cast_possible_truncation)]
    if number.fract() == 0.0 && number.abs() < LIMIT {
        return Some(Content::Int(number as i64));
    }
    Some(Content::Float(number))
}

fn finite<'t>(content: Content<'static>, text: &str) -> Result<Content<'t>, Unfit> {
    match content {
        Content::Float(number) if !number.is_finite() => {
            let shown = if number.is_nan() {
                "NaN"
            } else if number > 0.0 {
                "+Inf"
            } else {
                "-Inf"
            };
            let message = format!("{text} cannot be written as JSON");
            Err(Unfit { message, go: format!("json: unsupported value: {shown}") })
        }
        content => Ok(content),
    }
}

/// `!!binary`: the bytes that base64 text stands for, as text.
fn binary<'t>(text: &str) -> Result<Content<'t>, Unfit> {
    let digits: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    let bytes = decode_base64(digits.as_bytes()).ok_or_else(|| Unfit {
        message: "a !!binary value must be base64".to_owned(),
        go: "yaml: !!binary value contains invalid base64 data".to_owned(),
    })?;
    Ok(Content::String(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())))
}

fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let padding = text.iter().rev().take_while(|c| **c == b'=').count();
    if padding > 2 {
        return None;
    }
    let digits = &text[..text.len() - padding];
    let mut bytes = Vec::with_capacity(digits.len());
    for group in digits.chunks(4) {
        let mut bits = 0_u32;
        for digit in group {
            bits = bits << 6 | base64_digit(*digit)?;
        }
        bits <<= 6 * (4 - group.len());
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    Some(bytes)
}

fn base64_digit(c: u8) -> Option<u32> {
    let digit = match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(digit))
}
