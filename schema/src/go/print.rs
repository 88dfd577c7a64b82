//! How Go prints values into error texts.
//!
//! In: a JSON value, a text or a number. Out: what `fmt` (`%v`, `%q`) and `encoding/json` of Go print for it.

use std::fmt::Write as _;

use serde_json::{Number, Value};

/// A value as `field.Error` shows it: scalars plainly, texts quoted, the rest as JSON.
pub fn value(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Number(number) => match number.as_i64() {
            Some(number) => number.to_string(),
            None => float(number.as_f64().unwrap_or(f64::NAN)),
        },
        _ => json(value),
    }
}

/// A text as `strconv.Quote` writes it.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            _ if is_printable(c) => out.push(c),
            _ => write_escape(&mut out, u32::from(c)),
        }
    }
    out.push('"');
    out
}

/// A float as `%v` writes it: the shortest digits, with an exponent below 1e-4 and from 1e6 on.
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

/// A float as `encoding/json` writes it: the shortest digits, with an exponent below 1e-6 and from 1e21 on.
pub fn json_float(number: f64) -> String {
    if number == 0.0 || (1e-6..1e21).contains(&number.abs()) {
        return format!("{number}");
    }
    let (mantissa, exponent) = scientific(number);
    format!("{mantissa}e{}{}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs())
}

/// A value as `encoding/json` writes it: keys sorted, no spaces, `<`, `>` and `&` escaped.
pub fn json(value: &Value) -> String {
    let mut out = String::new();
    write_json(&mut out, value);
    out
}

/// An array of printed values.
pub fn array(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// An object of printed values in their own order, as `encoding/json` writes a struct.
pub fn object<'n>(members: impl Iterator<Item = (&'n str, String)>) -> String {
    let mut out = String::from("{");
    for (index, (name, value)) in members.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_json_text(&mut out, name);
        out.push(':');
        out.push_str(&value);
    }
    out.push('}');
    out
}

fn write_json(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&json_number(number)),
        Value::String(text) => write_json_text(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_json(out, item);
            }
            out.push(']');
        }
        Value::Object(members) => {
            // Sorted even where `serde_json` keeps the order of the source.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (index, (name, value)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_json_text(out, name);
                out.push(':');
                write_json(out, value);
            }
            out.push('}');
        }
    }
}

fn json_number(number: &Number) -> String {
    if let Some(number) = number.as_i64() {
        return number.to_string();
    }
    json_float(number.as_f64().unwrap_or(f64::NAN))
}

fn write_json_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' | '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// The shortest digits that stand for a float, and its decimal exponent.
fn scientific(number: f64) -> (String, i32) {
    let text = format!("{number:e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa.to_owned(), exponent.parse().unwrap_or(0)),
        None => (text, 0),
    }
}

/// `unicode.IsPrint`. The standard library has the same tables behind `escape_debug`; the letter in front keeps it from
/// escaping combining marks, which Go prints.
pub(crate) fn is_printable(c: char) -> bool {
    match c {
        ' '..='~' => true,
        '\0'..='\u{7f}' => false,
        _ => !['a', c].iter().collect::<String>().escape_debug().to_string().contains('\\'),
    }
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
    use serde_json::json;

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
        ] {
            assert_eq!(float(number), text);
        }
        assert_eq!(json_number(&Number::from_f64(1.5e-7).unwrap()), "1.5e-7");
        assert_eq!(value(&json!(u64::MAX)), "1.8446744073709552e+19");
        assert_eq!(json(&json!(u64::MAX)), "18446744073709552000");
    }

    #[test]
    fn compound_values_are_json_with_sorted_keys() {
        assert_eq!(
            value(&json!({"b": [1, null, true, 1.5], "a": "x<y&\u{2028}\u{1}"})),
            r#"{"a":"x\u003cy\u0026\u2028\u0001","b":[1,null,true,1.5]}"#
        );
    }
}
