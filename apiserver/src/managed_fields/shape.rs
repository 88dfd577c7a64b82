//! How ownership of a value is recorded: for the value as a whole, for each of its fields, or for each of its items.
//!
//! In: the value's schema, if there is one. Out: its [`Shape`], and the path elements of list items.

use std::sync::OnceLock;

use crdgen_schema::schema::{ListType, Schema};
use serde_json::{Map, Value};

use crate::json;

/// A position in an object: its schema, as far as there is one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape<'a> {
    schema: Option<&'a Schema>,
}

/// How a value is owned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ownership {
    /// As a whole.
    Leaf,
    /// Each member for itself.
    Members,
    /// Each item for itself.
    Items,
}

impl<'a> Shape<'a> {
    /// The shape that a schema describes.
    pub(crate) fn of(schema: &'a Schema) -> Self {
        Self { schema: Some(schema) }
    }

    /// The shape of `metadata`.
    pub(crate) fn metadata() -> Shape<'static> {
        Shape { schema: Some(metadata()) }
    }

    /// How this value is owned.
    pub(crate) fn ownership(self, value: &Value) -> Ownership {
        match value {
            Value::Object(_) if self.schema.is_some_and(|schema| schema.atomic_map) => Ownership::Leaf,
            Value::Object(_) => Ownership::Members,
            Value::Array(_) => match self.schema.and_then(|schema| schema.list_type) {
                Some(ListType::Map | ListType::Set) => Ownership::Items,
                _ => Ownership::Leaf,
            },
            _ => Ownership::Leaf,
        }
    }

    /// The shape of a member.
    pub(crate) fn member(self, name: &str) -> Self {
        Self { schema: self.schema.and_then(|schema| schema.member(name)) }
    }

    /// The shape of the items.
    pub(crate) fn item(self) -> Self {
        Self { schema: self.schema.and_then(|schema| schema.items.as_deref()) }
    }

    /// The path element of an item: `k:` with its keys in a list map, `v:` with its value in a set.
    pub(crate) fn item_path(self, item: &Value) -> String {
        let Some(schema) = self.schema.filter(|schema| schema.list_type == Some(ListType::Map)) else {
            return format!("v:{}", text(item));
        };
        let mut keys = Map::new();
        for name in &schema.list_map_keys {
            let default = || self.item().member(name).schema.and_then(|schema| schema.default.as_deref());
            if let Some(value) = item.get(name).or_else(default) {
                keys.insert(name.clone(), value.clone());
            }
        }
        format!("k:{}", text(&Value::Object(keys)))
    }
}

fn text(value: &Value) -> String {
    String::from_utf8_lossy(&json::compact(value)).into_owned()
}

/// The schema of `ObjectMeta`, in which finalizers are a set and owner references a list map with the key `uid`.
pub(crate) fn metadata() -> &'static Schema {
    static METADATA: OnceLock<Schema> = OnceLock::new();
    METADATA.get_or_init(metadata_schema)
}

fn metadata_schema() -> Schema {
    let mut metadata = Schema::default();
    let finalizers = Schema { list_type: Some(ListType::Set), ..Schema::default() };
    let owners = Schema {
        list_type: Some(ListType::Map),
        list_map_keys: vec!["uid".to_owned()].into(),
        items: Some(Box::new(Schema { atomic_map: true, ..Schema::default() })),
        ..Schema::default()
    };
    metadata.properties.insert("finalizers".to_owned(), finalizers);
    metadata.properties.insert("ownerReferences".to_owned(), owners);
    metadata
}
