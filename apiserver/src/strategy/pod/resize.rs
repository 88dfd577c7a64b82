//! The resize of a running pod: what its containers request, and are limited to.
//!
//! Source: `ValidatePodResize`, `dropNonResizeUpdates`.

use serde_json::{Map, Value};

use super::{annotation, quality, update};
use crate::check::Field;
use crate::resource::built_in;

const LISTS: [&str; 2] = ["containers", "initContainers"];
/// What can be changed of a running container.
const CHANGEABLE: [&str; 2] = ["cpu", "memory"];

/// A resize keeps everything but resources. If containers were added, removed or renamed it keeps nothing, and is refused.
pub(super) fn keep_all_but_resources(object: &mut Value, old: &Value) {
    let names = |pod: &Value, list: &str| {
        let containers = pod["spec"][list].as_array().into_iter().flatten();
        containers.map(|container| container["name"].clone()).collect::<Vec<_>>()
    };
    if LISTS.iter().any(|list| names(object, list) != names(old, list)) {
        return;
    }
    let mut spec = old["spec"].clone();
    for list in LISTS {
        let containers = spec.get_mut(list).and_then(Value::as_array_mut);
        for (index, container) in containers.into_iter().flatten().enumerate() {
            for part in ["resources", "resizePolicy"] {
                built_in::keep(container, &object["spec"][list][index], part);
            }
        }
    }
    built_in::keep(&mut spec, &object["spec"], "resources");
    update::keep_metadata(object, old);
    built_in::keep(object, old, "status");
    object["spec"] = spec;
}

/// Reports what is wrong with a resize.
pub(super) fn check_resize(pod: Field<'_>, old: Field<'_>) {
    if annotation::is_mirror(old) {
        pod.key("").forbidden("static pods cannot be resized");
        return;
    }
    if old.get("spec").get("os").get("name").text() == "windows" {
        pod.key("").forbidden("windows pods cannot be resized");
        return;
    }
    let before = pod.reported();
    update::check_pod(pod, Some(old));
    let (spec, was) = (pod.get("spec"), old.get("spec"));
    let quality = pod.get("status").get("qosClass");
    if old.get("status").get("qosClass").text() != quality::class(spec) {
        quality.shown_as(spec).invalid("Pod QOS Class may not change as a result of resizing");
    }
    if !is_supported(old) {
        spec.forbidden("Pod running on node without support for resize");
    }
    check_pod_level(spec, was);
    if !check_order(spec, was) {
        return;
    }
    let mut munged = spec.value().clone();
    let all_resizable = LISTS.map(|list| (list, was.get(list), spec.get(list)));
    for (list, was, now) in all_resizable.into_iter().rev() {
        for (index, (old, new)) in was.items().zip(now.items()).enumerate() {
            let is_sidecar = new.get("restartPolicy").text() == "Always";
            if list == "containers" || is_sidecar {
                check_removed(new.get("resources"), old.get("resources"), "resource");
            }
            let container = &mut munged[list][index];
            if list == "initContainers" && !is_sidecar {
                if !new.equals(old) {
                    spec.forbidden("resources for non-sidecar init containers are immutable");
                }
                continue;
            }
            drop_changeable(container, old.value());
            if *container != *old.value() {
                match list {
                    "containers" => spec.forbidden("only cpu and memory resources are mutable"),
                    _ => new.forbidden("only cpu and memory resources for init or sidecar containers are mutable"),
                }
            }
        }
    }
    drop_changeable(&mut munged, was.value());
    if pod.reported() == before && munged != *was.value() {
        spec.forbidden("only cpu and memory resources are mutable");
    }
}

/// The status of a running container shows whether its node can resize it.
fn is_supported(pod: Field<'_>) -> bool {
    let mut statuses = pod.get("status").get("containerStatuses").items();
    let running = statuses.find(|status| status.get("state").get("running").is_set());
    running.is_none_or(|status| status.get("resources").is_set())
}

fn check_pod_level(spec: Field<'_>, was: Field<'_>) {
    let (now, before) = (spec.get("resources"), was.get("resources"));
    if before.is_set() && !now.is_set() {
        now.forbidden("pod-level resources cannot be removed");
        return;
    }
    if before.is_set() {
        check_removed(now, before, "pod-level resource");
    }
    let mut munged = spec.value().clone();
    drop_changeable(&mut munged, was.value());
    if munged.get("resources") != was.value().get("resources") {
        spec.forbidden("only cpu and memory resources are mutable at pod-level");
    }
}

fn check_removed(now: Field<'_>, before: Field<'_>, what: &str) {
    for kind in ["requests", "limits"] {
        if before.get(kind).entries().any(|(resource, _)| !now.get(kind).key(resource).is_set()) {
            now.get(kind).forbidden(format!("{what} {kind} cannot be removed"));
        }
    }
}

fn check_order(spec: Field<'_>, was: Field<'_>) -> bool {
    let before = spec.reported();
    for list in LISTS {
        let (now, was) = (spec.get(list), was.get(list));
        if now.len() != was.len() {
            now.forbidden(format!("{list} may not be added or removed on resize"));
            continue;
        }
        for (new, old) in now.items().zip(was.items()).filter(|(new, old)| !new.get("name").equals(old.get("name"))) {
            let _ = old;
            new.get("name").forbidden(format!("{list} may not be renamed or reordered on resize"));
        }
    }
    spec.reported() == before
}

/// Gives processor time and memory the amounts that they had.
fn drop_changeable(owner: &mut Value, old: &Value) {
    for kind in ["requests", "limits"] {
        let was = old.pointer(&format!("/resources/{kind}")).and_then(Value::as_object).cloned().unwrap_or_default();
        let Some(resources) = owner.get_mut("resources").and_then(Value::as_object_mut) else { return };
        let mut amounts: Map<String, Value> =
            resources.get(kind).and_then(Value::as_object).cloned().unwrap_or_default();
        for resource in CHANGEABLE {
            amounts.remove(resource);
            if let Some(amount) = was.get(resource) {
                amounts.insert(resource.to_owned(), amount.clone());
            }
        }
        if amounts.is_empty() {
            resources.remove(kind);
        } else {
            resources.insert(kind.to_owned(), Value::Object(amounts));
        }
    }
    if old.get("resources").is_none() && owner["resources"].as_object().is_some_and(Map::is_empty) {
        built_in::keep(owner, old, "resources");
    }
}
