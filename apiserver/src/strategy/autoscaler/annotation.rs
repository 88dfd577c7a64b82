//! The annotations in which `v1` shows what it has no fields for.
//!
//! Source: `pkg/apis/autoscaling/annotations.go`, `helpers.go`.

use crdgen_schema::go;
use serde_json::{Map, Value, json};

use crate::object;

pub(super) const METRICS: &str = "autoscaling.alpha.kubernetes.io/metrics";
pub(super) const CURRENT: &str = "autoscaling.alpha.kubernetes.io/current-metrics";
pub(super) const CONDITIONS: &str = "autoscaling.alpha.kubernetes.io/conditions";
pub(super) const BEHAVIOR: &str = "autoscaling.alpha.kubernetes.io/behavior";
pub(super) const ALL: [&str; 6] = [
    METRICS,
    CURRENT,
    CONDITIONS,
    BEHAVIOR,
    "autoscaling.alpha.kubernetes.io/scale-down-tolerance",
    "autoscaling.alpha.kubernetes.io/scale-up-tolerance",
];

/// The fields of the internal types, which the annotation has: Go's name and that in JSON.
const RULES: [(&str, &str); 4] = [
    ("StabilizationWindowSeconds", "stabilizationWindowSeconds"),
    ("SelectPolicy", "selectPolicy"),
    ("Policies", "policies"),
    ("Tolerance", "tolerance"),
];
const POLICY: [(&str, &str); 3] = [("Type", "type"), ("Value", "value"), ("PeriodSeconds", "periodSeconds")];

/// Drops the annotations.
pub(super) fn drop_all(autoscaler: &mut Value) {
    let Some(annotations) = autoscaler.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) else {
        return;
    };
    annotations.retain(|name, _| !ALL.contains(&name.as_str()));
    if annotations.is_empty() {
        object::set(autoscaler, "annotations", Value::Null);
    }
}

/// Sets an annotation if there is something to say.
pub(super) fn set(autoscaler: &mut Value, name: &str, text: Option<String>) {
    let Some(text) = text else { return };
    let mut annotations = object::meta(autoscaler, "annotations").cloned().unwrap_or_else(|| json!({}));
    annotations[name] = Value::String(text);
    object::set(autoscaler, "annotations", annotations);
}

/// Sets an annotation, or removes it.
pub(super) fn replace(autoscaler: &mut Value, name: &str, text: Option<String>) {
    if text.is_some() {
        return set(autoscaler, name, text);
    }
    if let Some(annotations) = autoscaler.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
        annotations.remove(name);
        if annotations.is_empty() {
            object::set(autoscaler, "annotations", Value::Null);
        }
    }
}

/// The list in an annotation.
pub(super) fn list(autoscaler: &Value, name: &str) -> Option<Vec<Value>> {
    serde_json::from_str(autoscaler["metadata"]["annotations"][name].as_str()?).ok()
}

/// A struct as Go prints it: its fields in their order. Members that are absent are left out.
pub(super) fn print(of: &Value, names: &[&str]) -> String {
    let members = names.iter().filter_map(|name| Some((*name, of.get(name).filter(|value| !value.is_null())?)));
    go::print_object(members.map(|(name, value)| (name, go::print_json(value))))
}

/// The conditions as text.
pub(super) fn print_conditions(conditions: &[Value]) -> Option<String> {
    let one = |condition: &Value| {
        // A time is written even if there is none.
        let names = ["type", "status", "lastTransitionTime", "reason", "message"];
        let members = names.iter().filter(|name| **name == "lastTransitionTime" || !condition[**name].is_null());
        go::print_object(members.map(|name| (*name, go::print_json(&condition[*name]))))
    };
    (!conditions.is_empty()).then(|| go::print_array(conditions.iter().map(one)))
}

/// The behavior as text, in the names of Go's fields.
pub(super) fn print_behavior(behavior: &Value) -> Option<String> {
    let policy =
        |policy: &Value| go::print_object(POLICY.iter().map(|(name, key)| (*name, go::print_json(&policy[key]))));
    let policies = |list: &Value| match list.as_array() {
        Some(list) => go::print_array(list.iter().map(policy)),
        None => "null".to_owned(),
    };
    let rules = |rules: &Value| {
        if rules.is_null() {
            return "null".to_owned();
        }
        go::print_object(RULES.iter().map(|(name, key)| {
            (*name, if *key == "policies" { policies(&rules[key]) } else { go::print_json(&rules[key]) })
        }))
    };
    let sides = [("ScaleUp", "scaleUp"), ("ScaleDown", "scaleDown")];
    behavior.is_object().then(|| go::print_object(sides.iter().map(|(name, key)| (*name, rules(&behavior[key])))))
}

/// The behavior in the annotation. Go finds its fields whatever the case of their names.
pub(super) fn behavior(autoscaler: &Value) -> Option<Value> {
    let text = autoscaler["metadata"]["annotations"][BEHAVIOR].as_str()?;
    let read: Value = serde_json::from_str(text).ok()?;
    let mut behavior = Map::new();
    for side in ["scaleUp", "scaleDown"] {
        let Some(given) = member(&read, side).filter(|rules| rules.is_object()) else { continue };
        let mut rules = renamed(given, &RULES);
        if let Some(Value::Array(policies)) = rules.get("policies") {
            let policies = policies.iter().map(|policy| Value::Object(renamed(policy, &POLICY))).collect();
            rules.insert("policies".to_owned(), policies);
        }
        behavior.insert(side.to_owned(), Value::Object(rules));
    }
    (!behavior.is_empty()).then_some(Value::Object(behavior))
}

fn member<'a>(of: &'a Value, name: &str) -> Option<&'a Value> {
    let members = of.as_object()?.iter();
    members.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
}

fn renamed(from: &Value, names: &[(&str, &str)]) -> Map<String, Value> {
    let found = names.iter().filter_map(|(_, key)| Some(((*key).to_owned(), member(from, key)?.clone())));
    found.filter(|(_, value)| !value.is_null()).collect()
}
