//! JSON as Go's decoder sees it, whether it is a value or a node that knows where it stands.
//!
//! In: a `Value` or a `Node`. Out: its kind, and its parts.

use serde_json::Value;

use super::print_json;
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
    /// As Go would write it.
    fn print(&self) -> String;
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
