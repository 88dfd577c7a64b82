//! `v1` `ReplicationController`: what `ReplicaSet` was made from.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/core/replicationcontroller`, `ValidateReplicationController`.

use serde_json::Value;

use super::super::pod;
use super::{cells, status, template, warning};
use crate::check::Field;
use crate::object::{self, meta};
use crate::request::delete_options::Propagation;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};

/// `v1/ReplicationController`
#[derive(Debug)]
pub(crate) struct ReplicationController;

impl Strategy for ReplicationController {
    fn set_defaults(&self, object: &mut Value) {
        let labels = object["spec"]["template"]["metadata"]["labels"].clone();
        if labels.is_object() {
            if cells::is_empty(&object["spec"]["selector"]) {
                object["spec"]["selector"] = labels.clone();
            }
            if meta(object, "labels").is_none_or(cells::is_empty) {
                object::set(object, "labels", labels);
            }
        }
        if let Some(template) = object["spec"].get_mut("template").filter(|template| template.is_object()) {
            pod::defaults::of_template(template);
        }
    }

    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn default_propagation(&self) -> Option<Propagation> {
        Some(Propagation::Orphan)
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check(object.get("spec"), None);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource == Subresource::Status {
            check_status(object.get("status"));
        } else {
            check(object.get("spec"), Some(old.get("spec")));
        }
    }

    fn warnings(&self, object: Field<'_>, old: Option<Field<'_>>) -> Vec<String> {
        match old {
            None => warning::of(object, None, true),
            // Go confuses the two, and so warns of the template that is replaced.
            Some(old) => warning::of(old, Some(object), false),
        }
    }

    fn selectable(&self) -> &'static [&'static str] {
        &["status.replicas"]
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        cells::of_replicas(object, now, cells::labels(&object["spec"]["selector"]))
    }
}

/// `ValidateReplicationControllerSpec`
fn check(spec: Field<'_>, old: Option<Field<'_>>) {
    let (selector, template) = (spec.get("selector"), spec.get("template"));
    spec.get("minReadySeconds").not_negative();
    if selector.is_empty() {
        selector.required("");
    }
    spec.get("replicas").not_negative();
    if !template.is_set() {
        template.required("");
        return;
    }
    let labels = template.get("metadata").get("labels");
    if !selector.entries().all(|(key, value)| labels.key(key).equals(value)) {
        template::not_selected(labels);
    }
    let old = old.map(|spec| spec.get("template")).filter(|template| template.is_set());
    pod::check_template(template, old);
    template::runs_always(template, "ReplicationController");
}

/// `ValidateReplicationControllerStatus`
fn check_status(status: Field<'_>) {
    let counts = ["replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration"];
    status::counts(status, &counts);
    status::within(status, &["fullyLabeledReplicas", "readyReplicas", "availableReplicas"], "readyReplicas");
}
