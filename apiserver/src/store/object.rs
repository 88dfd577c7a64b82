//! One stored object: its text, which is what is kept and what most readers want, and its value, for those who look inside.

use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::Value;

use crate::json;

/// An object as the store keeps it: as text, which takes a tenth of a value's memory. It never changes.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    text: Bytes,
    revision: u64,
    facts: Facts,
}

/// What is asked of so many objects that their texts are not read for it.
#[derive(Clone, Copy, Debug, Default)]
struct Facts {
    /// It has a `deletionTimestamp`.
    is_being_deleted: bool,
    /// It has `ownerReferences`.
    is_owned: bool,
}

impl Facts {
    fn of(object: &Value) -> Self {
        let metadata = &object["metadata"];
        Self {
            is_being_deleted: !metadata["deletionTimestamp"].is_null(),
            is_owned: !metadata["ownerReferences"].is_null(),
        }
    }
}

impl Kept {
    /// The object, to be read. What a reader makes of it goes with the reader.
    pub(crate) fn read(&self) -> Stored {
        Stored { text: self.text.clone(), revision: self.revision, facts: self.facts, value: OnceLock::new() }
    }

    /// How many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        size_of::<Self>() + self.text.len()
    }

    pub(super) fn revision(&self) -> u64 {
        self.revision
    }
}

/// A stored object in the hands of a reader.
#[derive(Debug)]
pub(crate) struct Stored {
    /// The revision of the write that made it.
    pub(crate) revision: u64,
    text: Bytes,
    facts: Facts,
    value: OnceLock<Value>,
}

impl Stored {
    /// Makes a stored object of a value, with the revision in its metadata.
    pub(crate) fn new(mut value: Value, revision: u64) -> Self {
        if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("resourceVersion".to_owned(), Value::String(revision.to_string()));
        }
        let text = Bytes::from(json::compact(&value).into_boxed_slice());
        Self { text, revision, facts: Facts::of(&value), value: OnceLock::from(value) }
    }

    /// Whether it has a `metadata.deletionTimestamp`.
    pub(crate) fn is_being_deleted(&self) -> bool {
        self.facts.is_being_deleted
    }

    /// Whether it has `metadata.ownerReferences`.
    pub(crate) fn is_owned(&self) -> bool {
        self.facts.is_owned
    }

    /// The object, its `metadata.resourceVersion` set.
    pub(crate) fn value(&self) -> &Value {
        self.value.get_or_init(|| json::parse_own(&self.text))
    }

    /// The object, for one who keeps it.
    pub(crate) fn into_value(self) -> Value {
        let Self { text, value, .. } = self;
        value.into_inner().unwrap_or_else(|| json::parse_own(&text))
    }

    /// The object as compact JSON, without a newline.
    pub(crate) fn text(&self) -> &Bytes {
        &self.text
    }

    /// What the store keeps of it.
    pub(super) fn kept(&self) -> Kept {
        Kept { text: self.text.clone(), revision: self.revision, facts: self.facts }
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
