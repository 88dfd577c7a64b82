//! Which objects a quota is about.

use serde_json::Value;

use super::usage::{Kind, has_deadline};
use crate::check::Check;
use crate::strategy::pod::quality_of;

/// Whether an object is in all scopes of a quota.
pub(super) fn matches(quota: &Value, kind: &Kind, object: &Value) -> bool {
    let spec = &quota["spec"];
    let by_name = spec["scopes"].as_array().into_iter().flatten();
    let by_rule = spec["scopeSelector"]["matchExpressions"].as_array().into_iter().flatten();
    by_name
        .map(|name| (name, "Exists", &Value::Null))
        .chain(by_rule.map(|rule| (&rule["scopeName"], rule["operator"].as_str().unwrap_or_default(), &rule["values"])))
        .all(|(name, operator, values)| is_in(name.as_str().unwrap_or_default(), operator, values, kind, object))
}

fn is_in(scope: &str, operator: &str, values: &Value, kind: &Kind, object: &Value) -> bool {
    match (kind, scope) {
        (Kind::Pod, "Terminating") => has_deadline(object),
        (Kind::Pod, "NotTerminating") => !has_deadline(object),
        (Kind::Pod, "BestEffort") => is_best_effort(object),
        (Kind::Pod, "NotBestEffort") => !is_best_effort(object),
        (Kind::Pod, "PriorityClass") => {
            selects(operator, values, &[object["spec"]["priorityClassName"].as_str().unwrap_or_default()])
        }
        (Kind::Pod, "CrossNamespacePodAffinity") => looks_beyond(object),
        (Kind::Claim, "VolumeAttributesClass") => {
            let names = ["/spec/volumeAttributesClassName", "/status/currentVolumeAttributesClassName"];
            let wanted = "/status/modifyVolumeStatus/targetVolumeAttributesClassName";
            let name = |path: &str| object.pointer(path).and_then(Value::as_str).unwrap_or_default();
            selects(operator, values, &[name(names[0]), name(names[1]), name(wanted)])
        }
        _ => false,
    }
}

/// Whether a rule selects one of the names; an empty one is none.
fn selects(operator: &str, values: &Value, names: &[&str]) -> bool {
    let names: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).collect();
    let is_listed = |name: &&str| values.as_array().is_some_and(|values| values.iter().any(|value| value == name));
    match operator {
        "Exists" => !names.is_empty(),
        "DoesNotExist" => names.is_empty(),
        "In" => names.iter().any(is_listed),
        "NotIn" => names.is_empty() || names.iter().any(|name| !is_listed(name)),
        _ => false,
    }
}

fn is_best_effort(pod: &Value) -> bool {
    let mut is_best_effort = false;
    Check::of(pod, |pod| is_best_effort = quality_of(pod.get("spec")) == "BestEffort");
    is_best_effort
}

/// Whether a pod is placed by pods of other namespaces.
fn looks_beyond(pod: &Value) -> bool {
    let affinity = &pod["spec"]["affinity"];
    ["podAffinity", "podAntiAffinity"].iter().any(|kind| {
        let list = |name: &str| affinity[*kind][name].as_array().into_iter().flatten();
        let preferred = list("preferredDuringSchedulingIgnoredDuringExecution").map(|term| &term["podAffinityTerm"]);
        list("requiredDuringSchedulingIgnoredDuringExecution").chain(preferred).any(|term| {
            term["namespaces"].as_array().is_some_and(|names| !names.is_empty()) || !term["namespaceSelector"].is_null()
        })
    })
}
