//! What a namespace that is being deleted says of its deletion.
//!
//! In: what is left in it, and what went wrong. Out: its conditions, in kube-controller-manager's words.
//! Source: `k8s.io/kubernetes/pkg/controller/namespace/deletion/status_condition_utils.go`. That kinds cannot be listed or read does
//! not happen here.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What is left in a namespace.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// How many objects each kind has, by `PLURAL.GROUP`.
    pub(super) kinds: BTreeMap<String, usize>,
    /// How many objects wait for each finalizer.
    pub(super) finalizers: BTreeMap<String, usize>,
    /// Why objects could not be deleted, or are still there without a reason.
    pub(super) failures: Vec<String>,
}

/// The types of the conditions, in their order, each with its reason and message if all is well.
const WELL: [(&str, &str, &str); 5] = [
    ("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"),
    ("NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
    (
        "NamespaceDeletionContentFailure",
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
    ("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed"),
    ("NamespaceFinalizersRemaining", "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
];

/// Brings the conditions of a namespace up to date.
pub(super) fn update(namespace: &mut Value, content: &Content, time: &str) {
    let mut conditions = namespace["status"]["conditions"].as_array().cloned().unwrap_or_default();
    for (kind, reason, message) in WELL {
        let trouble = trouble(kind, content);
        let status = if trouble.is_some() { "True" } else { "False" };
        let (reason, message) = trouble.unwrap_or((reason, message.to_owned()));
        let mut new = json!({"type": kind, "status": status, "reason": reason, "message": message,
            "lastTransitionTime": time});
        match conditions.iter_mut().find(|condition| condition["type"] == kind) {
            Some(old) => {
                if old["status"] == new["status"] {
                    new["lastTransitionTime"] = old["lastTransitionTime"].clone();
                }
                *old = new;
            }
            None => conditions.push(new),
        }
    }
    namespace["status"]["conditions"] = Value::Array(conditions);
}

/// The reason and the message of a condition that is true.
fn trouble(kind: &str, content: &Content) -> Option<(&'static str, String)> {
    let list = |counts: &BTreeMap<String, usize>, verb: &str| {
        let parts: Vec<String> =
            counts.iter().map(|(name, count)| format!("{name} {verb} {count} resource instances")).collect();
        parts.join(", ")
    };
    let Content { kinds, finalizers, failures } = content;
    match kind {
        "NamespaceDeletionContentFailure" if !failures.is_empty() => {
            let (count, mut failures) = (failures.len(), failures.clone());
            failures.sort();
            let why = failures.join(", ");
            Some(("ContentDeletionFailed", format!("Failed to delete all resource types, {count} remaining: {why}")))
        }
        "NamespaceContentRemaining" if !kinds.is_empty() => {
            Some(("SomeResourcesRemain", format!("Some resources are remaining: {}", list(kinds, "has"))))
        }
        "NamespaceFinalizersRemaining" if !finalizers.is_empty() => {
            let left = list(finalizers, "in");
            Some(("SomeFinalizersRemain", format!("Some content in the namespace has finalizers remaining: {left}")))
        }
        _ => None,
    }
}
