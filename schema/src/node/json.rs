//! JSON text of a node, in source order.
//!
//! In: a node. Out: a line for each member and item, so that a change of the node is a change of few lines. Lines are not
//! indented: schemas are so deep that two thirds of the text would be spaces, in every program that embeds it.

use std::fmt::Write as _;

use serde_json::Number;

use super::{Content, Node};

/// Prints `node`, with a final newline.
pub(super) fn print(node: &Node<'_>) -> String {
    let mut out = String::new();
    write_node(&mut out, node);
    out.push('\n');
    out
}

fn write_node(out: &mut String, node: &Node<'_>) {
    match &node.content {
        Content::Null => out.push_str("null"),
        Content::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Content::Int(number) => write_display(out, number),
        Content::Uint(number) => write_display(out, number),
        Content::Float(number) => match Number::from_f64(*number) {
            Some(number) => write_display(out, &number),
            None => out.push_str("null"),
        },
        Content::String(text) => write_text(out, text),
        Content::Sequence(items) => write_block(out, ['[', ']'], items, write_node),
        Content::Mapping(members) => write_block(out, ['{', '}'], members.members(), |out, member| {
            write_text(out, &member.name);
            out.push_str(": ");
            write_node(out, &member.value);
        }),
    }
}

fn write_block<T>(out: &mut String, [open, close]: [char; 2], items: &[T], mut write: impl FnMut(&mut String, &T)) {
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index > 0 { ",\n" } else { "\n" });
        write(out, item);
    }
    if !items.is_empty() {
        out.push('\n');
    }
    out.push(close);
}

fn write_text(out: &mut String, text: &str) {
    // Nearly all texts stand in JSON as they are. Looking at every byte, without stopping early, is vectorised.
    let escapes = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    if text.as_bytes().iter().fold(false, |any, byte| any | escapes(byte)) {
        // Printing a text cannot fail.
        out.push_str(&serde_json::to_string(text).unwrap_or_default());
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

fn write_display(out: &mut String, value: &impl std::fmt::Display) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{value}");
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::node::{Content, Index, Mapping, Member, Node};

    fn node(content: Content<'_>) -> Node<'_> {
        Node { content, position: None }
    }

    #[test]
    fn members_stand_in_source_order() {
        let members = [
            ("b", Content::Int(1)),
            ("a\n", Content::Sequence(vec![node(Content::Bool(true)), node(Content::Float(2.5))])),
        ];
        let members =
            members.into_iter().map(|(name, content)| Member { name: name.into(), key: None, value: node(content) });
        let text = node(Content::Mapping(Mapping::new(members.collect(), Index::default()))).to_json();
        assert_eq!(text, "{\n\"b\": 1,\n\"a\\n\": [\ntrue,\n2.5\n]\n}\n");
    }

    #[test]
    fn empty_blocks_stay_on_one_line() {
        assert_eq!(node(Content::Sequence(Vec::new())).to_json(), "[]\n");
        assert_eq!(node(Content::Mapping(Mapping::default())).to_json(), "{}\n");
    }

    #[test]
    fn what_is_printed_is_what_serde_json_prints() {
        let every_ascii: String = ('\0'..='\u{7f}').collect();
        let mut value = json!({
            "numbers": [0, -1, i64::MIN, u64::MAX, 0.1, 1e300, -2.5e-7],
            "texts": [every_ascii, "", "é\u{2028}\u{1f600}", "a\"b", "\\"],
            "others": [null, true, false, {}, []]
        });
        for _ in 0..50 {
            value = json!({"deeper": value});
        }
        let printed = Node::from_value(&value).unwrap().to_json();
        let pretty = serde_json::to_string_pretty(&value).unwrap() + "\n";
        let lines: Vec<&str> = pretty.lines().map(str::trim_start).collect();
        assert_eq!(printed.lines().collect::<Vec<_>>(), lines);
        assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), value);
    }
}
