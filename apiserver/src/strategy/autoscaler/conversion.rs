//! `v1` and `v2` of an autoscaler, each from the other.
//!
//! Source: `pkg/apis/autoscaling/v1/conversion.go`.

use serde_json::{Map, Value, json};

use super::{NEW, OLD, annotation, metric};

/// The metric that `v1` has a field for.
pub(super) fn cpu(utilization: &Value) -> Value {
    json!({"type": "Resource", "resource": {
        "name": "cpu",
        "target": {"type": "Utilization", "averageUtilization": utilization},
    }})
}

fn is_cpu(metric: &Value) -> bool {
    metric["type"] == "Resource" && metric["resource"]["name"] == "cpu"
}

fn is_cpu_utilization(metric: &Value) -> bool {
    is_cpu(metric) && !metric["resource"]["target"]["averageUtilization"].is_null()
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn pick(from: &Value, names: &[&str]) -> Map<String, Value> {
    let members = names.iter().filter_map(|name| Some(((*name).to_owned(), from.get(name)?.clone())));
    members.filter(|(_, value)| !value.is_null()).collect()
}

/// The `v1` of an autoscaler.
pub(super) fn to_old(new: &Value) -> Value {
    let (spec, status) = (&new["spec"], &new["status"]);
    let mut old = json!({"apiVersion": OLD, "kind": new["kind"], "metadata": new["metadata"]});
    let mut old_spec = pick(spec, &["scaleTargetRef", "minReplicas", "maxReplicas"]);
    if let Some(cpu) = list(spec, "metrics").iter().find(|metric| is_cpu_utilization(metric)) {
        let utilization = cpu["resource"]["target"]["averageUtilization"].clone();
        old_spec.insert("targetCPUUtilizationPercentage".to_owned(), utilization);
    }
    old["spec"] = Value::Object(old_spec);
    let kept = ["observedGeneration", "lastScaleTime", "currentReplicas", "desiredReplicas"];
    let mut old_status = pick(status, &kept);
    for name in ["currentReplicas", "desiredReplicas"] {
        old_status.entry(name).or_insert(json!(0));
    }
    for metric in list(status, "currentMetrics").iter().filter(|metric| is_cpu(metric)) {
        let utilization = &metric["resource"]["current"]["averageUtilization"];
        if !utilization.is_null() {
            old_status.insert("currentCPUUtilizationPercentage".to_owned(), utilization.clone());
        }
    }
    old["status"] = Value::Object(old_status);
    annotation::drop_all(&mut old);
    let others: Vec<&Value> = list(spec, "metrics").iter().filter(|metric| !is_cpu_utilization(metric)).collect();
    annotation::set(&mut old, annotation::METRICS, metric::print_specs(&others));
    annotation::set(&mut old, annotation::CURRENT, metric::print_statuses(list(status, "currentMetrics")));
    annotation::set(&mut old, annotation::BEHAVIOR, annotation::print_behavior(&spec["behavior"]));
    annotation::set(&mut old, annotation::CONDITIONS, annotation::print_conditions(list(status, "conditions")));
    old
}

/// The `v2` of an autoscaler.
pub(super) fn to_new(old: &Value) -> Value {
    let (spec, status) = (&old["spec"], &old["status"]);
    let mut new = json!({"apiVersion": NEW, "kind": old["kind"], "metadata": old["metadata"]});
    let mut new_spec = pick(spec, &["scaleTargetRef", "minReplicas", "maxReplicas"]);
    let mut metrics: Vec<Value> = Vec::new();
    if let Some(others) = annotation::list(old, annotation::METRICS) {
        metrics.extend(others.iter().map(metric::spec_to_new));
    }
    if let Some(utilization) = spec.get("targetCPUUtilizationPercentage").filter(|number| !number.is_null()) {
        metrics.push(cpu(utilization));
    }
    if metrics.is_empty() {
        metrics.push(cpu(&json!(80)));
    }
    new_spec.insert("metrics".to_owned(), Value::Array(metrics));
    if let Some(behavior) = annotation::behavior(old) {
        new_spec.insert("behavior".to_owned(), behavior);
    }
    new["spec"] = Value::Object(new_spec);
    new["status"] = status_to_new(old, status);
    annotation::drop_all(&mut new);
    new
}

fn status_to_new(old: &Value, status: &Value) -> Value {
    let kept = ["observedGeneration", "lastScaleTime", "currentReplicas", "desiredReplicas"];
    let mut new = pick(status, &kept);
    new.entry("desiredReplicas").or_insert(json!(0));
    // In `v2` a number of 0 is left out, and a list of metrics is not.
    new.retain(|name, value| name != "currentReplicas" || *value != 0);
    let mut current = Value::Null;
    if let Some(utilization) = status.get("currentCPUUtilizationPercentage").filter(|number| !number.is_null()) {
        current =
            json!([{"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": utilization}}}]);
    }
    if let Some(metrics) = annotation::list(old, annotation::CURRENT) {
        current = metrics.iter().map(metric::status_to_new).collect();
    }
    new.insert("currentMetrics".to_owned(), current);
    if let Some(conditions) = annotation::list(old, annotation::CONDITIONS) {
        new.insert("conditions".to_owned(), Value::Array(conditions));
    }
    Value::Object(new)
}
