//! How Go prints texts and floats, and reads numbers: messages and some functions of CEL show it.

use std::fmt::Write as _;

/// A text as `strconv.Quote` (`%q`) writes it.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match short_escape(c) {
            Some(escape) => out.push_str(escape),
            None if is_printable(c) => out.push(c),
            None => write_escape(&mut out, u32::from(c)),
        }
    }
    out.push('"');
    out
}

/// The escape of a character that has one of two characters.
pub(crate) fn short_escape(c: char) -> Option<&'static str> {
    Some(match c {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\u{b}' => "\\v",
        _ => return None,
    })
}

/// A float as `%v` and `%g` write it: the shortest digits, with an exponent below 1e-4 and from 1e6 on.
pub fn float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let size = number.abs();
    if size == 0.0 || (1e-4..1e6).contains(&size) {
        return format!("{number}");
    }
    let (mantissa, exponent) = scientific(number);
    format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs())
}

/// The shortest digits that stand for a float, and its decimal exponent.
pub fn scientific(number: f64) -> (String, i32) {
    let text = format!("{number:e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa.to_owned(), exponent.parse().unwrap_or(0)),
        None => (text, 0),
    }
}

/// `unicode.IsPrint`. The standard library has the same tables behind `escape_debug`; the letter in front keeps it from
/// escaping combining marks, which Go prints.
pub fn is_printable(c: char) -> bool {
    match c {
        ' '..='~' => true,
        '\0'..='\u{7f}' => false,
        _ => !['a', c].iter().collect::<String>().escape_debug().to_string().contains('\\'),
    }
}

/// `strconv.ParseFloat` of a decimal number, infinity or NaN; Go's underscores and hexadecimal floats are not read by CEL's
/// functions either.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let named = matches!(&*unsigned.to_ascii_lowercase(), "inf" | "infinity" | "nan");
    if !named && !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    // Too large is an error, where Rust says infinity.
    (named || number.is_finite()).then_some(number)
}

fn write_escape(out: &mut String, code: u32) {
    let _ = match code {
        0..0x80 => write!(out, "\\x{code:02x}"),
        0x80..0x1_0000 => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_like_go_quotes_them() {
        assert_eq!(
            quoted("a\"\\\n\u{7}\u{0}\u{7f}é\u{301}\u{a0}\u{200b}😀"),
            "\"a\\\"\\\\\\n\\a\\x00\\x7fé\u{301}\\u00a0\\u200b😀\""
        );
    }

    #[test]
    fn floats_have_go_exponents() {
        for (number, text) in [
            (0.5, "0.5"),
            (100_000.0, "100000"),
            (1e6, "1e+06"),
            (9_007_199_254_740_991.0, "9.007199254740991e+15"),
            (1e21, "1e+21"),
            (1.5e-5, "1.5e-05"),
            (-0.0001, "-0.0001"),
            (2.0, "2"),
            (f64::INFINITY, "+Inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(float(number), text);
        }
    }

    #[test]
    fn floats_are_read_like_go_reads_them() {
        for (text, number) in
            [("1.5", 1.5), (".5", 0.5), ("-1e3", -1000.0), ("+Inf", f64::INFINITY), ("infinity", f64::INFINITY)]
        {
            assert_eq!(parse_float(text), Some(number), "{text}");
        }
        for text in ["", "1e999", " 1", "1_000", "0x1p4", "e5", "+"] {
            assert_eq!(parse_float(text), None, "{text}");
        }
        assert!(parse_float("NaN").unwrap().is_nan());
    }
}
