//! YAML as `sigs.k8s.io/yaml` writes it: members sorted, lists not indented, texts quoted only where they need it.
//!
//! In: a JSON value. Out: text. Long strings are folded at 80 columns, as go-yaml does.

use std::fmt::Write as _;

use serde_json::Value;

use crate::go::print_json;

/// Prints a value, with a newline at the end.
pub fn print(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(members) if !members.is_empty() => block(value, 0, &mut out),
        Value::Array(items) if !items.is_empty() => block(value, 0, &mut out),
        scalar => {
            out.push_str(&inline(scalar, 0, 0));
            out.push('\n');
        }
    }
    out
}

/// Prints a mapping or sequence that is not empty, each entry on a line of its own.
fn block(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            for (index, name) in names.into_iter().enumerate() {
                if index > 0 || !out.ends_with("- ") {
                    out.push_str(&" ".repeat(indent));
                }
                let key = plain_or_quoted(name);
                out.push_str(&key);
                out.push(':');
                // A list is indented like its key.
                entry(
                    &members[name],
                    indent,
                    if members[name].is_array() { indent } else { indent + 2 },
                    key.len() + 2,
                    out,
                );
            }
        }
        Value::Array(items) => {
            for item in items {
                if !out.ends_with("- ") {
                    out.push_str(&" ".repeat(indent));
                }
                out.push('-');
                match item {
                    Value::Object(members) if !members.is_empty() => {
                        out.push(' ');
                        block(item, indent + 2, out);
                    }
                    Value::Array(items) if !items.is_empty() => {
                        out.push(' ');
                        block(item, indent + 2, out);
                    }
                    scalar => entry(scalar, indent, indent + 2, 2, out),
                }
            }
        }
        _ => {}
    }
}

fn entry(value: &Value, indent: usize, below: usize, used: usize, out: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            out.push('\n');
            block(value, below, out);
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('\n');
            block(value, below, out);
        }
        scalar => {
            out.push(' ');
            out.push_str(&inline(scalar, indent, indent + used));
            out.push('\n');
        }
    }
}

fn inline(value: &Value, indent: usize, column: usize) -> String {
    match value {
        Value::Object(_) => "{}".to_owned(),
        Value::Array(_) => "[]".to_owned(),
        Value::String(text) => string(text, indent, column),
        other => print_json(other),
    }
}

/// A string in the style that go-yaml would choose for it.
fn string(text: &str, indent: usize, column: usize) -> String {
    if !text.chars().all(|c| c == '\n' || is_printable(c)) {
        return escaped(text);
    }
    if text.contains('\n') {
        // The first line says how far a block is indented.
        let is_block = !text.trim_start_matches('\n').starts_with(' ') && !text.trim().is_empty();
        return if is_block { literal(text, indent) } else { escaped(text) };
    }
    let written = plain_or_quoted(text);
    fold(&written, indent, column)
}

fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}')
}

/// A text in double quotes, with everything escaped that YAML does not take as it is.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in print_json(&Value::from(text)).chars() {
        if is_printable(c) {
            out.push(c);
        } else {
            // Writing to a string cannot fail. All of these are in the basic plane.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
    }
    out
}

fn plain_or_quoted(text: &str) -> String {
    if !text.chars().all(is_printable) {
        return escaped(text);
    }
    if resolves_otherwise(text) {
        return format!("\"{text}\"");
    }
    if is_plain(text) { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

fn literal(text: &str, indent: usize) -> String {
    let chomp = match text.len() - text.trim_end_matches('\n').len() {
        0 => "-",
        1 => "",
        _ => "+",
    };
    let pad = " ".repeat(indent + 2);
    let lines: Vec<String> = text
        .strip_suffix('\n')
        .unwrap_or(text)
        .split('\n')
        .map(|line| if line.is_empty() { String::new() } else { format!("{pad}{line}") })
        .collect();
    format!("|{chomp}\n{}", lines.join("\n"))
}

/// Breaks a string at single spaces, each time the line has reached 80 columns.
fn fold(text: &str, indent: usize, start: usize) -> String {
    let quoted = text.starts_with('"');
    if quoted || start + text.len() <= 80 {
        return text.to_owned();
    }
    let pad = " ".repeat(indent + 2);
    let mut out = String::new();
    let mut column = start;
    let bytes = text.as_bytes();
    for (at, character) in text.char_indices() {
        let alone = at > 0 && bytes[at - 1] != b' ' && bytes.get(at + 1).is_some_and(|next| *next != b' ');
        if character == ' ' && column > 80 && alone {
            out.push('\n');
            out.push_str(&pad);
            column = pad.len();
        } else {
            out.push(character);
            column += 1;
        }
    }
    out
}

/// Whether YAML 1.1 would read the unquoted string as something other than a string.
fn resolves_otherwise(text: &str) -> bool {
    let word = matches!(
        text,
        "" | "~"
            | "null"
            | "Null"
            | "NULL"
            | "true"
            | "True"
            | "TRUE"
            | "false"
            | "False"
            | "FALSE"
            | "y"
            | "Y"
            | "yes"
            | "Yes"
            | "YES"
            | "n"
            | "N"
            | "no"
            | "No"
            | "NO"
            | "on"
            | "On"
            | "ON"
            | "off"
            | "Off"
            | "OFF"
            | ".nan"
            | ".NaN"
            | ".NAN"
            | ".inf"
            | ".Inf"
            | ".INF"
            | "+.inf"
            | "-.inf"
            | "<<"
    );
    word || is_number(text) || is_date(text) || is_base_60(text)
}

fn is_number(text: &str) -> bool {
    let plain = text.replace('_', "");
    let digits = plain.strip_prefix(['-', '+']).unwrap_or(&plain);
    let starts = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let prefixed = |prefix: &str, radix| {
        digits.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix)))
    };
    starts && (plain.parse::<f64>().is_ok() || prefixed("0x", 16) || prefixed("0o", 8) || prefixed("0b", 2))
}

