//! Pretty JSON text of a node, in source order.
//!
//! In: a node. Out: the text that `serde_json` would print if it kept the order of members.

use std::fmt::Write as _;

use serde_json::Number;

use super::{Content, Node};

/// Prints `node`, indented by two spaces, with a final newline.
pub(super) fn print(node: &Node<'_>) -> String {
    let mut out = String::new();
    write_node(&mut out, node, 0);
    out.push('\n');
    out
}

fn write_node(out: &mut String, node: &Node<'_>, level: usize) {
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
        Content::Sequence(items) => write_block(out, level, ['[', ']'], items, |out, item| {
            write_node(out, item, level + 1);
        }),
        Content::Mapping(members) => write_block(out, level, ['{', '}'], members.members(), |out, member| {
            write_text(out, &member.name);
            out.push_str(": ");
            write_node(out, &member.value, level + 1);
        }),
    }
}

fn write_block<T>(
    out: &mut String,
    level: usize,
    [open, close]: [char; 2],
    items: &[T],
    mut write: impl FnMut(&mut String, &T),
) {
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        new_line(out, level + 1);
        write(out, item);
    }
    if !items.is_empty() {
        new_line(out, level);
    }
    out.push(close);
}

fn new_line(out: &mut String, level: usize) {
    const SPACES: &str = "                                                                ";
    out.push('\n');
    let mut spaces = 2 * level;
    while spaces > 0 {
        let some = spaces.min(SPACES.len());
        out.push_str(&SPACES[..some]);
        spaces -= some;
    }
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
        assert_eq!(text, "{\n  \"b\": 1,\n  \"a\\n\": [\n    true,\n    2.5\n  ]\n}\n");
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
        assert_eq!(printed, serde_json::to_string_pretty(&value).unwrap() + "\n");
        assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), value);
    }
}
