//! `resource.k8s.io/v1`: devices that pods claim. Their structure is checked, and little else.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/resource`.

use serde_json::{Value, json};

use crate::resource::strategy::Strategy;
use crate::response::table;

/// `resource.k8s.io/v1/DeviceClass`
#[derive(Debug)]
pub(super) struct DeviceClass;

/// `resource.k8s.io/v1/ResourceSlice`
#[derive(Debug)]
pub(super) struct ResourceSlice;

/// `resource.k8s.io/v1/ResourceClaim`
#[derive(Debug)]
pub(super) struct ResourceClaim;

/// `resource.k8s.io/v1/ResourceClaimTemplate`
#[derive(Debug)]
pub(super) struct ClaimTemplate;

impl Strategy for DeviceClass {
    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        vec![object["metadata"]["name"].clone(), table::age(object, now)]
    }
}

impl Strategy for ClaimTemplate {
    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        vec![object["metadata"]["name"].clone(), table::age(object, now)]
    }
}

impl Strategy for ResourceSlice {
    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn selectable(&self) -> &'static [&'static str] {
        &["spec.driver", "spec.nodeName"]
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let part = |path: &str| json!(object.pointer(path).and_then(Value::as_str).unwrap_or_default());
        vec![
            object["metadata"]["name"].clone(),
            part("/spec/nodeName"),
            part("/spec/driver"),
            part("/spec/pool/name"),
            table::age(object, now),
        ]
    }
}

impl Strategy for ResourceClaim {
    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let is_deleted = !object["metadata"]["deletionTimestamp"].is_null();
        let is_allocated = !object["status"]["allocation"].is_null();
        let is_reserved = object["status"]["reservedFor"].as_array().is_some_and(|users| !users.is_empty());
        let states = [
            (is_deleted, "deleted"),
            (!is_allocated && !is_deleted, "pending"),
            (is_allocated, "allocated"),
            (is_allocated && is_reserved, "reserved"),
        ];
        let state: Vec<&str> = states.into_iter().filter(|(is, _)| *is).map(|(_, state)| state).collect();
        vec![object["metadata"]["name"].clone(), json!(state.join(",")), table::age(object, now)]
    }
}
