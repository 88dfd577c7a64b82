//! `coordination.k8s.io/v1` `Lease`, by which replicas of a program agree on a leader.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/coordination/validation`.

use serde_json::{Value, json};

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// `coordination.k8s.io/v1/Lease`
#[derive(Debug)]
pub(super) struct Lease;

impl Strategy for Lease {
    fn prepare_for_create(&self, _resource: &Resource, object: &mut Value) {
        drop_election(object);
    }

    fn prepare_for_update(&self, _resource: &Resource, object: &mut Value, _old: &Value, _: Subresource) {
        drop_election(object);
    }

    fn wants_standard_finalizers(&self) -> bool {
        false
    }

    fn create_on_update(&self) -> bool {
        true
    }

    fn unconditional_update(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let spec = object.get("spec");
        let duration = spec.get("leaseDurationSeconds");
        if duration.is_set() && duration.int() <= 0 {
            duration.invalid("must be greater than 0");
        }
        spec.get("leaseTransitions").not_negative();
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
