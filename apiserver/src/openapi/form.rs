//! The two versions of `OpenAPI`, and how each of them refers to schemas.

use serde_json::{Value, json};

/// A version of `OpenAPI`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// 2.0: one document for everything.
    V2,
    /// 3.0: a document for each version of a group.
    V3,
}

impl Form {
    /// A schema that is the one of this name.
    pub(super) fn reference(self, name: &str) -> Value {
        let place = match self {
            Self::V2 => "#/definitions/",
            Self::V3 => "#/components/schemas/",
        };
        json!({"$ref": format!("{place}{name}")})
    }

    /// A schema that can have other members beside its reference, if it is one: in version 3 a reference stands alone.
    pub(super) fn open(self, schema: Value) -> Value {
        if self == Self::V3 && schema.get("$ref").is_some() { json!({"allOf": [schema]}) } else { schema }
    }

    /// A reference with a description.
    pub(super) fn described(self, name: &str, description: &str) -> Value {
        let mut schema = self.open(self.reference(name));
        schema["description"] = Value::from(description);
        schema
    }
}
