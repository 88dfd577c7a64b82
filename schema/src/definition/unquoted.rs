//! Unquoted keys and values of schemas that kubectl, or another reader of YAML 1.1, does not read as the text that stands there.
//!
//! In: a schema that was read from YAML, and the text of the file. Out: a warning at each name of a property, value of an enum
//! and default that is meant as text and was read as something else. What is meant is decided by the schema around it: where
//! a boolean or a number fits, nothing is reported.

#[cfg(test)]
mod tests;

use std::cell::OnceCell;

use super::cursor::Cursor;
use crate::{
    diagnostic::{Diagnostic, Position, code},
    node::{Content, Member},
    schema::{Schema, SchemaType},
    yaml,
};

/// A longer word is none of those that are looked for.
const LONGEST_WORD: usize = 80;
/// In a text that is not ASCII, columns beyond this one are not looked up: each costs a search from the start of its line.
const LAST_COLUMN: usize = 4096;

/// The text that a document was read from.
pub(super) struct SourceText<'t> {
    text: &'t str,
    layout: OnceCell<Layout>,
}

/// What finds a position in a text; made when the first one is looked for.
struct Layout {
    /// Where each line starts.
    lines: Vec<usize>,
    is_ascii: bool,
}

impl<'t> SourceText<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text: yaml::without_mark(text), layout: OnceCell::new() }
    }

    /// What stands at a position up to the next space, separator or bracket.
    fn word(&self, position: Option<Position>) -> Option<&'t str> {
        let index = |number: u32| usize::try_from(number).ok()?.checked_sub(1);
        let (line, column) = (index(position?.line)?, index(position?.column)?);
        let layout = self.layout.get_or_init(|| Layout::of(self.text));
        let rest = &self.text[*layout.lines.get(line)?..];
        let start = match column {
            _ if layout.is_ascii => column,
            LAST_COLUMN.. => return None,
            _ => rest.char_indices().nth(column)?.0,
        };
        let word = rest.get(start..)?.split([' ', '\t', '\n', '\r', ',', '[', ']', '{', '}']).next()?;
        (word.len() <= LONGEST_WORD).then_some(word)
    }
}

impl Layout {
    fn of(text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        Self { lines: std::iter::once(0).chain(ends).collect(), is_ascii: text.is_ascii() }
    }
}

/// Checks the name of a property.
pub(super) fn check_name(properties: Cursor<'_>, member: &Member<'_>) {
    let Some(source) = properties.report.source else { return };
    // Other names are not those of booleans, numbers or dates.
    if !matches!(member.name.as_ref(), "true" | "false") && !starts_like_number(&member.name) {
        return;
    }
    let Some(word) = source.word(member.key) else { return };
    let text = word.strip_suffix(':').unwrap_or(word);
    let content = yaml::read_plain(text);
    let reading = match &content {
        Content::String(same) if *same == member.name => other_reading(text),
        Content::String(_) => None,
        content if member.name != text && yaml::key_of(content).as_ref() == Some(&member.name) => {
            kubectl_reading(content)
        }
        _ => None,
    };
    if let Some(reading) = reading {
        let path = properties.path.key(&member.name);
        report(Cursor { path: &path, ..properties }, member.key, &reading.of("key", text), text);
    }
}

/// Checks the enum and the default of a schema.
pub(super) fn check_values(cursor: Cursor<'_>, schema: &Schema) {
    if cursor.report.source.is_none() {
        return;
    }
    if let (false, Some(values)) = (schema.enumeration.is_empty(), cursor.node.get("enum")) {
        let path = cursor.path.child("enum");
        let beside_texts = schema.enumeration.iter().any(serde_json::Value::is_string);
        for (index, node) in values.items().iter().enumerate() {
            let path = path.index(index);
            let value = Cursor { node, path: &path, report: cursor.report };
            check_value(value, "enum value", meaning(schema, beside_texts, &node.content));
        }
    }
    if let (true, Some(node)) = (schema.default.is_some(), cursor.node.get("default")) {
        check_default(Cursor { node, path: &cursor.path.child("default"), report: cursor.report }, schema);
    }
}

/// What is meant by a value that is written without quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Text,
    /// Text, unless it is `true` or `false`.
    Word,
    Any,
}

