//! The finalizers of an object.

use crdgen_schema::field;
use serde_json::Value;

use super::meta;

/// Their names.
pub(crate) fn of(object: &Value) -> Vec<&str> {
    let list = meta(object, "finalizers").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The field errors of finalizers that have no domain and are none of Kubernetes' own.
///
/// Source: `k8s.io/kubernetes/pkg/apis/core/validation.validateKubeFinalizerName`.
pub(crate) fn errors(object: &Value) -> Vec<field::Error> {
    const WHY: &str = "name is neither a standard finalizer name nor is it fully qualified";
    let (metadata, mut errors) = (field::Path::ROOT.child("metadata"), Vec::new());
    let path = metadata.child("finalizers");
    for (index, name) in of(object).into_iter().enumerate().filter(|(_, name)| !is_known(name)) {
        errors.push(field::Error::invalid_text(path.index(index), name, WHY));
    }
    errors
}

fn is_known(name: &str) -> bool {
    name.contains('/') || matches!(name, "orphan" | "foregroundDeletion" | "kubernetes")
}

/// Warnings about finalizers of custom resources without a domain in their name, except the three of Kubernetes itself.
/// Source: `k8s.io/apiextensions-apiserver/pkg/registry/customresource.validateKubeFinalizerName`.
pub(crate) fn warnings(object: &Value) -> Vec<String> {
    let plain = of(object).into_iter().filter(|name| !is_known(name));
    plain
        .map(|name| {
            format!(
                "metadata.finalizers: {name:?}: prefer a domain-qualified finalizer name to avoid accidental \
                 conflicts with other finalizer writers"
            )
        })
        .collect()
}
