//! An autoscaler in a Table.
//!
//! Source: `printHorizontalPodAutoscaler`, `formatHPAMetrics`.

use serde_json::{Value, json};

use crate::response::table;

pub(super) fn of(autoscaler: &Value, now: jiff::Timestamp) -> Vec<Value> {
    let (spec, status) = (&autoscaler["spec"], &autoscaler["status"]);
    let target = |name: &str| spec["scaleTargetRef"][name].as_str().unwrap_or_default();
    vec![
        autoscaler["metadata"]["name"].clone(),
        json!(format!("{}/{}", target("kind"), target("name"))),
        json!(metrics(spec, status)),
        json!(spec["minReplicas"].as_i64().map_or("<unset>".to_owned(), |number| number.to_string())),
        json!(spec["maxReplicas"].as_i64().unwrap_or(0)),
        json!(status["currentReplicas"].as_i64().unwrap_or(0)),
        table::age(autoscaler, now),
    ]
}

fn metrics(spec: &Value, status: &Value) -> String {
    let specs = spec["metrics"].as_array().map(Vec::as_slice).unwrap_or_default();
    if specs.is_empty() {
        return "<none>".to_owned();
    }
    let current = |index: usize| status["currentMetrics"].get(index).unwrap_or(&Value::Null);
    let list: Vec<String> = specs.iter().enumerate().map(|(index, spec)| metric(spec, current(index))).collect();
    let shown = list.iter().take(2).map(String::as_str).collect::<Vec<_>>().join(", ");
    if list.len() > 2 { format!("{shown} + {} more...", list.len() - 2) } else { shown }
}

fn metric(spec: &Value, status: &Value) -> String {
    let member = match spec["type"].as_str() {
        Some("External") => "external",
        Some("Pods") => "pods",
        Some("Object") => "object",
        Some("Resource") => "resource",
        Some("ContainerResource") => "containerResource",
        _ => return "<unknown type>".to_owned(),
    };
    let (source, target, now) = (&spec[member], &spec[member]["target"], &status[member]["current"]);
    let has_status = status[member].is_object();
    let amount = |value: &Value| value.as_str().unwrap_or("<nil>").to_owned();
    let current = |name: &str| if has_status { amount(&now[name]) } else { "<unknown>".to_owned() };
    let is_average = !target["averageValue"].is_null();
    match member {
        "external" | "object" if is_average => {
            let current = now["averageValue"].as_str().unwrap_or("<unknown>");
            format!("{current}/{} (avg)", amount(&target["averageValue"]))
        }
        "external" | "object" => format!("{}/{}", current("value"), amount(&target["value"])),
        "pods" => format!("{}/{}", current("averageValue"), amount(&target["averageValue"])),
        _ => {
            let name = source["name"].as_str().unwrap_or_default();
            if is_average {
                return format!("{name}: {}/{}", current("averageValue"), amount(&target["averageValue"]));
            }
            let percent = |value: &Value, otherwise: &str| {
                value.as_i64().map_or(otherwise.to_owned(), |percent| format!("{percent}%"))
            };
            let current = percent(&now["averageUtilization"], "<unknown>");
            format!("{name}: {current}/{}", percent(&target["averageUtilization"], "<auto>"))
        }
    }
}
