//! Events, which the core API and `events.k8s.io` both serve: the same stored objects under two sets of field names.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/events/v1/conversion.go`, `pkg/registry/core/event`.

mod validation;

use serde_json::{Value, json};

use crate::check::Field;
use crate::object::text;
use crate::resource::strategy::{MetadataCheck, Strategy, Subresource};
use crate::resource::{Resource, built_in};
use crate::response::table;
use validation::{Group, check, check_changes, check_new};

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

/// The fields that the core API selects by.
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

/// The fields that `events.k8s.io` selects by.
const SELECTABLE_NEW: [&str; 10] = [
    "regarding.kind",
    "regarding.namespace",
    "regarding.name",
    "regarding.uid",
    "regarding.apiVersion",
    "regarding.resourceVersion",
    "regarding.fieldPath",
    "reason",
    "reportingController",
    "type",
];

impl Strategy for CoreEvent {
    fn is_garbage_collected(&self) -> bool {
        false
    }

    fn create_on_update(&self) -> bool {
        true
    }

    fn metadata_check(&self) -> MetadataCheck {
        MetadataCheck::Last
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check(object, Group::Core);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, _: Field<'_>, _: Subresource) {
        check(object, Group::Core);
    }

    fn selectable(&self) -> &'static [&'static str] {
        &SELECTABLE
    }

    /// Who reported an event of `events.k8s.io` is its source in the core API.
    fn selected(&self, object: &Value, name: &str) -> Option<String> {
        let component = object["source"]["component"].as_str().filter(|component| !component.is_empty());
        let source = || component.or_else(|| object["reportingComponent"].as_str()).unwrap_or_default();
        (name == "source").then(|| source().to_owned())
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        cells(object, now)
    }
}

impl Strategy for NewEvent {
    fn is_garbage_collected(&self) -> bool {
        false
    }

    fn create_on_update(&self) -> bool {
        true
    }

    fn metadata_check(&self) -> MetadataCheck {
        MetadataCheck::Within
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check(object, Group::Events);
        check_new(object);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        check(object, Group::Events);
        check_changes(object, old);
    }

    fn selectable(&self) -> &'static [&'static str] {
        &SELECTABLE_NEW
    }

    fn to_stored(&self, resource: &Resource, object: Value) -> Value {
        let mut object = to_core(object);
        let _ = built_in::decode(resource.stored(), &mut object);
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
        let _ = built_in::decode(resource, &mut object);
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
    let last = match (&object["series"], &object["lastTimestamp"]) {
        (Value::Object(_), _) => &object["series"]["lastObservedTime"],
        (_, Value::String(_)) => &object["lastTimestamp"],
        _ => first,
    };
    let involved = &object["involvedObject"];
    let first_of = |one: &Value, other: &Value| {
        let one = part(one);
        if one.is_empty() { part(other) } else { one }
    };
    let source = [
        first_of(&object["source"]["component"], &object["reportingComponent"]),
        first_of(&object["source"]["host"], &object["reportingInstance"]),
    ];
    let source = if source[1].is_empty() { source[0].clone() } else { source.join(", ") };
    let count = match (&object["series"], object["count"].as_i64().unwrap_or(0)) {
        (Value::Object(series), _) => series.get("count").and_then(Value::as_i64).unwrap_or(0),
        (_, 0) => 1,
        (_, count) => count,
    };
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
