//! What may be made of a pod: its creation, its update, and the containers that are added while it runs.
//!
//! Source: `ValidatePodCreate`, `ValidatePodUpdate`, `ValidatePodEphemeralContainersUpdate`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Setting, annotation, container, scheduling, spec};
use crate::check::{Field, difference};
use crate::object;
use crate::resource::built_in;

/// Reports what is wrong with a new pod.
pub(super) fn check_create(pod: Field<'_>) {
    check_pod(pod, None);
    let spec = pod.get("spec");
    if !spec.get("ephemeralContainers").is_empty() {
        spec.get("ephemeralContainers").forbidden("cannot be set on create");
    }
    if !spec.get("nodeName").text().is_empty() && !spec.get("schedulingGates").is_empty() {
        spec.get("nodeName").forbidden("cannot be set until all schedulingGates have been cleared");
    }
    annotation::check_match(pod.get("metadata").get("annotations"), spec);
}

/// `validatePodMetadataAndSpec`
pub(super) fn check_pod(pod: Field<'_>, old: Option<Field<'_>>) {
    let (metadata, spec) = (pod.get("metadata"), pod.get("spec"));
    annotation::check_annotations(metadata.get("annotations"), spec);
    spec::check_spec(spec, &Setting::new(metadata.get("name").text(), true, old.map(|old| old.get("spec"))));
    if spec.get("serviceAccountName").text().is_empty() {
        let sources = spec.get("volumes").items().flat_map(|volume| volume.get("projected").get("sources").items());
        for token in sources.map(|source| source.get("serviceAccountToken")).filter(|token| token.is_set()) {
            token.forbidden("must not be specified when serviceAccountName is not set");
        }
    }
    let lists = ["containers", "initContainers"].into_iter().flat_map(|list| spec.get(list).items());
    lists.for_each(container::check_image);
}

/// Reports what is wrong with an update of a pod, most of which cannot be changed.
pub(super) fn check_update(pod: Field<'_>, old: Field<'_>) {
    check_pod(pod, Some(old));
    check_annotations(pod, old);
    let (now, before) = (pod.get("spec"), old.get("spec"));
    for list in ["containers", "initContainers"] {
        if now.get(list).len() != before.get(list).len() {
            now.get(list).forbidden("pod updates may not add or remove containers");
            return;
        }
        for container in now.get(list).items() {
            container.get("image").require_text();
            container::check_image(container);
        }
    }
    if !check_deadline(now.get("activeDeadlineSeconds"), before.get("activeDeadlineSeconds")) {
        return;
    }
    check_tolerations(now.get("tolerations"), before.get("tolerations"));
    check_gates(now.get("schedulingGates"), before.get("schedulingGates"));
    if !now.equals(before) {
        check_rest(now, before);
    }
}

/// Reports what is wrong with the annotations of an update.
pub(super) fn check_annotations(pod: Field<'_>, old: Field<'_>) {
    annotation::check_update(pod.get("metadata").get("annotations"), old.get("metadata").get("annotations"));
}

/// A deadline may come, or come nearer.
fn check_deadline(now: Field<'_>, before: Field<'_>) -> bool {
    if !now.is_set() {
        if before.is_set() {
            now.invalid_as(&Value::Null, "must not update from a positive integer to nil value");
        }
        return true;
    }
    if !(0..=i64::from(i32::MAX)).contains(&now.int()) {
        now.in_range(0, i64::from(i32::MAX));
        return false;
    }
    if before.is_set() && before.int() < now.int() {
        now.invalid("must be less than or equal to previous value");
        return false;
    }
    true
}

/// Tolerations may be added, and last as long as one likes.
fn check_tolerations(now: Field<'_>, before: Field<'_>) {
    let same = |a: &Value, b: &Value| {
        let without = |value: &Value| {
            let mut value = value.clone();
            if let Some(members) = value.as_object_mut() {
                members.remove("tolerationSeconds");
            }
            value
        };
        without(a) == without(b)
    };
    let is_kept = |old: &Field<'_>| now.items().any(|new| same(new.value(), old.value()));
    if before.items().all(|old| is_kept(&old)) {
        scheduling::check_tolerations(now);
    } else {
        now.forbidden("existing toleration can not be modified except its tolerationSeconds");
    }
}

/// Gates can only be opened.
fn check_gates(now: Field<'_>, before: Field<'_>) {
    let known: BTreeSet<&str> = before.items().map(|gate| gate.get("name").text()).collect();
    for name in now.items().map(|gate| gate.get("name")).filter(|name| !known.contains(name.text())) {
        name.forbidden(format!("only deletion is allowed, but found new scheduling gate '{}'", name.text()));
    }
}

