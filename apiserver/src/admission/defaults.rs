//! Plugins that fill in what an object needs and its client did not give.
//!
//! Source: `nodetaint`, `defaulttolerationseconds`, `storageclass/setdefault`, `storageobjectinuseprotection` and
//! `defaultingressclass` in `k8s.io/kubernetes/plugin/pkg/admission`.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::{Operation, Review};
use crate::object::{finalizers, set, text};
use crate::strategy::volume::{CLAIMS, CLASS_ANNOTATION, VOLUMES};
use crate::strategy::{NODES, PODS, networking, storage};

const NOT_READY: &str = "node.kubernetes.io/not-ready";
const UNREACHABLE: &str = "node.kubernetes.io/unreachable";

/// A new node gets nothing to do before it is ready.
pub(super) fn taint_node(review: &mut Review<'_>) {
    if review.creates(NODES) {
        let is_taint = |taint: &Value| taint["key"] == NOT_READY && taint["effect"] == "NoSchedule";
        append(&mut review.object["spec"], "taints", json!({"key": NOT_READY, "effect": "NoSchedule"}), is_taint);
    }
}

/// A pod leaves a node that is lost after five minutes.
pub(super) fn tolerate(review: &mut Review<'_>) {
    if !review.is_of(PODS) {
        return;
    }
    let given = review.object["spec"]["tolerations"].clone();
    for key in [NOT_READY, UNREACHABLE] {
        let is_empty = |value: &Value| value.as_str().unwrap_or_default().is_empty();
        let tolerates = |one: &Value| {
            (one["key"] == key || is_empty(&one["key"])) && (one["effect"] == "NoExecute" || is_empty(&one["effect"]))
        };
        if !given.as_array().is_some_and(|given| given.iter().any(tolerates)) {
            let toleration = json!({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300});
            append(&mut review.object["spec"], "tolerations", toleration, |_| false);
        }
    }
}

/// A claim that names no class gets the one that is marked as the default.
pub(super) fn storage_class(review: &mut Review<'_>) {
    let claim = &review.object;
    let has_class =
        !claim["metadata"]["annotations"][CLASS_ANNOTATION].is_null() || !claim["spec"]["storageClassName"].is_null();
    if review.creates(CLAIMS)
        && !has_class
        && let Some(class) = default_class(review, storage::CLASSES, &storage::DEFAULT_CLASS)
    {
        review.object["spec"]["storageClassName"] = Value::from(class);
    }
}

/// The same for an ingress.
pub(super) fn ingress_class(review: &mut Review<'_>) {
    const ANNOTATION: &str = "kubernetes.io/ingress.class";
    let ingress = &review.object;
    let has_class =
        !ingress["spec"]["ingressClassName"].is_null() || !ingress["metadata"]["annotations"][ANNOTATION].is_null();
    if review.creates(networking::INGRESSES)
        && !has_class
        && let Some(class) = default_class(review, networking::CLASSES, &[networking::DEFAULT_CLASS])
    {
        review.object["spec"]["ingressClassName"] = Value::from(class);
    }
}

/// The newest of the classes that are marked as the default.
fn default_class(review: &Review<'_>, collection: &str, marks: &[&str]) -> Option<String> {
    let is_default = |class: &Value| marks.iter().any(|mark| class["metadata"]["annotations"][*mark] == "true");
    let mut classes = review.all(collection);
    classes.retain(|class| is_default(class.value()));
    classes.sort_by_key(|class| {
        (Reverse(text(class.value(), "creationTimestamp").to_owned()), text(class.value(), "name").to_owned())
    });
    classes.first().map(|class| text(class.value(), "name").to_owned())
}

/// Volumes and claims stay as long as somebody uses them.
pub(super) fn protect(review: &mut Review<'_>) {
    let finalizer = match review.attributes.resource.collection.as_str() {
        CLAIMS => "kubernetes.io/pvc-protection",
        VOLUMES => "kubernetes.io/pv-protection",
        storage::ATTRIBUTES_CLASSES => "kubernetes.io/vac-protection",
        _ => return,
    };
    let mut all: Vec<String> = finalizers::of(&review.object).into_iter().map(String::from).collect();
    if review.operation == Operation::Create && !all.iter().any(|one| one == finalizer) {
        all.push(finalizer.to_owned());
        set(&mut review.object, "finalizers", Value::from(all));
    }
}

/// Appends an item to a list, unless it has one like it.
fn append(of: &mut Value, list: &str, item: Value, is_like_it: impl Fn(&Value) -> bool) {
    if !of[list].is_array() {
        of[list] = json!([]);
    }
    let Some(items) = of[list].as_array_mut() else { return };
    if !items.iter().any(is_like_it) {
        items.push(item);
    }
}
