//! A schema as it was posted, unknown types and refused keywords included.
//!
//! In: JSON whose members have the right types. Out: its keywords, null read as absent.

use serde_json::{Map, Value};

/// One node of a posted schema.
#[derive(Clone, Copy)]
pub(super) struct RawSchema<'a>(pub(super) &'a Value);

impl<'a> RawSchema<'a> {
    /// A keyword that is there and not null.
    pub(super) fn get(self, keyword: &str) -> Option<&'a Value> {
        self.0.get(keyword).filter(|value| !value.is_null())
    }

    /// A text; empty if absent.
    pub(super) fn text(self, keyword: &str) -> &'a str {
        self.get(keyword).and_then(Value::as_str).unwrap_or_default()
    }

    /// A flag; false if absent.
    pub(super) fn flag(self, keyword: &str) -> bool {
        self.get(keyword).and_then(Value::as_bool).unwrap_or_default()
    }

    /// The texts of an array.
    pub(super) fn texts(self, keyword: &str) -> impl Iterator<Item = &'a str> {
        self.get(keyword).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// `properties`
    pub(super) fn properties(self) -> impl Iterator<Item = (&'a str, Self)> {
        self.map("properties")
    }

    /// The property of that name.
    pub(super) fn property(self, name: &str) -> Option<Self> {
        self.get("properties")?.get(name).map(Self)
    }

    /// The schemas of a keyword that maps names to them.
    pub(super) fn map(self, keyword: &str) -> impl Iterator<Item = (&'a str, Self)> {
        let members: Option<&'a Map<String, Value>> = self.get(keyword).and_then(Value::as_object);
        members.into_iter().flatten().map(|(name, schema)| (name.as_str(), Self(schema)))
    }

    /// `items`, if it is one schema.
    pub(super) fn items(self) -> Option<Self> {
        self.get("items").filter(|items| items.is_object()).map(Self)
    }

    /// `additionalProperties`, if it is a schema.
    pub(super) fn additional_schema(self) -> Option<Self> {
        self.get("additionalProperties").filter(|value| value.is_object()).map(Self)
    }

    /// The branches of `allOf`, `anyOf` or `oneOf`.
    pub(super) fn branches(self, combinator: &str) -> impl Iterator<Item = Self> {
        self.get(combinator).and_then(Value::as_array).into_iter().flatten().map(Self)
    }

    /// Whether any node of this schema satisfies `test`.
    pub(super) fn any(self, test: fn(Self) -> bool) -> bool {
        test(self)
            || self.properties().any(|(_, schema)| schema.any(test))
            || self.items().is_some_and(|schema| schema.any(test))
            || self.additional_schema().is_some_and(|schema| schema.any(test))
            || self.get("not").is_some_and(|schema| Self(schema).any(test))
            || ["allOf", "anyOf", "oneOf"].iter().any(|name| self.branches(name).any(|schema| schema.any(test)))
    }
}
