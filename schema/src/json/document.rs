//! A JSON text as it is written: members in their order, duplicates among them, and numbers as texts.
//!
//! In: a text that is well-formed JSON. Out: a [`Document`]; none if it is nested too deeply. A value keeps neither the
//! order nor the digits, so that this is read where an error or a warning speaks of them.

use std::borrow::Cow;

use super::read::Reader;
use crate::node::MAX_DEPTH;

/// A JSON value as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document<'t> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it is written.
    Number(Cow<'t, str>),
    /// A text, without its escapes.
    String(String),
    /// The items of an array.
    Array(Vec<Self>),
    /// The members of an object in the order of the text, duplicates included.
    Object(Vec<(String, Self)>),
}

impl<'t> Document<'t> {
    /// Reads a text.
    pub fn read(text: &'t str) -> Option<Self> {
        let mut reader = Reader::new(text);
        let document = read(&mut reader, MAX_DEPTH)?;
        reader.is_at_end().then_some(document)
    }

    /// The document without a tie to its text.
    #[must_use]
    pub fn into_owned(self) -> Document<'static> {
        match self {
            Self::Null => Document::Null,
            Self::Bool(flag) => Document::Bool(flag),
            Self::Number(text) => Document::Number(Cow::Owned(text.into_owned())),
            Self::String(text) => Document::String(text),
            Self::Array(items) => Document::Array(items.into_iter().map(Self::into_owned).collect()),
            Self::Object(members) => {
                Document::Object(members.into_iter().map(|(name, member)| (name, member.into_owned())).collect())
            }
        }
    }

    /// The first number in the text that is larger than any float.
    pub fn number_out_of_range(&self) -> Option<&str> {
        match self {
            Self::Number(text) => is_out_of_range(text).then_some(text),
            Self::Array(items) => items.iter().find_map(Self::number_out_of_range),
            Self::Object(members) => members.iter().find_map(|(_, member)| member.number_out_of_range()),
            Self::Null | Self::Bool(_) | Self::String(_) => None,
        }
    }
}

/// Whether a number is larger than any float.
pub(crate) fn is_out_of_range(number: &str) -> bool {
    !number.parse::<f64>().is_ok_and(f64::is_finite)
}

fn read<'t>(reader: &mut Reader<'t>, depth: usize) -> Option<Document<'t>> {
    let below = depth.checked_sub(1)?;
    match reader.next()? {
        b'"' => reader.string().map(Document::String),
        b'{' => members(reader, below),
        b'[' => items(reader, below),
        b'-' | b'0'..=b'9' => Some(Document::Number(Cow::Borrowed(reader.number_text()))),
        b't' => reader.word("rue", Document::Bool(true)),
        b'f' => reader.word("alse", Document::Bool(false)),
        b'n' => reader.word("ull", Document::Null),
        _ => None,
    }
}

fn members<'t>(reader: &mut Reader<'t>, depth: usize) -> Option<Document<'t>> {
    let mut members = Vec::new();
    let mut next = reader.next()?;
    while next == b'"' {
        let name = reader.string()?;
        if reader.next()? != b':' {
            return None;
        }
        members.push((name, read(reader, depth)?));
        next = reader.next()?;
        if next == b',' {
            next = reader.next()?;
        }
    }
    (next == b'}').then_some(Document::Object(members))
}

fn items<'t>(reader: &mut Reader<'t>, depth: usize) -> Option<Document<'t>> {
    let mut items = Vec::new();
    reader.skip_space();
    if reader.peek()? == b']' {
        reader.next();
        return Some(Document::Array(items));
    }
    loop {
        items.push(read(reader, depth)?);
        match reader.next()? {
            b',' => {}
            b']' => return Some(Document::Array(items)),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_duplicates_and_digits_of_a_text_are_kept() {
        let number = |text| Document::Number(Cow::Borrowed(text));
        let members = vec![
            ("b".to_owned(), Document::Array(vec![number("1.0"), Document::Null])),
            ("a".to_owned(), Document::String("\u{e9}".to_owned())),
            ("b".to_owned(), number("-1e400")),
        ];
        let document = Document::read(r#" {"b": [1.0, null], "a": "\u00e9", "b": -1e400} "#).unwrap();
        assert_eq!(document, Document::Object(members));
        assert_eq!(document.number_out_of_range(), Some("-1e400"));
        assert_eq!(Document::read("[true, {}, []]").unwrap().number_out_of_range(), None);
    }

    #[test]
    fn texts_that_are_too_deep_are_not_read() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Document::read(&nested(MAX_DEPTH)).is_some());
        assert_eq!(Document::read(&nested(MAX_DEPTH + 1)), None);
        assert_eq!(Document::read(&"[".repeat(1_000_000)), None);
    }
}
