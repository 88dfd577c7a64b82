//! `coordination.k8s.io/v1` `Lease`, by which replicas of a program agree on a leader.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/coordination/validation`.

use crdgen_schema::field;
use serde_json::{Value, json};

use super::{blank, decode};
use crate::resource::Resource;
use crate::resource::strategy::{Findings, Strategy, Subresource};
use crate::response::table;
use crate::status::Result;

/// `coordination.k8s.io/v1/Lease`
#[derive(Debug)]
pub(super) struct Lease;

impl Strategy for Lease {
    fn decode(&self, resource: &Resource, object: &mut Value) -> Result<Findings> {
        decode(resource, object)
    }

    fn blank(&self, resource: &Resource) -> Value {
        blank(resource)
    }

    fn prepare_for_create(&self, _resource: &Resource, object: &mut Value) {
        drop_election(object);
    }

    fn prepare_for_update(&self, _resource: &Resource, object: &mut Value, _old: &Value, _: Subresource) {
        drop_election(object);
    }

    fn create_on_update(&self) -> bool {
        true
    }

    fn unconditional_update(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: &Value) -> Vec<field::Error> {
        let spec = &object["spec"];
        let mut errors = Vec::new();
        if spec["leaseDurationSeconds"].as_i64().is_some_and(|seconds| seconds <= 0) {
            let path = "spec.leaseDurationSeconds";
            errors.push(field::Error::invalid(path, &spec["leaseDurationSeconds"], "must be greater than 0"));
        }
        if spec["leaseTransitions"].as_i64().is_some_and(|count| count < 0) {
            let path = "spec.leaseTransitions";
            let why = "must be greater than or equal to 0";
            errors.push(field::Error::invalid(path, &spec["leaseTransitions"], why));
        }
        errors
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let holder = object["spec"]["holderIdentity"].as_str().unwrap_or_default();
        vec![object["metadata"]["name"].clone(), json!(holder), table::age(object, now)]
    }
}

/// Drops the fields of coordinated leader election, a feature gate that is off by default.
fn drop_election(object: &mut Value) {
    if let Some(spec) = object["spec"].as_object_mut() {
        spec.remove("strategy");
        spec.remove("preferredHolder");
    }
}
