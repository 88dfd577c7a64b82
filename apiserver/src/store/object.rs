//! One stored object: its JSON value, its revision, and its text, which all readers share.

use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::Value;

use crate::json;

/// An object as it was stored; it never changes.
#[derive(Debug)]
pub(crate) struct Stored {
    /// The object, its `metadata.resourceVersion` set.
    pub(crate) value: Value,
    /// The revision of the write that made it.
    pub(crate) revision: u64,
    weight: usize,
    text: OnceLock<Bytes>,
}

impl Stored {
    /// Makes a stored object of a value, with the revision in its metadata.
    pub(crate) fn new(mut value: Value, revision: u64) -> Self {
        if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("resourceVersion".to_owned(), Value::String(revision.to_string()));
        }
        Self { weight: weight(&value), value, revision, text: OnceLock::new() }
    }

    /// About how many bytes the value takes.
    pub(crate) fn weight(&self) -> usize {
        self.weight
    }

    /// The object as compact JSON, without a newline.
    pub(crate) fn text(&self) -> &Bytes {
        self.text.get_or_init(|| Bytes::from(json::compact(&self.value)))
    }
}

/// About how many bytes a value takes in memory. Never less than the length of its text, apart from escapes.
pub(crate) fn weight(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(weight).sum(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| size_of::<String>() + name.len() + weight(value)).sum()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        }
}
