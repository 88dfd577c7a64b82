//! What literals stand for: escape sequences and numbers.

use std::borrow::Cow;

use super::expression::Literal;

/// A string literal, with its quotes and its `r`.
pub(super) fn string(text: &str) -> Result<Literal, &'static str> {
    let bytes = unescape(text, Escapes::Characters)?;
    // Only whole characters are pushed.
    Ok(Literal::String(String::from_utf8_lossy(&bytes).into()))
}

/// A bytes literal, with its `b`.
pub(super) fn bytes(text: &str) -> Result<Literal, &'static str> {
    Ok(Literal::Bytes(unescape(&text[1..], Escapes::Bytes)?.into()))
}

/// An integer, with its sign.
pub(super) fn int(text: &str) -> Option<Literal> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let value = match digits.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(&format!("{sign}{digits}"), 16),
        None => format!("{sign}{digits}").parse(),
    };
    Some(Literal::Int(value.ok()?))
}

/// An unsigned integer, with its `u`.
pub(super) fn uint(text: &str) -> Option<Literal> {
    let digits = &text[..text.len() - 1];
    let value = match digits.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    Some(Literal::Uint(value.ok()?))
}

/// A double, with its sign. Go refuses what is too large.
pub(super) fn double(text: &str) -> Option<Literal> {
    let value: f64 = text.parse().ok()?;
    value.is_finite().then_some(Literal::Double(value))
}

/// What `\x` and octal escapes are.
#[derive(Clone, Copy, PartialEq)]
enum Escapes {
    Characters,
    Bytes,
}

const INVALID: &str = "unable to unescape string";

fn unescape(text: &str, escapes: Escapes) -> Result<Vec<u8>, &'static str> {
    let text = if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    };
    let raw = text.starts_with(['r', 'R']);
    let quoted = if raw { &text[1..] } else { &text };
    let width = if quoted.len() >= 6 && (quoted.starts_with("'''") || quoted.starts_with("\"\"\"")) { 3 } else { 1 };
    let mut rest = &quoted[width..quoted.len() - width];
    if raw || !rest.contains('\\') {
        return Ok(rest.as_bytes().to_vec());
    }
    let mut out = Vec::with_capacity(rest.len());
    while let Some(next) = rest.chars().next() {
        rest = match next {
            '\\' => unescape_one(&rest[1..], escapes, &mut out)?,
            next => {
                let (character, tail) = rest.split_at(next.len_utf8());
                out.extend_from_slice(character.as_bytes());
                tail
            }
        };
    }
    Ok(out)
}

/// Pushes what the sequence after a backslash stands for, and gives the text after it.
fn unescape_one<'t>(text: &'t str, escapes: Escapes, out: &mut Vec<u8>) -> Result<&'t str, &'static str> {
    let letter = text.chars().next().ok_or(INVALID)?;
    let (digits, radix) = match letter {
        'a' => return Ok(push(out, 7, text)),
        'b' => return Ok(push(out, 8, text)),
        'f' => return Ok(push(out, 12, text)),
        'n' => return Ok(push(out, b'\n', text)),
        'r' => return Ok(push(out, b'\r', text)),
        't' => return Ok(push(out, b'\t', text)),
        'v' => return Ok(push(out, 11, text)),
        '\\' | '\'' | '"' | '`' | '?' => return Ok(push(out, letter as u8, text)),
        'x' | 'X' => (1..3, 16),
        'u' | 'U' if escapes == Escapes::Bytes => return Err(INVALID),
        'u' => (1..5, 16),
        'U' => (1..9, 16),
        '0'..='3' => (0..3, 8),
        _ => return Err(INVALID),
    };
    let end = digits.end;
    let code = u32::from_str_radix(text.get(digits).ok_or(INVALID)?, radix).map_err(|_| INVALID)?;
    if let (Escapes::Bytes, Ok(byte)) = (escapes, u8::try_from(code)) {
        out.push(byte);
    } else {
        let character = char::from_u32(code).ok_or("invalid unicode code point")?;
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(&text[end..])
}

fn push<'t>(out: &mut Vec<u8>, byte: u8, text: &'t str) -> &'t str {
    out.push(byte);
    &text[1..]
}
