//! The finalizers of an object.

use serde_json::Value;

use super::meta;

/// Their names.
pub(crate) fn of(object: &Value) -> Vec<&str> {
    let list = meta(object, "finalizers").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Whether a name has a domain, or is one of the three of Kubernetes itself (`validateKubeFinalizerName`).
pub(crate) fn is_standard(name: &str) -> bool {
    name.contains('/') || matches!(name, "orphan" | "foregroundDeletion" | "kubernetes")
}

/// Warnings about finalizers of custom resources without a domain in their name, except the three of Kubernetes itself.
/// Source: `k8s.io/apiextensions-apiserver/pkg/registry/customresource.validateKubeFinalizerName`.
pub(crate) fn warnings(object: &Value) -> Vec<String> {
    let plain = of(object).into_iter().filter(|name| !is_standard(name));
    plain
        .map(|name| {
            let path = if name.contains('.') { "including a path (/) " } else { "" };
            format!(
                "metadata.finalizers: {name:?}: prefer a domain-qualified finalizer name {path}to avoid accidental \
                 conflicts with other finalizer writers"
            )
        })
        .collect()
}
