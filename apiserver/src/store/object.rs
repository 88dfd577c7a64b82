//! One stored object: its JSON value, its revision, and its text, which is printed once for all readers.

use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::Value;

use crate::response::json;

/// An object as it was stored; it never changes.
#[derive(Debug)]
pub(crate) struct Stored {
    /// The object, its `metadata.resourceVersion` set.
    pub(crate) value: Value,
    /// The revision of the write that made it.
    pub(crate) revision: u64,
    text: OnceLock<Bytes>,
}

impl Stored {
    /// Takes over an object and writes the revision into its metadata.
    pub(crate) fn new(mut value: Value, revision: u64) -> Self {
        if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("resourceVersion".to_owned(), Value::String(revision.to_string()));
        }
        Self { value, revision, text: OnceLock::new() }
    }

    /// The object as compact JSON, without a newline.
    pub(crate) fn text(&self) -> &Bytes {
        self.text.get_or_init(|| Bytes::from(json::compact(&self.value)))
    }
}