/// What a value of the schema's enum is meant as.
fn meaning(schema: &Schema, beside_texts: bool, value: &Content<'_>) -> Meaning {
    match (schema.kind, value) {
        (Some(SchemaType::String), Content::Null) if schema.nullable => Meaning::Any,
        (Some(SchemaType::String), _) => Meaning::Text,
        // Without a type, as in a branch of a combinator, the other values tell.
        (None, Content::Bool(_)) if beside_texts => Meaning::Word,
        _ => Meaning::Any,
    }
}

/// Checks a default, or a part of one, against its schema.
fn check_default(cursor: Cursor<'_>, schema: &Schema) {
    match &cursor.node.content {
        Content::Mapping(members) => {
            for member in members.members() {
                check_name(cursor, member);
                let Some(inner) = schema.member(&member.name) else { continue };
                let path = cursor.path.child(&member.name);
                check_default(Cursor { node: &member.value, path: &path, report: cursor.report }, inner);
            }
        }
        Content::Sequence(items) => {
            let Some(inner) = &schema.items else { return };
            for (index, node) in items.iter().enumerate() {
                let path = cursor.path.index(index);
                check_default(Cursor { node, path: &path, report: cursor.report }, inner);
            }
        }
        // A default of null is none, and a date is meant as text and stored as such.
        Content::Null | Content::String(_) => {}
        _ if schema.kind == Some(SchemaType::String) => check_value(cursor, "default", Meaning::Text),
        _ => {}
    }
}

/// Checks a scalar.
fn check_value(cursor: Cursor<'_>, what: &str, meaning: Meaning) {
    let content = &cursor.node.content;
    if meaning == Meaning::Any || matches!(content, Content::String(text) if !starts_like_number(text)) {
        return;
    }
    let Some(word) = cursor.report.source.and_then(|source| source.word(cursor.node.position)) else { return };
    // What stands there in quotes, behind a tag or as an alias reads as something else.
    if yaml::read_plain(word) != *content || meaning == Meaning::Word && matches!(word, "true" | "false") {
        return;
    }
    let reading = if matches!(content, Content::String(_)) { other_reading(word) } else { kubectl_reading(content) };
    if let Some(reading) = reading {
        report(cursor, cursor.node.position, &reading.of(what, word), word);
    }
}

/// How a word is read that is meant as text.
enum Reading {
    /// By kubectl: as this, which is of this kind.
    Kubectl(String, &'static str),
    /// By others than kubectl: as something of this kind.
    Others(&'static str),
}

impl Reading {
    fn of(&self, what: &str, word: &str) -> String {
        match self {
            Self::Kubectl(value, kind) => {
                format!("the {what} {word} is read as {value} by kubectl: YAML 1.1 takes unquoted {word} for {kind}")
            }
            Self::Others(kind) => {
                format!(
                    "the {what} {word} is read as text by kubectl, but as {kind} by tools that follow YAML 1.1 to the letter"
                )
            }
        }
    }
}

fn kubectl_reading(content: &Content<'_>) -> Option<Reading> {
    let (value, kind) = match content {
        Content::Null => ("null".to_owned(), "null"),
        Content::Bool(flag) => (flag.to_string(), "a boolean"),
        Content::Int(number) => (number.to_string(), "a number"),
        Content::Uint(number) => (number.to_string(), "a number"),
        Content::Float(number) => (number.to_string(), "a number"),
        _ => return None,
    };
    Some(Reading::Kubectl(value, kind))
}

/// What go-yaml keeps as text, unlike YAML 1.1: dates, and numbers to the base of 60.
fn other_reading(word: &str) -> Option<Reading> {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (date, time) = word.split_once(['T', 't']).unwrap_or((word, ""));
    let date: Vec<&str> = date.split('-').collect();
    let is_date = matches!(date.as_slice(), [year, _, _] if year.len() == 4) && date.into_iter().all(is_number);
    if is_date && time.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b':' | b'.' | b'+' | b'-' | b'Z' | b'z')) {
        return Some(Reading::Others("a date"));
    }
    let parts: Vec<&str> = word.split(':').collect();
    let sixties = parts.len() > 1
        && parts.iter().all(|part| is_number(part))
        && parts[1..].iter().all(|part| part.len() <= 2 && part.parse::<u8>().is_ok_and(|part| part < 60));
    sixties.then_some(Reading::Others("a number to the base of 60"))
}

fn starts_like_number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.'))
}

fn report(cursor: Cursor<'_>, position: Option<Position>, message: &str, word: &str) {
    let finding = Diagnostic::warning(message).code(code::YAML_1_1).help(format!("write \"{word}\" in quotes"));
    cursor.push_at(position, finding);
}
