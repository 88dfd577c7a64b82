//! Sets the fields that a request cannot choose: the generation, and whatever the request is not about.
//!
//! In: a decoded object, and the stored one that it replaces. Out: the object as it is checked and stored.

use serde_json::{Map, Value};

/// Prepares a new object.
pub(super) fn create(object: &mut Value, status_subresource: bool) {
    if let (true, Some(members)) = (status_subresource, object.as_object_mut()) {
        members.remove("status");
    }
    set_generation(object, 1);
}

/// Prepares an object that replaces the old one.
pub(super) fn update(object: &mut Value, old: &Value, status_subresource: bool) {
    if let (true, Some(members)) = (status_subresource, object.as_object_mut()) {
        match old.get("status") {
            Some(status) => members.insert("status".to_owned(), status.clone()),
            None => members.remove("status"),
        };
    }
    let generation = old["metadata"]["generation"].as_i64().unwrap_or(0);
    let changed = !is_equal_beside_metadata(object, old);
    set_generation(object, generation.saturating_add(i64::from(changed)));
}

/// Prepares an object whose status replaces that of the old one.
pub(super) fn status(object: &mut Value, old: &Value) {
    let status = object.get_mut("status").map(Value::take);
    let managed = object.pointer_mut("/metadata/managedFields").map(Value::take);
    let mut replaced = old.clone();
    if let Some(metadata) = replaced.get_mut("metadata").and_then(Value::as_object_mut) {
        match managed {
            Some(managed) => metadata.insert("managedFields".to_owned(), managed),
            None => metadata.remove("managedFields"),
        };
    }
    if let Some(members) = replaced.as_object_mut() {
        match status {
            Some(status) => members.insert("status".to_owned(), status),
            None => members.remove("status"),
        };
    }
    *object = replaced;
}

fn set_generation(object: &mut Value, generation: i64) {
    let Some(members) = object.as_object_mut() else { return };
    let metadata = members.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
    if let Some(metadata) = metadata.as_object_mut() {
        match generation {
            0 => metadata.remove("generation"),
            _ => metadata.insert("generation".to_owned(), Value::from(generation)),
        };
    }
}

fn is_equal_beside_metadata(object: &Value, old: &Value) -> bool {
    let beside = |value: &Value| -> Map<String, Value> {
        let members = value.as_object().into_iter().flatten().filter(|(name, _)| *name != "metadata");
        members.map(|(name, member)| (name.clone(), member.clone())).collect()
    };
    beside(object) == beside(old)
}
