//! The conditions of a signing request.
//!
//! Source: `preserveConditionInstances`, `populateConditionTimestamps`, `extractCSRStatus`.

use serde_json::{Value, json};

fn of(object: &Value) -> &[Value] {
    object["status"]["conditions"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Keeps the conditions of a type as they are stored, if there are as many.
pub(super) fn keep(object: &mut Value, old: &Value, kind: &str) {
    let stored: Vec<Value> = of(old).iter().filter(|condition| condition["type"] == kind).cloned().collect();
    let places: Vec<usize> =
        of(object).iter().enumerate().filter(|(_, it)| it["type"] == kind).map(|(at, _)| at).collect();
    if stored.len() == places.len() {
        for (place, condition) in places.into_iter().zip(stored) {
            object["status"]["conditions"][place] = condition;
        }
    }
}

/// Sets the times that conditions lack.
pub(super) fn stamp(object: &mut Value, old: &Value, time: &str) {
    let conditions = object.pointer_mut("/status/conditions").and_then(Value::as_array_mut);
    for condition in conditions.into_iter().flatten().filter(|condition| condition.is_object()) {
        if condition["lastUpdateTime"].is_null() {
            condition["lastUpdateTime"] = json!(time);
        }
        if condition["lastTransitionTime"].is_null() {
            let same = |other: &&Value| other["type"] == condition["type"] && other["status"] == condition["status"];
            let before = of(old).iter().filter(same).map(|other| &other["lastTransitionTime"]);
            let before = before.filter(|time| !time.is_null()).map(Clone::clone).next();
            condition["lastTransitionTime"] = before.unwrap_or_else(|| json!(time));
        }
    }
}

/// The state of a request in a Table.
pub(super) fn summary(status: &Value) -> String {
    let has = |kind: &str| {
        status["conditions"].as_array().is_some_and(|list| list.iter().any(|condition| condition["type"] == kind))
    };
    let mut text = if has("Denied") {
        "Denied"
    } else if has("Approved") {
        "Approved"
    } else {
        "Pending"
    }
    .to_owned();
    if has("Failed") {
        text.push_str(",Failed");
    }
    if status["certificate"].as_str().is_some_and(|text| !text.is_empty()) {
        text.push_str(",Issued");
    }
    text
}
