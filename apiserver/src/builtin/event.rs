//! Events, which the core API and `events.k8s.io` both serve: the same stored objects under two sets of field names.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/events/v1/conversion.go`, `pkg/apis/core/validation/events.go`.

use crdgen_schema::field;
use serde_json::{Value, json};

use super::{blank, decode};
use crate::object::text;
use crate::resource::Resource;
use crate::resource::strategy::{Findings, Strategy, Subresource};
use crate::response::table;
use crate::status::Result;

/// `v1/Event`, which is what is stored.
#[derive(Debug)]
pub(super) struct CoreEvent;

/// `events.k8s.io/v1/Event`
#[derive(Debug)]
pub(super) struct NewEvent;

/// The name of each field in the core API, and in `events.k8s.io`.
const RENAMED: [(&str, &str); 7] = [
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
    ("reportingComponent", "reportingController"),
];

/// The fields that both groups select by, by their names in the core API.
const SELECTABLE: [&str; 11] = [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
];

/// Whether a stored event was written in the style of `events.k8s.io`, which is validated more strictly.
fn is_new(object: &Value) -> bool {
    !object["eventTime"].is_null()
}

impl Strategy for CoreEvent {
    fn decode(&self, resource: &Resource, object: &mut Value) -> Result<Findings> {
        decode(resource, object)
    }

    fn blank(&self, resource: &Resource) -> Value {
        blank(resource)
    }

    fn create_on_update(&self) -> bool {
        true
    }

    fn validate(&self, _resource: &Resource, object: &Value) -> Vec<field::Error> {
        let mut errors = Vec::new();
        let involved = object["involvedObject"]["namespace"].as_str().unwrap_or_default();
        let namespace = text(object, "namespace");
        if (involved.is_empty() && namespace != "default") || (!involved.is_empty() && involved != namespace) {
            let why = "does not match event.namespace";
            errors.push(field::Error::invalid_text("involvedObject.namespace", involved, why));
        }
        if is_new(object) {
            for (name, path) in [
                ("reportingComponent", "reportingController"),
                ("reportingInstance", "reportingInstance"),
                ("action", "action"),
                ("reason", "reason"),
            ] {
                if object[name].as_str().unwrap_or_default().is_empty() {
                    errors.push(field::Error::required(path, ""));
                }
            }
        }
        errors
    }

    fn validate_update(&self, resource: &Resource, object: &Value, _: &Value, _: Subresource) -> Vec<field::Error> {
        self.validate(resource, object)
    }

    fn selectable(&self) -> &'static [&'static str] {
        &SELECTABLE
    }

    fn field_alias<'a>(&self, name: &'a str) -> &'a str {
        if name == "source" { "source.component" } else { name }
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        cells(object, now)
    }
}

impl Strategy for NewEvent {
    fn decode(&self, resource: &Resource, object: &mut Value) -> Result<Findings> {
        decode(resource, object)
    }

    fn blank(&self, resource: &Resource) -> Value {
        blank(resource)
    }

    fn create_on_update(&self) -> bool {
        true
    }

    fn selectable(&self) -> &'static [&'static str] {
        &SELECTABLE
    }

    fn field_alias<'a>(&self, name: &'a str) -> &'a str {
        CoreEvent.field_alias(name)
    }

    fn to_stored(&self, resource: &Resource, object: Value) -> Value {
        let mut object = to_core(object);
        let _ = decode(resource.stored(), &mut object);
        object
    }

    fn read_stored(&self, resource: &Resource, mut object: Value) -> Value {
        if let Some(members) = object.as_object_mut() {
            for (core, new) in RENAMED {
                if let Some(value) = members.remove(core) {
                    members.insert(new.to_owned(), value);
                }
            }
        }
        // Decoding again drops empty fields that the core API always writes and that `events.k8s.io` leaves out.
        let _ = decode(resource, &mut object);
        object
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        cells(&to_core(object.clone()), now)
    }
}

/// Converts an event of `events.k8s.io` to the field names of the core API.
fn to_core(mut object: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        for (core, new) in RENAMED {
            if let Some(value) = members.remove(new) {
                members.insert(core.to_owned(), value);
            }
        }
    }
    object
}

fn cells(object: &Value, now: jiff::Timestamp) -> Vec<Value> {
    let part = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let first = if object["firstTimestamp"].is_null() { &object["eventTime"] } else { &object["firstTimestamp"] };
    let last = match (&object["series"]["lastObservedTime"], &object["lastTimestamp"]) {
        (Value::String(_), _) => &object["series"]["lastObservedTime"],
        (_, Value::String(_)) => &object["lastTimestamp"],
        _ => first,
    };
    let involved = &object["involvedObject"];
    let source = [part(&object["source"]["component"]), part(&object["source"]["host"])];
    let source = source.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
    let source = if source.is_empty() { part(&object["reportingComponent"]) } else { source };
    let count = object["series"]["count"].as_i64().or(object["count"].as_i64()).unwrap_or(1);
    vec![
        table::since(last.as_str(), now),
        json!(part(&object["type"])),
        json!(part(&object["reason"])),
        json!(format!("{}/{}", part(&involved["kind"]).to_lowercase(), part(&involved["name"]))),
        json!(part(&involved["fieldPath"])),
        json!(source),
        json!(part(&object["message"])),
        table::since(first.as_str(), now),
        json!(count),
        json!(text(object, "name")),
    ]
}
