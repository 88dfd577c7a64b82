//! A JSON value that remembers where it was read: what the YAML reader makes and definitions are decoded from.
//!
//! In: events of the YAML reader, or a `serde_json::Value`. Out: [`Node`]s with ordered mappings, integers kept apart
//! from floats, as a `Value` or as JSON text in source order. It does not know YAML.

mod json;
mod mapping;
mod place;

use std::borrow::Cow;

use serde_json::{Number, Value};

use crate::diagnostic::{Diagnostic, Position, code};

pub(crate) use mapping::Index;
pub use mapping::{Mapping, Member};
pub use place::Place;

/// How deep nodes may nest: deep enough for every object that Kubernetes stores, shallow enough for any stack.
pub const MAX_DEPTH: usize = 256;

/// A value and where it starts. Texts are borrowed from what it was read from wherever they stand there as they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'t> {
    /// The value.
    pub content: Content<'t>,
    /// Where it starts, if it was read from text.
    pub position: Option<Position>,
}

/// What a [`Node`] holds: JSON's kinds, with the number kinds that must not be mixed up.
#[derive(Clone, Debug, PartialEq)]
pub enum Content<'t> {
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
    String(Cow<'t, str>),
    /// An array.
    Sequence(Vec<Node<'t>>),
    /// An object.
    Mapping(Mapping<'t>),
}

/// A `serde_json::Value` nested deeper than [`MAX_DEPTH`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value is nested deeper than {MAX_DEPTH} levels")]
pub struct TooDeep;

impl From<TooDeep> for Diagnostic {
    fn from(error: TooDeep) -> Self {
        Self::error(error.to_string()).code(code::TOO_DEEP)
    }
}

impl<'t> Node<'t> {
    /// `null`, of no place.
    pub const NULL: Node<'static> = Node { content: Content::Null, position: None };

    /// The node of a JSON value; it has no positions.
    pub fn from_value(value: &'t Value) -> Result<Self, TooDeep> {
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
            Content::String(text) => Value::String(text.as_ref().to_owned()),
            Content::Sequence(items) => items.iter().map(Self::to_value).collect(),
            Content::Mapping(members) => Value::Object(
                members
                    .members()
                    .iter()
                    .map(|member| (member.name.as_ref().to_owned(), member.value.to_value()))
                    .collect(),
            ),
        }
    }

    /// The node as pretty-printed JSON in source order, indented by two spaces, ending in a newline.
    pub fn to_json(&self) -> String {
        json::print(self)
    }

    /// The member of that name, if this is a mapping that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match &self.content {
            Content::Mapping(members) => members.get(name).map(|member| &member.value),
            _ => None,
        }
    }

    /// The flag, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.content {
            Content::Bool(flag) => Some(flag),
            _ => None,
        }
    }

    /// The integer, if this is one that fits into an `i64`.
    pub fn as_i64(&self) -> Option<i64> {
        match self.content {
            Content::Int(number) => Some(number),
            _ => None,
        }
    }

    /// The items, if this is an array; else none.
    pub fn items(&self) -> &[Self] {
        match &self.content {
            Content::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The members in source order, if this is an object; else none.
    pub fn members(&self) -> &[Member<'t>] {
        match &self.content {
            Content::Mapping(members) => members.members(),
            _ => &[],
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

    /// Whether both are the same JSON value: neither places nor the order of members count.
    pub fn is_same_value(&self, other: &Node<'_>) -> bool {
        match (&self.content, &other.content) {
            (Content::Sequence(items), Content::Sequence(others)) => {
                items.len() == others.len() && items.iter().zip(others).all(|(item, other)| item.is_same_value(other))
            }
            (Content::Mapping(members), Content::Mapping(others)) => {
                let same = |member: &Member<'_>| {
                    others.get(&member.name).is_some_and(|other| member.value.is_same_value(&other.value))
                };
                members.members().len() == others.members().len() && members.members().iter().all(same)
            }
            (content, other) => content == other,
        }
    }

    /// Whether this is an array.
    pub fn is_sequence(&self) -> bool {
        matches!(self.content, Content::Sequence(_))
    }

    /// Whether this is an object.
    pub fn is_mapping(&self) -> bool {
        matches!(self.content, Content::Mapping(_))
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.content, Content::Null)
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

/// The member of that name; null if this has none.
impl<'t> std::ops::Index<&str> for Node<'t> {
    type Output = Node<'t>;

    fn index(&self, name: &str) -> &Self {
        const NULL: &Node<'static> = &Node::NULL;
        self.get(name).unwrap_or(NULL)
    }
}

fn from_value(value: &Value, depth: usize) -> Result<Node<'_>, TooDeep> {
    let below = depth.checked_sub(1).ok_or(TooDeep)?;
    let content = match value {
        Value::Null => Content::Null,
        Value::Bool(flag) => Content::Bool(*flag),
        Value::Number(number) => from_number(number),
        Value::String(text) => Content::String(Cow::Borrowed(text)),
        Value::Array(items) => {
            Content::Sequence(items.iter().map(|item| from_value(item, below)).collect::<Result<_, _>>()?)
        }
        Value::Object(values) => {
            let (mut members, mut index) = (Vec::with_capacity(values.len()), Index::default());
            for (name, value) in values {
                members.push(Member { name: Cow::Borrowed(name), key: None, value: from_value(value, below)? });
                index.note_last(&members);
            }
            Content::Mapping(Mapping::new(members, index))
        }
    };
    Ok(Node { content, position: None })
}

fn from_number(number: &Number) -> Content<'static> {
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
    fn the_same_value_may_stand_elsewhere_and_in_another_order() {
        let names: Vec<String> = (0..40).map(|number| format!("n{number}")).collect();
        let member = |name: &String| Member { name: name.clone().into(), key: None, value: Node::NULL };
        let object = |names: &mut dyn Iterator<Item = &String>| {
            let (mut members, mut index) = (Vec::new(), Index::default());
            for name in names {
                members.push(member(name));
                index.note_last(&members);
            }
            Node { content: Content::Mapping(Mapping::new(members, index)), position: None }
        };
        let (forwards, backwards) = (object(&mut names.iter()), object(&mut names.iter().rev()));
        assert!(forwards.is_same_value(&backwards) && forwards != backwards);
        assert!(!forwards.is_same_value(&object(&mut names[1..].iter())));
        assert!(forwards["n39"].is_null() && forwards.get("n39").is_some() && forwards.get("n40").is_none());
        assert!(forwards["n40"]["deeper"].is_null());
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
