//! Owner references.

use serde_json::Value;

use super::{meta, set};

/// The uid of the controller that made an object.
pub(crate) fn controller(object: &Value) -> Option<&str> {
    let owners = meta(object, "ownerReferences")?.as_array()?;
    owners.iter().find(|owner| owner["controller"] == true)?["uid"].as_str()
}

/// Drops duplicate owner references, and returns the warning about them.
/// Source: `k8s.io/apiserver/pkg/endpoints/handlers.dedupOwnerReferencesAndAddWarning`.
pub(crate) fn dedupe(object: &mut Value) -> Option<String> {
    let owners = meta(object, "ownerReferences")?.as_array()?;
    let mut kept: Vec<Value> = Vec::with_capacity(owners.len());
    let mut dropped = Vec::new();
    for owner in owners {
        if kept.contains(owner) {
            dropped.push(owner["uid"].as_str().unwrap_or_default().to_owned());
        } else {
            kept.push(owner.clone());
        }
    }
    set(object, "ownerReferences", Value::Array(kept));
    (!dropped.is_empty()).then(|| {
        format!(
            ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, \
             and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: {}",
            dropped.join(", ")
        )
    })
}
