//! The entries of `metadata.managedFields`, read and written.
//!
//! Source: `k8s.io/apimachinery/pkg/util/managedfields/internal/managedfields.go`.

use std::collections::BTreeMap;

use crdgen_schema::go::print_quoted;
use serde_json::{Map, Value, json};

use super::field_set::FieldSet;

/// The identity of an entry: who made the changes, and how.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Manager {
    pub(crate) operation: Operation,
    pub(crate) name: String,
    /// The API version, for updates only. Somebody who applies has a single entry for all versions.
    pub(crate) version: String,
    pub(crate) subresource: String,
}

/// How changes were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    Apply,
    Update,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) api_version: String,
    /// Empty if it is not known.
    pub(crate) time: String,
    pub(crate) fields: FieldSet,
}

/// All entries of an object.
pub(crate) type Entries = BTreeMap<Manager, Entry>;

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::Apply => "Apply",
            Self::Update => "Update",
        }
    }
}

impl Manager {
    /// The identity of a manager that creates, updates or patches.
    pub(crate) fn update(name: &str, api_version: &str, subresource: &str) -> Self {
        Self {
            operation: Operation::Update,
            name: name.to_owned(),
            version: api_version.to_owned(),
            subresource: subresource.to_owned(),
        }
    }

    /// The identity of a manager that applies.
    pub(crate) fn apply(name: &str, subresource: &str) -> Self {
        Self {
            operation: Operation::Apply,
            name: name.to_owned(),
            version: String::new(),
            subresource: subresource.to_owned(),
        }
    }

    /// The text that Go sorts managers by.
    pub(super) fn identity(&self) -> String {
        let mut members = Vec::new();
        let all = [
            ("manager", self.name.as_str()),
            ("operation", self.operation.name()),
            ("apiVersion", &self.version),
            ("subresource", &self.subresource),
        ];
        for (name, value) in all {
            if !value.is_empty() {
                members.push(format!("\"{name}\":{}", print_quoted(value)));
            }
        }
        format!("{{{}}}", members.join(","))
    }
}

/// Reads the entries of an object.
pub(crate) fn read(object: &Value) -> Result<Entries, String> {
    let list = object.get("metadata").and_then(|metadata| metadata.get("managedFields")).and_then(Value::as_array);
    list.into_iter().flatten().enumerate().map(|(index, value)| read_entry(value, index)).collect()
}

fn read_entry(value: &Value, index: usize) -> Result<(Manager, Entry), String> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    let api_version = text("apiVersion");
    let manager = match text("operation") {
        "Apply" => Manager::apply(text("manager"), text("subresource")),
        "Update" => Manager::update(text("manager"), api_version, text("subresource")),
        _ => return Err("operation must be `Apply` or `Update`".to_owned()),
    };
    if api_version.is_empty() {
        return Err("apiVersion must not be empty".to_owned());
    }
    match text("fieldsType") {
        "FieldsV1" => {}
        "" => return Err(format!("missing fieldsType in managed fields entry {index}")),
        other => return Err(format!("invalid fieldsType {} in managed fields entry {index}", print_quoted(other))),
    }
    let none = Value::Object(Map::new());
    let fields = FieldSet::from_json(value.get("fieldsV1").unwrap_or(&none));
    let fields = fields.ok_or_else(|| format!("error decoding the fields of managed fields entry {index}"))?;
    Ok((manager, Entry { api_version: api_version.to_owned(), time: text("time").to_owned(), fields }))
}

/// The entries as JSON: those of managers that apply first, then by time. Null if there is none.
pub(crate) fn write(entries: &Entries) -> Value {
    let mut list: Vec<(&Manager, &Entry)> = entries.iter().collect();
    list.sort_by_key(|(manager, entry)| {
        (manager.operation, &entry.time, &manager.name, &entry.api_version, &manager.subresource)
    });
    if list.is_empty() {
        return Value::Null;
    }
    list.into_iter().map(|(manager, entry)| write_entry(manager, entry)).collect()
}

fn write_entry(manager: &Manager, entry: &Entry) -> Value {
    let mut value = json!({
        "apiVersion": entry.api_version,
        "fieldsType": "FieldsV1",
        "fieldsV1": entry.fields.to_json(),
        "manager": manager.name,
        "operation": manager.operation.name(),
    });
    if !entry.time.is_empty() {
        value["time"] = Value::from(entry.time.as_str());
    }
    if !manager.subresource.is_empty() {
        value["subresource"] = Value::from(manager.subresource.as_str());
    }
    value
}

/// Whether the request asks to forget all managers, which it does by the list `[{}]`, or by an empty one.
pub(super) fn is_reset(object: &Value) -> bool {
    let sent = &object["metadata"]["managedFields"];
    *sent == json!([{}]) || *sent == json!([])
}

/// Whether two objects are equal apart from the times in their entries.
pub(crate) fn same_but_times(a: &Value, b: &Value) -> bool {
    same_but(a, b, "metadata", |a, b| same_but(a, b, "managedFields", |a, b| same_lists(a, b, same_entries)))
}

/// Whether two values are equal apart from a member that both have, or neither, and which is compared otherwise.
fn same_but(a: &Value, b: &Value, name: &str, same: impl Fn(&Value, &Value) -> bool) -> bool {
    let (Value::Object(a), Value::Object(b)) = (a, b) else { return a == b };
    let same = |(key, value): (&String, &Value)| {
        b.get(key).is_some_and(|other| if key == name { same(value, other) } else { value == other })
    };
    a.len() == b.len() && a.iter().all(same)
}

fn same_lists(a: &Value, b: &Value, same: impl Fn(&Value, &Value) -> bool) -> bool {
    let (Value::Array(a), Value::Array(b)) = (a, b) else { return a == b };
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

fn same_entries(a: &Value, b: &Value) -> bool {
    let (Value::Object(a), Value::Object(b)) = (a, b) else { return a == b };
    let rest = |entry| Map::iter(entry).filter(|(name, _)| *name != "time");
    rest(a).eq(rest(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(entry: &Value) -> String {
        read(&json!({"metadata": {"managedFields": [entry]}})).unwrap_err()
    }

    #[test]
    fn entries_that_make_no_sense_are_refused() {
        assert_eq!(refusal(&json!({})), "operation must be `Apply` or `Update`");
        assert_eq!(refusal(&json!({"operation": "Apply"})), "apiVersion must not be empty");
        let entry = json!({"operation": "Apply", "apiVersion": "v1"});
        assert_eq!(refusal(&entry), "missing fieldsType in managed fields entry 0");
        let entry = json!({"operation": "Apply", "apiVersion": "v1", "fieldsType": "x"});
        assert_eq!(refusal(&entry), "invalid fieldsType \"x\" in managed fields entry 0");
    }

    #[test]
    fn appliers_come_first_then_those_without_a_time() {
        let entry = |name: &str, operation: &str, time: &str| {
            json!({
                "manager": name, "operation": operation, "apiVersion": "v1", "fieldsType": "FieldsV1", "time": time,
                "fieldsV1": {"f:a": {}},
            })
        };
        let list = json!([
            entry("a", "Update", "2001-01-01T00:00:00Z"),
            entry("b", "Update", ""),
            entry("c", "Apply", "2002-01-01T00:00:00Z"),
        ]);
        let written = write(&read(&json!({"metadata": {"managedFields": list}})).unwrap());
        let names: Vec<&Value> = written.as_array().unwrap().iter().map(|entry| &entry["manager"]).collect();
        assert_eq!(names, ["c", "b", "a"]);
    }
}
