//! How Go prints values into error texts.
//!
//! In: a JSON value, a text or a number. Out: what `fmt` (`%v`, `%q`) and `encoding/json` of Go print for it.

use std::fmt::Write as _;

use crdgen_cel::go::scientific;
pub use crdgen_cel::go::{float, quoted};
use serde_json::{Number, Value};

use crate::json::Document;

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

/// A value as `fmt` prints it (`%v`): `map[a:1 b:[x y]]`.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => match number.as_i64() {
            Some(number) => number.to_string(),
            None => float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(" ")),
        Value::Object(members) => {
            // Sorted even where `serde_json` keeps the order of the source.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members: Vec<String> =
                members.into_iter().map(|(name, value)| format!("{name}:{}", plain(value))).collect();
            format!("map[{}]", members.join(" "))
        }
    }
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

/// A text as `encoding/json` writes it again: members in their order, without spaces.
pub fn document(document: &Document<'_>) -> String {
    match document {
        Document::Null => "null".to_owned(),
        Document::Bool(flag) => flag.to_string(),
        Document::Number(text) => text.clone().into_owned(),
        Document::String(text) => {
            let mut out = String::new();
            write_json_text(&mut out, text);
            out
        }
        Document::Array(items) => array(items.iter().map(self::document)),
        Document::Object(members) => {
            object(members.iter().map(|(name, member)| (name.as_str(), self::document(member))))
        }
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_have_go_exponents() {
        assert_eq!(json_number(&Number::from_f64(1.5e-7).unwrap()), "1.5e-7");
        assert_eq!(value(&json!(u64::MAX)), "1.8446744073709552e+19");
        assert_eq!(json(&json!(u64::MAX)), "18446744073709552000");
    }

    #[test]
    fn plain_values_have_no_quotes() {
        assert_eq!(plain(&json!({"b": [1, "x y", null], "a": {}})), "map[a:map[] b:[1 x y <nil>]]");
    }

    #[test]
    fn compound_values_are_json_with_sorted_keys() {
        assert_eq!(
            value(&json!({"b": [1, null, true, 1.5], "a": "x<y&\u{2028}\u{1}"})),
            r#"{"a":"x\u003cy\u0026\u2028\u0001","b":[1,null,true,1.5]}"#
        );
    }
}