/// Whether older readers take the text for a number of minutes or degrees: `08:00`.
fn is_base_60(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut parts = whole.split(':');
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    parts.next().is_some_and(|first| first.starts_with(|c: char| c.is_ascii_digit()) && is_digits(first))
        && whole.contains(':')
        && parts.all(|part| matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']))
        && is_digits(fraction)
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 8 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-' && {
        let rest = &text[5..];
        rest.bytes().all(|byte| byte.is_ascii_digit() || b"-:tTzZ+. ".contains(&byte)) && rest.contains('-')
    }
}

fn is_plain(text: &str) -> bool {
    let first_ok = !text.starts_with(|c: char| "-?:,[]{}#&*!|>'\"%@` ".contains(c))
        || (text.len() > 1 && text.starts_with(['-', '?', ':']) && !text[1..].starts_with(' '));
    let inner_ok = !text.contains(": ") && !text.contains(" #") && !text.ends_with([':', ' ']);
    let marker = text.starts_with("---") || text.starts_with("...");
    first_ok && inner_ok && !marker && !text.contains('\n')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_sorted_and_lists_stand_at_their_key() {
        let value = json!({"b": [{"z": 1, "x": {}}, [1, 2]], "a": {"c": []}});
        assert_eq!(print(&value), "a:\n  c: []\nb:\n- x: {}\n  z: 1\n- - 1\n  - 2\n");
    }

    #[test]
    fn texts_are_quoted_only_where_they_would_be_read_as_something_else() {
        let value = json!(["a b", "1", "true", "2001-01-01T00:00:00Z", "a: b", "'x", "f:spec", "", "-", "v:\"1\""]);
        assert_eq!(
            print(&value),
            "- a b\n- \"1\"\n- \"true\"\n- \"2001-01-01T00:00:00Z\"\n- 'a: b'\n- '''x'\n- f:spec\n- \"\"\n- '-'\n- v:\"1\"\n"
        );
    }

    #[test]
    fn times_are_quoted() {
        assert_eq!(print(&json!(["08:00", "1:60", "a:00", "1:2:3.5"])), "- \"08:00\"\n- 1:60\n- a:00\n- \"1:2:3.5\"\n");
    }

    #[test]
    fn texts_of_several_lines_are_literal_blocks() {
        assert_eq!(print(&json!({"a": "x\ny\n"})), "a: |\n  x\n  y\n");
        assert_eq!(print(&json!({"a": "x\ny"})), "a: |-\n  x\n  y\n");
    }

    /// What is printed is read as the same value.
    #[track_caller]
    fn check(value: &Value) {
        let text = print(value);
        let parsed = crate::yaml::parse(&text);
        assert_eq!(parsed.errors, [], "{text}");
        assert_eq!(parsed.documents.first().map(crate::node::Node::to_value).unwrap_or_default(), *value, "{text}");
    }

    #[test]
    fn what_is_printed_is_read_as_the_same_value() {
        const PARTS: [&str; 34] = [
            "a",
            " ",
            "\n",
            "\t",
            "'",
            "\"",
            ":",
            "#",
            "-",
            "?",
            "[",
            "]",
            "{",
            "}",
            ",",
            "&",
            "*",
            "!",
            "|",
            ">",
            "%",
            "@",
            "`",
            "=",
            "~",
            "\\",
            "1",
            ".",
            "0x",
            "e",
            "\u{85}",
            "\u{feff}",
            "\u{2028}",
            "\u{1f600}",
        ];
        let mut texts = vec![String::new()];
        for first in PARTS {
            for second in PARTS {
                texts.push([first, second].concat());
                texts.extend(["a", "\n", " ", "x y z w "].map(|third| [first, second, third].concat()));
                texts.push([&"long words ".repeat(9), first, second, " more words".repeat(9).as_str()].concat());
                texts.push(["a\n", first, second, "\nb"].concat());
            }
        }
        for text in &texts {
            check(&json!({"a": {"b": text, "l": [text, [text], {"c": text}]}, "n": 1}));
            check(&json!({ text.as_str(): { text.as_str(): [{ text.as_str(): 1 }] } }));
        }
    }

    #[test]
    fn scalars_and_empty_values_are_documents_too() {
        for value in
            [json!({}), json!([]), json!(1.5), json!("a\nb"), json!([[], {}, [[]], [{}], null, true, -1, 1e300, 0.1])]
        {
            check(&value);
        }
    }
}
