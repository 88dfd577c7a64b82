//! Pods as their controllers see them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::cluster::number;
use super::condition;
use crate::object::{meta, text};
use crate::store::Stored;

/// A pod of a template, with the name or the start of the name that `name` has.
pub(super) fn of(template: &Value, namespace: &str, name: (&str, &str), owners: &Value) -> Value {
    let mut metadata = json!({"namespace": namespace, name.0: name.1, "ownerReferences": owners});
    for part in ["labels", "annotations", "finalizers"] {
        if !template["metadata"][part].is_null() {
            metadata[part] = template["metadata"][part].clone();
        }
    }
    json!({"metadata": metadata, "spec": template["spec"]})
}

/// Whether it has ended.
pub(super) fn is_finished(pod: &Value) -> bool {
    matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"))
}

/// Whether it is being deleted.
pub(super) fn is_leaving(pod: &Value) -> bool {
    meta(pod, "deletionTimestamp").is_some()
}

/// Whether it counts as one of its controller's pods.
pub(super) fn is_active(pod: &Value) -> bool {
    !is_finished(pod) && !is_leaving(pod)
}

/// Whether it is ready.
pub(super) fn is_ready(pod: &Value) -> bool {
    condition::holds(&pod["status"], "Ready")
}

/// When it is available, if it is ready: so many seconds later.
pub(super) fn available_at(pod: &Value, seconds: &Value) -> Option<Timestamp> {
    let ready = condition::find(&pod["status"], "Ready").filter(|one| one["status"] == "True")?;
    let since: Timestamp = ready["lastTransitionTime"].as_str()?.parse().ok()?;
    since.checked_add(SignedDuration::from_secs(number(seconds))).ok()
}

/// Whether it is available.
pub(super) fn is_available(pod: &Value, seconds: &Value, now: Timestamp) -> bool {
    is_ready(pod) && (number(seconds) == 0 || available_at(pod, seconds).is_some_and(|time| time <= now))
}

/// When the first of the pods that are ready becomes available.
pub(super) fn next_available(pods: &[Stored], seconds: &Value, now: Timestamp) -> Option<Timestamp> {
    pods.iter().filter_map(|pod| available_at(pod.value(), seconds)).filter(|time| *time > now).min()
}

/// A label of it.
pub(super) fn label<'a>(object: &'a Value, name: &str) -> &'a str {
    object["metadata"]["labels"][name].as_str().unwrap_or_default()
}

/// The order in which surplus pods are deleted: those that are not ready first, and the newest of them.
pub(super) fn sort_for_deletion(pods: &mut [Stored]) {
    pods.sort_by(|a, b| {
        let rank = |pod: &Stored| (is_ready(pod.value()), pod.value()["spec"]["nodeName"].is_string());
        let age = |pod: &Stored| text(pod.value(), "creationTimestamp").to_owned();
        rank(a).cmp(&rank(b)).then_with(|| age(b).cmp(&age(a))).then_with(|| b.revision.cmp(&a.revision))
    });
}
