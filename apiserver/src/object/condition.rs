//! The conditions in the status of a pod.
//!
//! Source: `UpdatePodCondition`.

use serde_json::{Value, json};

/// Sets a condition, by its type. When its status changes, this is its last transition.
pub(crate) fn update(object: &mut Value, mut condition: Value, time: &str) {
    let status = &mut object["status"];
    let old = status["conditions"].as_array().into_iter().flatten().find(|old| old["type"] == condition["type"]);
    let is_same = old.is_some_and(|old| old["status"] == condition["status"]);
    let last = old.filter(|_| is_same).map(|old| old["lastTransitionTime"].clone());
    condition["lastProbeTime"] = Value::Null;
    condition["lastTransitionTime"] = last.unwrap_or_else(|| Value::from(time));
    if !status["conditions"].is_array() {
        status["conditions"] = json!([]);
    }
    let Some(all) = status["conditions"].as_array_mut() else { return };
    match all.iter_mut().find(|old| old["type"] == condition["type"]) {
        Some(old) => *old = condition,
        None => all.push(condition),
    }
}
