//! Short ways to an object's metadata.

use serde_json::{Map, Value};

/// `metadata.NAME` as text; empty if it is absent or not a string.
pub(crate) fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    meta(object, name).and_then(Value::as_str).unwrap_or_default()
}

/// `metadata.NAME`, if it is there and not null.
pub(crate) fn meta<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.get("metadata")?.get(name).filter(|value| !value.is_null())
}

/// Sets `metadata.NAME`; null removes it. A value that is not a JSON object stays as it is.
pub(crate) fn set(object: &mut Value, name: &str, value: Value) {
    let Some(members) = object.as_object_mut() else { return };
    let metadata = members.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
    if let Some(metadata) = metadata.as_object_mut() {
        if value.is_null() {
            metadata.remove(name);
        } else {
            metadata.insert(name.to_owned(), value);
        }
    }
}

/// Makes `metadata.NAME` what it is in another object, or absent as there.
pub(crate) fn copy(object: &mut Value, name: &str, from: &Value) {
    set(object, name, meta(from, name).cloned().unwrap_or(Value::Null));
}

/// The key of an object in its collection.
pub(crate) fn key(namespace: Option<&str>, name: &str) -> String {
    match namespace {
        Some(namespace) if !namespace.is_empty() => format!("{namespace}/{name}"),
        _ => name.to_owned(),
    }
}

/// Keeps what a write of a status must not change of the metadata (`ResetObjectMetaForStatus`).
pub(crate) fn reset_for_status(object: &mut Value, old: &Value) {
    const KEPT: [&str; 7] =
        ["deletionTimestamp", "generation", "selfLink", "labels", "annotations", "finalizers", "ownerReferences"];
    for name in KEPT {
        copy(object, name, old);
    }
}
