//! Character classes and escapes of Go's regular expressions.
//!
//! In: a pattern from a `[` or `\` on. Out: the same class for the `regex` crate, and the rest of the pattern.

use std::fmt::Write as _;

use super::{Error, translate::error};

/// A class that no character is in.
pub(super) const NOTHING: &str = r"[^\x{0}-\x{10FFFF}]";

/// Translates the class that `source` starts with, and returns what follows it.
pub(super) fn translate<'p>(source: &'p str, out: &mut String) -> Result<&'p str, Error> {
    let unclosed = || error("missing closing ]", source);
    let mut rest = &source[1..];
    out.push('[');
    if let Some(negated) = rest.strip_prefix('^') {
        rest = negated;
        out.push('^');
    }
    let mut first = true;
    let mut empty = true;
    loop {
        match rest.strip_prefix(']') {
            Some(after) if !first => {
                if empty {
                    out.push_str(NOTHING);
                }
                out.push(']');
                return Ok(after);
            }
            _ if rest.is_empty() => return Err(unclosed()),
            _ => first = false,
        }
        if let Some((class, after)) = posix(rest)? {
            out.push_str(&class);
            (rest, empty) = (after, false);
            continue;
        }
        if rest.starts_with('\\')
            && let Some((class, after)) = shorthand(rest)?
        {
            out.push_str(&class);
            (rest, empty) = (after, false);
            continue;
        }
        let start = rest;
        let (low, after) = character(rest)?;
        rest = after;
        let mut high = low;
        if let Some(after) = rest.strip_prefix('-').filter(|after| !after.is_empty() && !after.starts_with(']')) {
            (high, rest) = character(after)?;
            if high < low {
                return Err(error("invalid character class range", &start[..start.len() - rest.len()]));
            }
        }
        empty &= !push_range(out, low, high);
    }
}

/// A class escape at the start (`\d`, `\p{Greek}`, …), and the rest.
pub(super) fn shorthand(source: &str) -> Result<Option<(String, &str)>, Error> {
    let Some(letter) = source.as_bytes().get(1) else { return Ok(None) };
    let class = match letter {
        b'd' => "[0-9]",
        b'D' => "[^0-9]",
        b's' => r"[\t\n\x0C\r ]",
        b'S' => r"[^\t\n\x0C\r ]",
        b'w' => "[0-9A-Za-z_]",
        b'W' => "[^0-9A-Za-z_]",
        b'p' | b'P' => return unicode(source).map(Some),
        _ => return Ok(None),
    };
    Ok(Some((class.to_owned(), &source[2..])))
}

/// The character that an escape at the start stands for, as a number (it may be a surrogate), and the rest.
pub(super) fn escaped(source: &str) -> Result<(u32, &str), Error> {
    let body = &source[1..];
    let Some(c) = body.chars().next() else { return Err(error("trailing backslash at end of expression", "")) };
    let rest = &body[c.len_utf8()..];
    let wrong = || error("invalid escape sequence", &source[..=c.len_utf8()]);
    let plain = match c {
        'a' => '\u{7}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        'x' => return hexadecimal(rest).ok_or_else(wrong),
        '0'..='7' => return octal(body).ok_or_else(wrong),
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => c,
        _ => return Err(wrong()),
    };
    Ok((plain.into(), rest))
}

fn character(source: &str) -> Result<(u32, &str), Error> {
    match source.chars().next() {
        Some('\\') => escaped(source),
        Some(c) => Ok((c.into(), &source[c.len_utf8()..])),
        None => Err(error("missing closing ]", source)),
    }
}

/// Up to three octal digits. A single one that is not zero would be a back reference, which Go does not have.
fn octal(digits: &str) -> Option<(u32, &str)> {
    let length = digits.bytes().take(3).take_while(|c| (b'0'..=b'7').contains(c)).count();
    if length == 1 && !digits.starts_with('0') {
        return None;
    }
    Some((u32::from_str_radix(&digits[..length], 8).ok()?, &digits[length..]))
}

fn hexadecimal(rest: &str) -> Option<(u32, &str)> {
    let (digits, rest) = match rest.strip_prefix('{') {
        Some(braced) => braced.split_once('}')?,
        None => (rest.get(..2)?, rest.get(2..)?),
    };
    let valid = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16).ok().filter(|code| valid && *code <= 0x10_FFFF)?;
    Some((code, rest))
}

/// `[:alpha:]` and the like, at the start of what stands in a class.
fn posix(source: &str) -> Result<Option<(String, &str)>, Error> {
    const NAMES: [&str; 14] = [
        "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
        "word", "xdigit",
    ];
    let Some((name, rest)) = source.strip_prefix("[:").and_then(|inner| inner.split_once(":]")) else {
        return Ok(None);
    };
    if NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
        return Ok(Some((format!("[[:{name}:]]"), rest)));
    }
    Err(error("invalid character class range", &source[..source.len() - rest.len()]))
}

/// `\pL`, `\p{Greek}`, `\P{Greek}`, `\p{^Greek}`.
fn unicode(source: &str) -> Result<(String, &str), Error> {
    let body = &source[2..];
    let unclosed = || error("invalid character class range", source);
    let (name, rest) = match body.strip_prefix('{') {
        Some(braced) => braced.split_once('}').ok_or_else(unclosed)?,
        None => body.split_at(body.chars().next().ok_or_else(unclosed)?.len_utf8()),
    };
    let (name, inverted) = name.strip_prefix('^').map_or((name, false), |name| (name, true));
    let letter = if source.starts_with(r"\P") == inverted { 'p' } else { 'P' };
    let known = name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b' ' | b'-'));
    // Go has general categories and scripts, none of Unicode's other properties.
    let class = ["gc", "sc"].into_iter().map(|property| format!(r"\{letter}{{{property}={name}}}"));
    class
        .filter(|class| known && regex::Regex::new(class).is_ok())
        .map(|class| (class, rest))
        .next()
        .ok_or_else(|| error("invalid character class range", &source[..source.len() - rest.len()]))
}

/// Writes a range without its surrogates; false if nothing is left.
fn push_range(out: &mut String, low: u32, high: u32) -> bool {
    let parts = [(low, high.min(0xD7FF)), (low.max(0xE000), high)];
    let mut any = false;
    for (low, high) in parts.into_iter().filter(|(low, high)| low <= high) {
        // Writing to a string cannot fail.
        let _ = write!(out, "\\x{{{low:X}}}-\\x{{{high:X}}}");
        any = true;
    }
    any
}
