//! The entries of `metadata.managedFields`, read and written.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::field_set::FieldSet;

/// The identity of an entry: who made the changes, and how.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Manager {
    /// `Apply` or `Update`.
    pub(crate) operation: String,
    pub(crate) name: String,
    /// The API version, for updates only. Somebody who applies has a single entry for all versions.
    pub(crate) version: String,
    pub(crate) subresource: String,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) api_version: String,
    pub(crate) time: String,
    pub(crate) fields: FieldSet,
}

/// All entries of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entries(pub(crate) BTreeMap<Manager, Entry>);

impl Manager {
    /// The identity of a manager that creates, updates or patches.
    pub(crate) fn update(name: &str, api_version: &str, subresource: &str) -> Self {
        Self {
            operation: "Update".to_owned(),
            name: name.to_owned(),
            version: api_version.to_owned(),
            subresource: subresource.to_owned(),
        }
    }
}

impl Entries {
    /// Reads the entries of an object; `None` if any of them is malformed.
    pub(crate) fn read(object: &Value) -> Option<Self> {
        let list = object.get("metadata").and_then(|metadata| metadata.get("managedFields")).and_then(Value::as_array);
        let mut entries = Self::default();
        for value in list.into_iter().flatten() {
            let (manager, entry) = read(value)?;
            entries.0.insert(manager, entry);
        }
        Some(entries)
    }

    /// The entries as JSON: appliers first, then by time. Null if there is none.
    pub(crate) fn to_json(&self) -> Value {
        let mut list: Vec<(&Manager, &Entry)> = self.0.iter().filter(|(_, entry)| !entry.fields.is_empty()).collect();
        list.sort_by_key(|(manager, entry)| (&manager.operation, &entry.time, &manager.name, &entry.api_version));
        if list.is_empty() {
            return Value::Null;
        }
        list.into_iter().map(|(manager, entry)| write(manager, entry)).collect()
    }
}

/// Whether the request asks to forget all managers, which it does by the list `[{}]`.
pub(crate) fn is_reset(object: &Value) -> bool {
    object["metadata"]["managedFields"] == json!([{}])
}

/// Whether two objects are equal apart from the times in their entries.
pub(crate) fn same_but_times(a: &Value, b: &Value) -> bool {
    let timeless = |object: &Value| {
        let mut object = object.clone();
        let list = object.get_mut("metadata").and_then(|metadata| metadata.get_mut("managedFields"));
        for entry in list.and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(members) = entry.as_object_mut() {
                members.remove("time");
            }
        }
        object
    };
    a == b || timeless(a) == timeless(b)
}

fn read(value: &Value) -> Option<(Manager, Entry)> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (operation, api_version) = (text("operation"), text("apiVersion"));
    if !matches!(operation.as_str(), "Apply" | "Update") {
        return None;
    }
    let version = if operation == "Apply" { String::new() } else { api_version.clone() };
    let manager = Manager { operation, name: text("manager"), version, subresource: text("subresource") };
    let fields = FieldSet::from_json(value.get("fieldsV1").unwrap_or(&Value::Object(Map::new())))?;
    Some((manager, Entry { api_version, time: text("time"), fields }))
}

fn write(manager: &Manager, entry: &Entry) -> Value {
    let mut value = json!({
        "apiVersion": entry.api_version,
        "fieldsType": "FieldsV1",
        "fieldsV1": entry.fields.to_json(),
        "manager": manager.name,
        "operation": manager.operation,
    });
    if !entry.time.is_empty() {
        value["time"] = Value::from(entry.time.as_str());
    }
    if !manager.subresource.is_empty() {
        value["subresource"] = Value::from(manager.subresource.as_str());
    }
    value
}
