//! `meta.k8s.io` `PartialObjectMetadata`: only the metadata of an object.

use serde_json::{Value, json};

use crate::resource::Resource;

/// The metadata of an object; `version` is that of `meta.k8s.io`.
pub(crate) fn of(resource: &Resource, object: &Value, version: &str) -> Value {
    let mut metadata = object["metadata"].clone();
    let hidden = resource.strategy.hidden_annotations();
    let annotations = metadata.get_mut("annotations").and_then(Value::as_object_mut);
    if let Some(annotations) = annotations.filter(|_| !hidden.is_empty()) {
        annotations.retain(|name, _| !hidden.contains(&name.as_str()));
        let is_empty = annotations.is_empty();
        if let Some(members) = metadata.as_object_mut().filter(|_| is_empty) {
            members.remove("annotations");
        }
    }
    json!({
        "kind": "PartialObjectMetadata",
        "apiVersion": format!("meta.k8s.io/{version}"),
        "metadata": metadata,
    })
}
