//! The security standards that the labels of a namespace ask of its pods.
//!
//! Source: `k8s.io/pod-security-admission`.

mod baseline;
mod level;
mod restricted;
mod violation;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Operation, Review};
use crate::object::{owner, text};
use crate::resource::strategy::Subresource;
use crate::status::{Details, Result, Status};
use crate::store::Stored;
use crate::strategy::{NAMESPACES, PODS};
use level::{Policy, Standard};
use violation::Violations;

/// So many pods are looked at when the level of a namespace changes.
const MOST_PODS: usize = 3000;

/// Kinds that have a pod template, and where it is.
const TEMPLATES: [(&str, &str); 8] = [
    ("/podtemplates", "/template"),
    ("/replicationcontrollers", "/spec/template"),
    ("apps/replicasets", "/spec/template"),
    ("apps/deployments", "/spec/template"),
    ("apps/statefulsets", "/spec/template"),
    ("apps/daemonsets", "/spec/template"),
    ("batch/jobs", "/spec/template"),
    ("batch/cronjobs", "/spec/jobTemplate/spec/template"),
];

/// Refuses pods that are below the standard of their namespace, and warns of others.
pub(super) fn validate(review: &Review<'_>) -> Result<()> {
    if review.is_of(NAMESPACES) {
        return check_namespace(review);
    }
    if review.is_of_any_part(PODS) {
        return check_pod(review);
    }
    let template = TEMPLATES.iter().find(|(collection, _)| review.is_of(collection));
    if let Some(pod) = template.and_then(|(_, path)| review.object.pointer(path)) {
        warn(review, &policy(review).0, pod);
    }
    Ok(())
}

/// What the labels of the namespace ask for, and whether they can be read.
fn policy(review: &Review<'_>) -> (Policy, bool) {
    let store = &review.attributes.state.store;
    let namespace = review.attributes.namespace.and_then(|name| store.get(NAMESPACES, name));
    let (policy, faults) = Policy::of(namespace.as_ref().map_or(&Value::Null, |namespace| namespace.value()));
    (policy, faults.is_empty())
}

fn check_pod(review: &Review<'_>) -> Result<()> {
    let part = review.attributes.subresource;
    let matters = matches!(part, Subresource::Main | Subresource::EphemeralContainers | Subresource::Resize);
    let is_update = review.operation == Operation::Update;
    if !matters || (is_update && !has_new_image(&review.object, review.old)) {
        return Ok(());
    }
    let policy = policy(review).0;
    let violations = Violations::of(&policy.enforce, &review.object);
    if !violations.is_empty() {
        let (standard, details) = (&policy.enforce, violations.details());
        return Err(review.forbidden(&format!("violates PodSecurity \"{standard}\": {details}")));
    }
    warn(review, &policy, &review.object);
    Ok(())
}

fn warn(review: &Review<'_>, policy: &Policy, pod: &Value) {
    let violations = Violations::of(&policy.warn, pod);
    if !violations.is_empty() {
        let (standard, details) = (&policy.warn, violations.details());
        review.attributes.warnings.add(format!("would violate PodSecurity \"{standard}\": {details}"));
    }
}

/// Whether an update runs other images than before.
fn has_new_image(pod: &Value, old: &Value) -> bool {
    let list = |pod: &Value, name: &str| pod["spec"][name].as_array().cloned().unwrap_or_default();
    let differs = |name: &str| {
        let (new, old) = (list(pod, name), list(old, name));
        new.len() != old.len() || new.iter().zip(&old).any(|(new, old)| new["image"] != old["image"])
    };
    let before = list(old, "ephemeralContainers");
    let is_new = |container: &Value| {
        let known = before.iter().find(|known| known["name"] == container["name"]);
        known.is_none_or(|known| known["image"] != container["image"])
    };
    differs("containers") || differs("initContainers") || list(pod, "ephemeralContainers").iter().any(is_new)
}

/// Refuses labels that cannot be read, and tells which pods are below a new standard.
fn check_namespace(review: &Review<'_>) -> Result<()> {
    let (policy, faults) = Policy::of(&review.object);
    let (old, old_faults) = Policy::of(review.old);
    let is_update = review.operation == Operation::Update;
    let is_same = is_update && faults == old_faults;
    if !faults.is_empty() && !is_same {
        let details = Details::kind("", "Namespace", text(&review.object, "name"));
        return Err(Status::invalid(details, &faults));
    }
    let (new, old) = (&policy.enforce, &old.enforce);
    let is_lower = new.version == old.version && new.level <= old.level;
    if is_update && !is_lower && *new != *old {
        review.attributes.warnings.extend(below(review, new));
    }
    Ok(())
}

/// Tells which pods of a namespace are below a standard.
fn below(review: &Review<'_>, standard: &Standard) -> Vec<String> {
    let name = text(&review.object, "name");
    let prefix = format!("{name}/");
    let pods = review.attributes.state.store.snapshot(PODS);
    let pods: Vec<Stored> = pods.under(&prefix, &prefix).map(|(_, stored)| stored).collect();
    let (mut first, mut copies, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for pod in pods.iter().map(Stored::value) {
        let is_copy = owner::controller(pod).is_some_and(|uid| !seen.insert(uid));
        if is_copy { copies.push(pod) } else { first.push(pod) }
    }
    first.extend(copies);
    let mut warnings = Vec::new();
    if first.len() > MOST_PODS {
        let all = first.len();
        warnings.push(format!(
            "new PodSecurity enforce level only checked against the first {MOST_PODS} of {all} existing pods"
        ));
    }
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for pod in first.into_iter().take(MOST_PODS) {
        let violations = Violations::of(standard, pod);
        if !violations.is_empty() {
            found.entry(violations.reasons()).or_default().push(text(pod, "name"));
        }
    }
    if !found.is_empty() {
        warnings.push(format!(
            "existing pods in namespace \"{name}\" violate the new PodSecurity enforce level \"{standard}\""
        ));
    }
    let mut told: Vec<String> = found.into_iter().map(|(reasons, pods)| tell(&reasons, &pods)).collect();
    told.sort();
    warnings.extend(told);
    warnings
}

fn tell(reasons: &str, pods: &[&str]) -> String {
    let name = pods.iter().min().copied().unwrap_or_default();
    match pods.len() {
        1 => format!("{name}: {reasons}"),
        2 => format!("{name} (and 1 other pod): {reasons}"),
        all => format!("{name} (and {} other pods): {reasons}", all - 1),
    }
}
