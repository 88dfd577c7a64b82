//! A JSON value that keeps the order of its members and is cheap to copy: a change copies only what is on the way to it.
//!
//! In: text. Out: text. (`serde_json`'s own value sorts the members of an object, and their order is a part of a CRD.)

use std::{fmt, sync::Arc};

use indexmap::IndexMap;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::Number;

/// A JSON value.
#[derive(Clone, Debug, Eq)]
pub(super) enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(Arc<str>),
    /// An array.
    Array(Arc<Vec<Json>>),
    /// An object.
    Object(Arc<Members>),
}

/// The members of an object, in their order.
pub(super) type Members = IndexMap<Arc<str>, Json>;

impl Json {
    /// Reads a text.
    pub(super) fn parse(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// The value that `serde_json::json!` wrote.
    pub(super) fn from(value: &serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::text(text),
            Value::Array(items) => Self::Array(Arc::new(items.iter().map(Self::from).collect())),
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.as_str().into(), Self::from(value)));
                Self::Object(Arc::new(members.collect()))
            }
        }
    }

    /// A text.
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// The member of that name, if this is an object that has it.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        self.members()?.get(name)
    }

    /// The members, if this is an object.
    pub(super) fn members(&self) -> Option<&Members> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The members, to change them.
    pub(super) fn members_mut(&mut self) -> Option<&mut Members> {
        match self {
            Self::Object(members) => Some(Arc::make_mut(members)),
            _ => None,
        }
    }

    /// The items, if this is an array; else none.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// The items, to change them.
    pub(super) fn items_mut(&mut self) -> Option<&mut Vec<Self>> {
        match self {
            Self::Array(items) => Some(Arc::make_mut(items)),
            _ => None,
        }
    }

    /// The text, if this is one.
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether this is `true`.
    pub(super) fn is_true(&self) -> bool {
        *self == Self::Bool(true)
    }

    /// The value on a way of member names, to change it.
    pub(super) fn at_mut(&mut self, way: &[&str]) -> Option<&mut Self> {
        way.iter().try_fold(self, |at, name| at.members_mut()?.get_mut(*name))
    }

    /// The value on a way of member names.
    pub(super) fn at(&self, way: &[&str]) -> Option<&Self> {
        way.iter().try_fold(self, |at, name| at.get(name))
    }

    /// Sets a member, in its place if it is there, else as the last one.
    pub(super) fn set(&mut self, name: &str, value: Self) {
        if let Some(members) = self.members_mut() {
            members.insert(name.into(), value);
        }
    }

    /// Removes a member. Returns it, if it was there.
    pub(super) fn remove(&mut self, name: &str) -> Option<Self> {
        self.get(name)?;
        self.members_mut()?.shift_remove(name)
    }
}

/// Equal objects have their members in the same order.
impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::Number(one), Self::Number(other)) => one == other,
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Array(one), Self::Array(other)) => one == other,
            (Self::Object(one), Self::Object(other)) => Arc::ptr_eq(one, other) || one.iter().eq(other.iter()),
            _ => false,
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items.iter()),
            Self::Object(members) => serializer.collect_map(members.iter().map(|(name, value)| (name.as_ref(), value))),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut found = Vec::new();
        while let Some(item) = items.next_element()? {
            found.push(item);
        }
        Ok(Json::Array(Arc::new(found)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut found = Members::new();
        while let Some((name, value)) = members.next_entry::<String, Json>()? {
            found.insert(name.into(), value);
        }
        Ok(Json::Object(Arc::new(found)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_with_its_members_in_order() {
        let text = r#"{"b":[1,-2,0.5,18446744073709551615],"a":{"z":null,"y":true},"":"\"\n"}"#;
        assert_eq!(Json::parse(text).unwrap().to_string(), text);
    }

    #[test]
    fn a_change_of_a_copy_leaves_the_original_as_it_was() {
        let original = Json::parse(r#"{"a":{"b":1},"c":2}"#).unwrap();
        let mut copy = original.clone();
        copy.at_mut(&["a"]).unwrap().set("b", Json::Bool(true));
        assert_eq!(original.to_string(), r#"{"a":{"b":1},"c":2}"#);
        assert_eq!(copy.to_string(), r#"{"a":{"b":true},"c":2}"#);
    }
}
