//! The strategy of pods.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/core/pod/strategy.go`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{affinity, cells, defaults, quality, resize, status, update, warning};
use crate::check::{Check, Field};
use crate::object::{self, generate, meta};
use crate::resource::strategy::{Strategy, Subresource};
use crate::resource::{Resource, built_in};

/// `v1/Pod`
#[derive(Debug)]
pub(crate) struct Pod;

impl Strategy for Pod {
    fn set_defaults(&self, object: &mut Value) {
        defaults::of_pod(object);
    }

    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn ignored(&self, _resource: &Resource, subresource: Subresource) -> &'static [&'static str] {
        match subresource {
            Subresource::Status => &["spec", "metadata.deletionTimestamp", "metadata.ownerReferences"],
            _ => &["status"],
        }
    }

    fn prepare_for_create(&self, _resource: &Resource, object: &mut Value) {
        object::set(object, "generation", Value::from(1));
        let mut quality = "";
        Check::of(object, |pod| quality = quality::class(pod.get("spec")));
        object["status"] = json!({"phase": "Pending", "qosClass": quality});
        if object["spec"]["schedulingGates"].as_array().is_some_and(|gates| !gates.is_empty()) {
            object["status"]["conditions"] = json!([{
                "type": "PodScheduled",
                "status": "False",
                "lastProbeTime": null,
                "lastTransitionTime": generate::time(Timestamp::now()),
                "reason": "SchedulingGated",
                "message": "Scheduling is blocked due to non-empty scheduling gates",
            }]);
        }
        affinity::complete_selectors(object);
    }

    fn prepare_for_update(&self, resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        match subresource {
            Subresource::EphemeralContainers => update::keep_all_but_ephemeral(object, old),
            Subresource::Resize => resize::keep_all_but_resources(object, old),
            _ => built_in::prepare_for_update(self.counted(), resource, object, old, subresource),
        }
        match subresource {
            Subresource::Status => status::keep(object, old),
            Subresource::Main => {}
            _ if object["spec"] != old["spec"] => built_in::raise_generation(object, old),
            _ => {}
        }
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        update::check_create(object);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource != Subresource::Status {
            object.metadata(true, self.name_rule());
        }
        match subresource {
            Subresource::Status => status::check_update(object, old),
            Subresource::EphemeralContainers => update::check_ephemeral(object, old),
            Subresource::Resize => resize::check_resize(object, old),
            _ => update::check_update(object, old),
        }
    }

    fn warnings(&self, object: Field<'_>, old: Option<Field<'_>>) -> Vec<String> {
        // Nobody reads warnings about updates of pods.
        if old.is_some() { Vec::new() } else { warning::of_pod(object) }
    }

    fn grace_period(&self, object: &Value, requested: Option<i64>) -> Option<i64> {
        let own = object["spec"]["terminationGracePeriodSeconds"].as_i64();
        let period = requested.or(own).unwrap_or(0);
        let is_bound = object["spec"]["nodeName"].as_str().is_some_and(|name| !name.is_empty());
        let is_over = matches!(object["status"]["phase"].as_str(), Some("Failed" | "Succeeded"));
        Some(match period {
            _ if !is_bound || is_over => 0,
            ..0 => 1,
            _ => period,
        })
    }

    fn selectable(&self) -> &'static [&'static str] {
        &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.podIPs",
            "status.nominatedNodeName",
        ]
    }

    fn field_alias<'a>(&self, name: &'a str) -> &'a str {
        if name == "spec.host" { "spec.nodeName" } else { name }
    }

    fn row_conditions(&self, object: &Value) -> Value {
        cells::row_conditions(object)
    }

    fn cells(&self, object: &Value, now: Timestamp) -> Vec<Value> {
        cells::cells(object, now)
    }
}

/// Whether a pod is being deleted.
pub(super) fn is_deleting(pod: &Value) -> bool {
    meta(pod, "deletionTimestamp").is_some()
}
