//! `apps/v1` `ReplicaSet`: so many pods of one template.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/apps/replicaset`, `ValidateReplicaSet`.

use serde_json::Value;

use super::super::pod;
use super::{cells, status, template, warning};
use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};

/// `apps/v1/ReplicaSet`
#[derive(Debug)]
pub(crate) struct ReplicaSet;

impl Strategy for ReplicaSet {
    fn fill_blank(&self, object: &mut Value) {
        object["spec"]["replicas"] = Value::from(0);
    }

    fn set_defaults(&self, object: &mut Value) {
        pod::defaults::of_template(&mut object["spec"]["template"]);
    }

    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check(object.get("spec"), None);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource == Subresource::Status {
            check_status(object.get("status"));
            return;
        }
        check(object.get("spec"), Some(old.get("spec")));
        object.get("spec").get("selector").immutable(old.get("spec").get("selector"));
    }

    fn warnings(&self, object: Field<'_>, old: Option<Field<'_>>) -> Vec<String> {
        warning::of(object, old, true)
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        cells::of_replicas(object, now, cells::label_selector(&object["spec"]["selector"]))
    }
}

/// `ValidateReplicaSetSpec`, whose words about an empty selector are those of deployments.
fn check(spec: Field<'_>, old: Option<Field<'_>>) {
    spec.get("replicas").not_negative();
    spec.get("minReadySeconds").not_negative();
    template::selected(spec, old, "deployment", "ReplicaSet");
}

/// `ValidateReplicaSetStatus`
fn check_status(status: Field<'_>) {
    status::counts(
        status,
        &[
            "replicas",
            "fullyLabeledReplicas",
            "readyReplicas",
            "availableReplicas",
            "observedGeneration",
            "terminatingReplicas",
        ],
    );
    status::within(status, &["fullyLabeledReplicas", "readyReplicas", "availableReplicas"], "readyReplicas");
}
