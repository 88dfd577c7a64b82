//! Selectors that are completed by the labels of their pod.
//!
//! Source: `mutatePodAffinity`, `mutateTopologySpreadConstraints`.

use serde_json::{Value, json};

/// Adds to the selectors of a new pod what its own labels say of `matchLabelKeys` and `mismatchLabelKeys`.
pub(super) fn complete_selectors(pod: &mut Value) {
    let labels = pod["metadata"]["labels"].clone();
    for kind in ["podAffinity", "podAntiAffinity"] {
        let affinity = pod.pointer_mut(&format!("/spec/affinity/{kind}"));
        let Some(Value::Object(affinity)) = affinity else { continue };
        if let Some(Value::Array(terms)) = affinity.get_mut("preferredDuringSchedulingIgnoredDuringExecution") {
            for term in terms.iter_mut() {
                complete(&mut term["podAffinityTerm"], &labels);
            }
        }
        if let Some(Value::Array(terms)) = affinity.get_mut("requiredDuringSchedulingIgnoredDuringExecution") {
            for term in terms.iter_mut() {
                complete(term, &labels);
            }
        }
    }
    if let Some(Value::Array(constraints)) = pod.pointer_mut("/spec/topologySpreadConstraints") {
        for constraint in constraints.iter_mut() {
            complete(constraint, &labels);
        }
    }
}

fn complete(owner: &mut Value, labels: &Value) {
    for (keys, operator) in [("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")] {
        let keys = owner.get(keys).and_then(Value::as_array).cloned().unwrap_or_default();
        let Some(Value::Object(selector)) = owner.get_mut("labelSelector") else { return };
        for key in keys {
            let Some(value) = key.as_str().and_then(|key| labels.get(key)).cloned() else { continue };
            let expressions = selector.entry("matchExpressions").or_insert_with(|| json!([]));
            if let Some(expressions) = expressions.as_array_mut() {
                expressions.push(json!({"key": key, "operator": operator, "values": [value]}));
            }
        }
    }
}
