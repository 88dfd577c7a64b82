//! `meta.k8s.io` `PartialObjectMetadata`: only the metadata of an object.

use serde_json::{Value, json};

/// The metadata of an object; `version` is that of `meta.k8s.io`.
pub(crate) fn of(object: &Value, version: &str) -> Value {
    json!({
        "kind": "PartialObjectMetadata",
        "apiVersion": format!("meta.k8s.io/{version}"),
        "metadata": object["metadata"],
    })
}