/// Everything else must be as it was.
fn check_rest(now: Field<'_>, before: Field<'_>) {
    const CHANGEABLE: &str = "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,\
        `spec.tolerations` (only additions to existing tolerations),\
        `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
    let mut munged = now.value().clone();
    let old = before.value();
    for list in ["containers", "initContainers"] {
        let containers = munged.get_mut(list).and_then(Value::as_array_mut);
        for (index, container) in containers.into_iter().flatten().enumerate() {
            built_in::keep(container, &old[list][index], "image");
        }
    }
    for name in ["activeDeadlineSeconds", "schedulingGates", "tolerations"] {
        built_in::keep(&mut munged, old, name);
    }
    if before.get("terminationGracePeriodSeconds").int() < 0 && now.get("terminationGracePeriodSeconds").int() == 1 {
        built_in::keep(&mut munged, old, "terminationGracePeriodSeconds");
    }
    if !before.get("schedulingGates").is_empty() {
        check_node_choice(now, before, &mut munged);
    }
    if munged != *old {
        let diff = difference::between("core/v1.PodSpec", old, &munged);
        now.forbidden(format!("pod updates may not change fields other than {CHANGEABLE}\n{diff}"));
    }
}

/// A pod that waits for its gates may be bound to fewer nodes.
fn check_node_choice(now: Field<'_>, before: Field<'_>, munged: &mut Value) {
    let (selector, old) = (now.get("nodeSelector"), before.get("nodeSelector"));
    if !selector.equals(old) {
        if old.entries().any(|(key, value)| !selector.key(key).equals(value)) {
            selector.invalid("only additions to spec.nodeSelector are allowed (no mutations or deletions)");
        }
        built_in::keep(munged, before.value(), "nodeSelector");
    }
    let (affinity, old) = (now.get("affinity").get("nodeAffinity"), before.get("affinity").get("nodeAffinity"));
    if affinity.equals(old) {
        return;
    }
    check_node_affinity(affinity, old);
    let old_affinity = before.value().get("affinity");
    match (munged.get_mut("affinity").and_then(Value::as_object_mut), old.value()) {
        (None, Value::Null) => {}
        (None, node) => munged["affinity"] = serde_json::json!({"nodeAffinity": node}),
        (Some(members), node) => {
            members.remove("nodeAffinity");
            if !node.is_null() {
                members.insert("nodeAffinity".to_owned(), node.clone());
            }
            if members.is_empty() && old_affinity.is_none() {
                built_in::keep(munged, before.value(), "affinity");
            }
        }
    }
}

fn check_node_affinity(now: Field<'_>, before: Field<'_>) {
    const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
    let (new, old) = (now.get(REQUIRED).get("nodeSelectorTerms"), before.get(REQUIRED).get("nodeSelectorTerms"));
    if old.is_empty() {
        return;
    }
    if old.len() != new.len() {
        new.invalid("no additions/deletions to non-empty NodeSelectorTerms list are allowed");
        return;
    }
    for (term, was) in new.items().zip(old.items()) {
        let parts = ["matchExpressions", "matchFields"];
        let was_empty = parts.iter().all(|part| was.get(part).is_empty());
        let is_empty = parts.iter().all(|part| term.get(part).is_empty());
        let keeps = |part: &&'static str| {
            let count = was.get(part).len();
            term.get(part).len() >= count && term.get(part).items().zip(was.get(part).items()).all(|(a, b)| a.equals(b))
        };
        if (was_empty && !is_empty) || !parts.iter().all(keeps) {
            term.invalid("only additions are allowed (no mutations or deletions)");
        }
    }
}

/// A write of ephemeral containers keeps everything else.
pub(super) fn keep_all_but_ephemeral(object: &mut Value, old: &Value) {
    let containers = object["spec"].get("ephemeralContainers").cloned();
    keep_metadata(object, old);
    for part in ["spec", "status"] {
        built_in::keep(object, old, part);
    }
    if let Some(spec) = object["spec"].as_object_mut() {
        match containers {
            Some(containers) => spec.insert("ephemeralContainers".to_owned(), containers),
            None => spec.remove("ephemeralContainers"),
        };
    }
}

/// `ResetObjectMetaForStatus`
pub(super) fn keep_metadata(object: &mut Value, old: &Value) {
    for name in
        ["deletionTimestamp", "generation", "selfLink", "labels", "annotations", "finalizers", "ownerReferences"]
    {
        object::copy(object, name, old);
    }
}

/// Reports what is wrong with the containers that are added to a running pod.
pub(super) fn check_ephemeral(pod: Field<'_>, old: Field<'_>) {
    if annotation::is_mirror(old) {
        pod.key("").forbidden("static pods do not support ephemeral containers");
        return;
    }
    check_pod(pod, Some(old));
    check_annotations(pod, old);
    let list = pod.get("spec").get("ephemeralContainers");
    for before in old.get("spec").get("ephemeralContainers").items() {
        let name = before.get("name").text();
        match list.items().find(|container| container.get("name").text() == name) {
            None => list.forbidden(format!("existing ephemeral containers {name:?} may not be removed\n")),
            Some(now) if !now.equals(before) => {
                let diff = difference::between("core/v1.EphemeralContainer", before.value(), now.value());
                list.forbidden(format!("existing ephemeral containers {name:?} may not be changed\n{diff}"));
            }
            Some(_) => {}
        }
    }
}
