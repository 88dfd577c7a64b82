//! JSON as Go's decoder sees it, whether it is a value or a node that knows where it stands.
//!
//! In: a `Value`, a `Node` or a `Document`. Out: its kind, and its parts.

use serde_json::Value;

use super::print_json;
use crate::json::{Document, is_out_of_range};
use crate::node::{Content, Node};

/// The kinds of JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Flag,
    Number,
    Text,
    List,
    Object,
}

impl Kind {
    /// As Go's decode errors name it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Flag => "bool",
            Self::Number => "number",
            Self::Text => "string",
            Self::List => "array",
            Self::Object => "object",
        }
    }
}

/// The kind of a value as Go's decode errors name it: `null`, `bool`, `number`, `string`, `array` or `object`.
pub fn kind(value: &Value) -> &'static str {
    value.kind().name()
}

/// A JSON value. What it is not made of is empty.
pub(super) trait Json: Sized {
    fn kind(&self) -> Kind;
    fn text(&self) -> &str;
    /// The number, if it is an integer that fits.
    fn integer(&self) -> Option<i64>;
    fn items(&self) -> &[Self];
    fn members(&self) -> impl Iterator<Item = (&str, &Self)>;
    /// A scalar as Go would write it, or as it is written.
    fn print(&self) -> String;
    /// Whether it is a number that a float can hold. Most are, or they would not have been read.
    fn is_float(&self) -> bool {
        true
    }
}

impl Json for Value {
    fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Flag,
            Self::Number(_) => Kind::Number,
            Self::String(_) => Kind::Text,
            Self::Array(_) => Kind::List,
            Self::Object(_) => Kind::Object,
        }
    }

    fn text(&self) -> &str {
        self.as_str().unwrap_or_default()
    }

    fn integer(&self) -> Option<i64> {
        self.as_i64()
    }

    fn items(&self) -> &[Self] {
        self.as_array().map_or(&[], Vec::as_slice)
    }

    fn members(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.as_object().into_iter().flatten().map(|(name, member)| (name.as_str(), member))
    }

    fn print(&self) -> String {
        print_json(self)
    }
}

impl Json for Node<'_> {
    fn kind(&self) -> Kind {
        match &self.content {
            Content::Null => Kind::Null,
            Content::Bool(_) => Kind::Flag,
            Content::Int(_) | Content::Uint(_) | Content::Float(_) => Kind::Number,
            Content::String(_) => Kind::Text,
            Content::Sequence(_) => Kind::List,
            Content::Mapping(_) => Kind::Object,
        }
    }

    fn text(&self) -> &str {
        self.as_str().unwrap_or_default()
    }

    fn integer(&self) -> Option<i64> {
        self.as_i64()
    }

    fn items(&self) -> &[Self] {
        Node::items(self)
    }

    fn members(&self) -> impl Iterator<Item = (&str, &Self)> {
        Node::members(self).iter().map(|member| (member.name.as_ref(), &member.value))
    }

    fn print(&self) -> String {
        print_json(&self.to_value())
    }
}

impl Json for Document<'_> {
    fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Flag,
            Self::Number(_) => Kind::Number,
            Self::String(_) => Kind::Text,
            Self::Array(_) => Kind::List,
            Self::Object(_) => Kind::Object,
        }
    }

    fn text(&self) -> &str {
        if let Self::String(text) = self { text } else { "" }
    }

    fn integer(&self) -> Option<i64> {
        if let Self::Number(text) = self { text.parse().ok() } else { None }
    }

    fn items(&self) -> &[Self] {
        if let Self::Array(items) = self { items } else { &[] }
    }

    fn members(&self) -> impl Iterator<Item = (&str, &Self)> {
        let members = if let Self::Object(members) = self { members.as_slice() } else { &[] };
        members.iter().map(|(name, member)| (name.as_str(), member))
    }

    fn print(&self) -> String {
        match self {
            Self::Number(text) => text.clone().into_owned(),
            Self::Bool(flag) => flag.to_string(),
            Self::String(text) => text.clone(),
            _ => String::new(),
        }
    }

    fn is_float(&self) -> bool {
        !matches!(self, Self::Number(text) if is_out_of_range(text))
    }
}
