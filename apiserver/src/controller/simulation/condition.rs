//! Conditions in a status.

use serde_json::{Value, json};

/// A condition that is to hold from now on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Condition<'a> {
    pub(super) of: &'a str,
    pub(super) status: &'a str,
    pub(super) reason: &'a str,
    pub(super) message: &'a str,
}

/// The condition of a type.
pub(super) fn find<'a>(status: &'a Value, of: &str) -> Option<&'a Value> {
    status["conditions"].as_array()?.iter().find(|one| one["type"] == of)
}

/// Whether a condition is true.
pub(super) fn holds(status: &Value, of: &str) -> bool {
    find(status, of).is_some_and(|one| one["status"] == "True")
}

/// Sets a condition in a status, with the time of its last transition, and with other times of this name if it changes in any way.
pub(super) fn set(status: &mut Value, condition: Condition<'_>, time: &str, other_time: Option<&str>) {
    let Condition { of, status: value, reason, message } = condition;
    let before = find(status, of).cloned().unwrap_or(Value::Null);
    let is_same = |name: &str, value: &str| before[name].as_str().unwrap_or_default() == value;
    if !before.is_null() && is_same("status", value) && is_same("reason", reason) && is_same("message", message) {
        return;
    }
    let since = if is_same("status", value) { before["lastTransitionTime"].clone() } else { json!(time) };
    let mut made = json!({"type": of, "status": value, "lastTransitionTime": since});
    for (name, text) in [("reason", reason), ("message", message)].into_iter().filter(|(_, text)| !text.is_empty()) {
        made[name] = json!(text);
    }
    if let Some(name) = other_time {
        made[name] = json!(time);
    }
    if !status["conditions"].is_array() {
        status["conditions"] = json!([]);
    }
    if let Some(conditions) = status["conditions"].as_array_mut() {
        match conditions.iter_mut().find(|one| one["type"] == of) {
            Some(found) => *found = made,
            None => conditions.push(made),
        }
    }
}
