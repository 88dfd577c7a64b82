//! A JSON value that remembers where it was read: what the YAML reader makes and definitions are decoded from.
//!
//! In: events of the YAML reader, or a `serde_json::Value`. Out: [`Node`]s with ordered mappings, integers kept apart
//! from floats, as a `Value` or as JSON text in source order. It does not know YAML.

mod json;

use indexmap::IndexMap;
use serde_json::{Number, Value};

use crate::diagnostic::Position;

/// How deep nodes may nest: deep enough for every object that Kubernetes stores, shallow enough for any stack.
pub const MAX_DEPTH: usize = 256;

/// A value and where it starts.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub content: Content,
    /// Where it starts, if it was read from text.
    pub position: Option<Position>,
}

/// What a [`Node`] holds: JSON's kinds, with the number kinds that must not be mixed up.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer that fits into an `i64`.
    Int(i64),
    /// An integer above `i64::MAX`.
    Uint(u64),
    /// Any other finite number.
    Float(f64),
    /// Text.
    String(String),
    /// An array.
    Sequence(Vec<Node>),
    /// An object.
    Mapping(Mapping),
}

/// An object's members in source order.
pub type Mapping = IndexMap<String, Entry>;

/// One member of a [`Mapping`].
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Where the key starts, if it was read from text.
    pub key: Option<Position>,
    /// The member's value.
    pub value: Node,
}

/// A `serde_json::Value` nested deeper than [`MAX_DEPTH`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value is nested deeper than {MAX_DEPTH} levels")]
pub struct TooDeep;

impl Node {
    /// The node of a JSON value; it has no positions.
    pub fn from_value(value: &Value) -> Result<Self, TooDeep> {
        from_value(value, MAX_DEPTH)
    }

    /// The node as a JSON value. Member order is lost where `serde_json` sorts its maps; [`Node::to_json`] keeps it.
    pub fn to_value(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Bool(flag) => Value::Bool(*flag),
            Content::Int(number) => Value::from(*number),
            Content::Uint(number) => Value::from(*number),
            Content::Float(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
            Content::String(text) => Value::String(text.clone()),
            Content::Sequence(items) => items.iter().map(Self::to_value).collect(),
            Content::Mapping(members) => {
                Value::Object(members.iter().map(|(name, entry)| (name.clone(), entry.value.to_value())).collect())
            }
        }
    }

    /// The node as pretty-printed JSON in source order, indented by two spaces, ending in a newline.
    pub fn to_json(&self) -> String {
        json::print(self)
    }

    /// The member of that name, if this is a mapping that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match &self.content {
            Content::Mapping(members) => members.get(name).map(|entry| &entry.value),
            _ => None,
        }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.content {
            Content::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number as JSON has it, if this is one.
    pub fn as_number(&self) -> Option<Number> {
        match self.content {
            Content::Int(number) => Some(number.into()),
            Content::Uint(number) => Some(number.into()),
            Content::Float(number) => Number::from_f64(number),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        self.content == Content::Null
    }

    /// The kind of the content in JSON's words, with an article: `a string`, `an object`.
    pub fn kind(&self) -> &'static str {
        match self.content {
            Content::Null => "null",
            Content::Bool(_) => "a boolean",
            Content::Int(_) | Content::Uint(_) => "an integer",
            Content::Float(_) => "a number",
            Content::String(_) => "a string",
            Content::Sequence(_) => "an array",
            Content::Mapping(_) => "an object",
        }
    }
}

fn from_value(value: &Value, depth: usize) -> Result<Node, TooDeep> {
    let below = depth.checked_sub(1).ok_or(TooDeep)?;
    let content = match value {
        Value::Null => Content::Null,
        Value::Bool(flag) => Content::Bool(*flag),
        Value::Number(number) => from_number(number),
        Value::String(text) => Content::String(text.clone()),
        Value::Array(items) => {
            Content::Sequence(items.iter().map(|item| from_value(item, below)).collect::<Result<_, _>>()?)
        }
        Value::Object(members) => Content::Mapping(
            members
                .iter()
                .map(|(name, value)| Ok((name.clone(), Entry { key: None, value: from_value(value, below)? })))
                .collect::<Result<_, _>>()?,
        ),
    };
    Ok(Node { content, position: None })
}

fn from_number(number: &Number) -> Content {
    if let Some(number) = number.as_i64() {
        Content::Int(number)
    } else if let Some(number) = number.as_u64() {
        Content::Uint(number)
    } else {
        number.as_f64().map_or(Content::Null, Content::Float)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_survives_the_way_through_a_node() {
        let value = json!({
            "null": null, "flag": true, "least": i64::MIN, "greatest": u64::MAX, "half": 0.5,
            "items": [1, "a", [], {}], "nested": {"deep": {"deeper": [1.0]}}
        });
        let node = Node::from_value(&value).unwrap();
        assert_eq!(node.to_value(), value);
        assert_eq!(serde_json::from_str::<Value>(&node.to_json()).unwrap(), value);
    }

    #[test]
    fn a_value_nested_too_deeply_is_refused() {
        let mut value = json!(1);
        for _ in 0..MAX_DEPTH - 1 {
            value = json!([value]);
        }
        assert!(Node::from_value(&value).is_ok());
        assert_eq!(Node::from_value(&json!([value])), Err(TooDeep));
    }
}
