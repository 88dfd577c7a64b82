//! Pretty JSON text of a node, in source order.
//!
//! In: a node. Out: the text that `serde_json` would print if it kept the order of members.

use std::fmt::Write as _;

use serde_json::Number;

use super::{Content, Node};

/// Prints `node`, indented by two spaces, with a final newline.
pub(super) fn print(node: &Node) -> String {
    let mut out = String::new();
    write_node(&mut out, node, 0);
    out.push('\n');
    out
}

fn write_node(out: &mut String, node: &Node, level: usize) {
    match &node.content {
        Content::Null => out.push_str("null"),
        Content::Bool(flag) => write_display(out, flag),
        Content::Int(number) => write_display(out, number),
        Content::Uint(number) => write_display(out, number),
        Content::Float(number) => match Number::from_f64(*number) {
            Some(number) => write_display(out, &number),
            None => out.push_str("null"),
        },
        Content::String(text) => write_text(out, text),
        Content::Sequence(items) => write_block(out, level, ['[', ']'], items.iter(), |out, item| {
            write_node(out, item, level + 1);
        }),
        Content::Mapping(members) => write_block(out, level, ['{', '}'], members.iter(), |out, (name, entry)| {
            write_text(out, name);
            out.push_str(": ");
            write_node(out, &entry.value, level + 1);
        }),
    }
}

fn write_block<T>(
    out: &mut String,
    level: usize,
    [open, close]: [char; 2],
    items: impl ExactSizeIterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    out.push(open);
    let empty = items.len() == 0;
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        new_line(out, level + 1);
        write(out, item);
    }
    if !empty {
        new_line(out, level);
    }
    out.push(close);
}

fn new_line(out: &mut String, level: usize) {
    out.push('\n');
    for _ in 0..level {
        out.push_str("  ");
    }
}

fn write_text(out: &mut String, text: &str) {
    write_display(out, &serde_json::Value::from(text));
}

fn write_display(out: &mut String, value: &impl std::fmt::Display) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{value}");
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use crate::node::{Content, Entry, Node};

    fn node(content: Content) -> Node {
        Node { content, position: None }
    }

    #[test]
    fn members_stand_in_source_order() {
        let members = [
            ("b", Content::Int(1)),
            ("a\n", Content::Sequence(vec![node(Content::Bool(true)), node(Content::Float(2.5))])),
        ];
        let members: IndexMap<_, _> = members
            .into_iter()
            .map(|(name, content)| (name.to_owned(), Entry { key: None, value: node(content) }))
            .collect();
        let text = node(Content::Mapping(members)).to_json();
        assert_eq!(text, "{\n  \"b\": 1,\n  \"a\\n\": [\n    true,\n    2.5\n  ]\n}\n");
    }

    #[test]
    fn empty_blocks_stay_on_one_line() {
        assert_eq!(node(Content::Sequence(Vec::new())).to_json(), "[]\n");
        assert_eq!(node(Content::Mapping(IndexMap::new())).to_json(), "{}\n");
    }
}
