//! Volumes and claims in a Table.
//!
//! Source: `printPersistentVolume`, `printPersistentVolumeClaim`, `GetAccessModesAsString`.

use serde_json::{Value, json};

use super::CLASS_ANNOTATION;
use crate::object::meta;
use crate::response::{cell, table};

pub(super) fn of_volume(volume: &Value, now: jiff::Timestamp) -> Vec<Value> {
    let (spec, status) = (&volume["spec"], &volume["status"]);
    let claim = &spec["claimRef"];
    let claim = if claim.is_object() {
        format!("{}/{}", text(&claim["namespace"]), text(&claim["name"]))
    } else {
        String::new()
    };
    vec![
        volume["metadata"]["name"].clone(),
        json!(spec["capacity"]["storage"].as_str().unwrap_or("0")),
        json!(modes(&spec["accessModes"])),
        json!(text(&spec["persistentVolumeReclaimPolicy"])),
        json!(phase(volume)),
        json!(claim),
        json!(class(volume)),
        cell::text_or(&spec["volumeAttributesClassName"], "<unset>"),
        json!(text(&status["reason"])),
        table::age(volume, now),
        cell::text_or(&spec["volumeMode"], "<unset>"),
    ]
}

pub(super) fn of_claim(claim: &Value, now: jiff::Timestamp) -> Vec<Value> {
    let (spec, status) = (&claim["spec"], &claim["status"]);
    let volume = text(&spec["volumeName"]);
    let (capacity, access) = if volume.is_empty() {
        ("", String::new())
    } else {
        (status["capacity"]["storage"].as_str().unwrap_or("0"), modes(&status["accessModes"]))
    };
    vec![
        claim["metadata"]["name"].clone(),
        json!(phase(claim)),
        json!(volume),
        json!(capacity),
        json!(access),
        json!(class(claim)),
        cell::text_or(&spec["volumeAttributesClassName"], "<unset>"),
        table::age(claim, now),
        cell::text_or(&spec["volumeMode"], "<unset>"),
    ]
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn phase(object: &Value) -> &str {
    if meta(object, "deletionTimestamp").is_some() { "Terminating" } else { text(&object["status"]["phase"]) }
}

fn class(object: &Value) -> &str {
    let annotation = object["metadata"]["annotations"][CLASS_ANNOTATION].as_str();
    annotation.unwrap_or_else(|| text(&object["spec"]["storageClassName"]))
}

fn modes(list: &Value) -> String {
    const SHORT: [(&str, &str); 4] =
        [("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")];
    let has = |mode: &str| list.as_array().is_some_and(|list| list.iter().any(|given| given == mode));
    SHORT.iter().filter(|(mode, _)| has(mode)).map(|(_, short)| *short).collect::<Vec<_>>().join(",")
}
