//! The metrics of an autoscaler in `v1`'s annotations, and in `v2`.
//!
//! Source: `pkg/apis/autoscaling/v1/conversion.go`.

use crdgen_schema::go;
use serde_json::{Map, Value, json};

use super::annotation::print;

/// The sources, in the order of Go's struct: the type that names each, and its member.
const SOURCES: [(&str, &str); 5] = [
    ("Object", "object"),
    ("Pods", "pods"),
    ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
    ("External", "external"),
];

/// Metrics as `v1` writes them.
pub(super) fn print_specs(metrics: &[&Value]) -> Option<String> {
    (!metrics.is_empty()).then(|| go::print_array(metrics.iter().map(|metric| print_metric(metric, print_spec))))
}

/// The same for current metrics.
pub(super) fn print_statuses(metrics: &[Value]) -> Option<String> {
    (!metrics.is_empty()).then(|| go::print_array(metrics.iter().map(|metric| print_metric(metric, print_status))))
}

fn print_metric(metric: &Value, source: fn(&str, &Value) -> String) -> String {
    let sources = SOURCES.iter().filter(|(_, member)| metric[member].is_object());
    let sources = sources.map(|(_, member)| (*member, source(member, &metric[member])));
    go::print_object(std::iter::once(("type", go::print_json(&metric["type"]))).chain(sources))
}

/// Puts what `v2` nests where `v1` has it.
fn flat(source: &Value, names: &[(&str, &str)]) -> Value {
    let found = names.iter().filter_map(|(name, pointer)| Some(((*name).to_owned(), source.pointer(pointer)?.clone())));
    Value::Object(found.filter(|(_, value)| !value.is_null()).collect())
}

fn or_zero(mut flat: Value, name: &str) -> Value {
    if flat[name].is_null() {
        flat[name] = json!("0");
    }
    flat
}

fn print_spec(member: &str, source: &Value) -> String {
    match member {
        "object" => {
            let flat = or_zero(
                flat(
                    source,
                    &[
                        ("metricName", "/metric/name"),
                        ("targetValue", "/target/value"),
                        ("averageValue", "/target/averageValue"),
                    ],
                ),
                "targetValue",
            );
            print_object_source(source, &flat, "targetValue")
        }
        "pods" => {
            let flat = flat(source, &[("metricName", "/metric/name"), ("targetAverageValue", "/target/averageValue")]);
            let flat = or_zero(flat, "targetAverageValue");
            with_selector(print_pairs(&flat, &["metricName", "targetAverageValue"]), "selector", source)
        }
        "external" => {
            let flat = flat(
                source,
                &[
                    ("metricName", "/metric/name"),
                    ("targetValue", "/target/value"),
                    ("targetAverageValue", "/target/averageValue"),
                ],
            );
            let mut pairs = print_pairs(&flat, &["metricName"]);
            pairs.extend(selector(source).map(|text| ("metricSelector", text)));
            pairs.extend(print_pairs(&flat, &["targetValue", "targetAverageValue"]));
            go::print_object(pairs.into_iter())
        }
        _ => {
            let flat = flat(
                source,
                &[
                    ("name", "/name"),
                    ("targetAverageUtilization", "/target/averageUtilization"),
                    ("targetAverageValue", "/target/averageValue"),
                    ("container", "/container"),
                ],
            );
            print(&flat, &["name", "targetAverageUtilization", "targetAverageValue", "container"])
        }
    }
}

fn print_status(member: &str, source: &Value) -> String {
    match member {
        "object" => {
            let flat = flat(
                source,
                &[
                    ("metricName", "/metric/name"),
                    ("currentValue", "/current/value"),
                    ("averageValue", "/current/averageValue"),
                ],
            );
            print_object_source(source, &or_zero(flat, "currentValue"), "currentValue")
        }
        "pods" => {
            let flat =
                flat(source, &[("metricName", "/metric/name"), ("currentAverageValue", "/current/averageValue")]);
            let flat = or_zero(flat, "currentAverageValue");
            with_selector(print_pairs(&flat, &["metricName", "currentAverageValue"]), "selector", source)
        }
        "external" => {
            let flat = flat(
                source,
                &[
                    ("metricName", "/metric/name"),
                    ("currentValue", "/current/value"),
                    ("currentAverageValue", "/current/averageValue"),
                ],
            );
            let flat = or_zero(flat, "currentValue");
            let mut pairs = print_pairs(&flat, &["metricName"]);
            pairs.extend(selector(source).map(|text| ("metricSelector", text)));
            pairs.extend(print_pairs(&flat, &["currentValue", "currentAverageValue"]));
            go::print_object(pairs.into_iter())
        }
        _ => {
            let flat = flat(
                source,
                &[
                    ("name", "/name"),
                    ("currentAverageUtilization", "/current/averageUtilization"),
                    ("currentAverageValue", "/current/averageValue"),
                    ("container", "/container"),
                ],
            );
            let flat = or_zero(flat, "currentAverageValue");
            print(&flat, &["name", "currentAverageUtilization", "currentAverageValue", "container"])
        }
    }
}

fn print_pairs<'n>(flat: &Value, names: &[&'n str]) -> Vec<(&'n str, String)> {
    let found = names.iter().filter_map(|name| Some((*name, flat.get(name)?)));
    found.map(|(name, value)| (name, go::print_json(value))).collect()
}

fn print_object_source(source: &Value, flat: &Value, value: &str) -> String {
    let target = print(&source["describedObject"], &["kind", "name", "apiVersion"]);
    let mut pairs = vec![("target", target)];
    pairs.extend(print_pairs(flat, &["metricName", value]));
    pairs.extend(selector(source).map(|text| ("selector", text)));
    pairs.extend(print_pairs(flat, &["averageValue"]));
    go::print_object(pairs.into_iter())
}

fn with_selector<'n>(mut pairs: Vec<(&'n str, String)>, name: &'n str, source: &Value) -> String {
    pairs.extend(selector(source).map(|text| (name, text)));
    go::print_object(pairs.into_iter())
}

/// A label selector, in the order of Go's struct.
fn selector(source: &Value) -> Option<String> {
    let selector = source["metric"].get("selector").filter(|selector| selector.is_object())?;
    let mut pairs = print_pairs(selector, &["matchLabels"]);
    if let Some(expressions) = selector["matchExpressions"].as_array().filter(|list| !list.is_empty()) {
        let one = |expression: &Value| print(expression, &["key", "operator", "values"]);
        pairs.push(("matchExpressions", go::print_array(expressions.iter().map(one))));
    }
    Some(go::print_object(pairs.into_iter()))
}

/// A metric of `v1` in `v2`.
pub(super) fn spec_to_new(metric: &Value) -> Value {
    nested(metric, |member, source| {
        let absent = |name: &str| source.get(name).is_none_or(Value::is_null);
        match member {
            "object" => {
                let by_value = absent("averageValue");
                let mut value = source["targetValue"].clone();
                if !by_value && value == "0" {
                    value = Value::Null;
                }
                json!({
                    "describedObject": source["target"],
                    "metric": identifier(source, "selector"),
                    "target": {
                        "type": if by_value { "Value" } else { "AverageValue" },
                        "value": value,
                        "averageValue": source["averageValue"],
                    },
                })
            }
            "pods" => json!({
                "metric": identifier(source, "selector"),
                "target": {"type": "AverageValue", "averageValue": source["targetAverageValue"]},
            }),
            "external" => json!({
                "metric": identifier(source, "metricSelector"),
                "target": {
                    "type": if absent("targetValue") { "AverageValue" } else { "Value" },
                    "value": source["targetValue"],
                    "averageValue": source["targetAverageValue"],
                },
            }),
            _ => json!({
                "name": source["name"],
                "container": source["container"],
                "target": {
                    "type": if absent("targetAverageUtilization") { "AverageValue" } else { "Utilization" },
                    "averageUtilization": source["targetAverageUtilization"],
                    "averageValue": source["targetAverageValue"],
                },
            }),
        }
    })
}

/// A current metric of `v1` in `v2`.
pub(super) fn status_to_new(metric: &Value) -> Value {
    nested(metric, |member, source| match member {
        "object" => json!({
            "describedObject": source["target"],
            "metric": identifier(source, "selector"),
            "current": {"value": source["currentValue"], "averageValue": source["averageValue"]},
        }),
        "pods" => json!({
            "metric": identifier(source, "selector"),
            "current": {"averageValue": source["currentAverageValue"]},
        }),
        "external" => json!({
            "metric": identifier(source, "metricSelector"),
            "current": {"value": source["currentValue"], "averageValue": source["currentAverageValue"]},
        }),
        _ => json!({
            "name": source["name"],
            "container": source["container"],
            "current": {
                "averageUtilization": source["currentAverageUtilization"],
                // The older version cannot leave it out.
                "averageValue": Some(&source["currentAverageValue"])
                    .filter(|value| source["currentAverageUtilization"].is_null() || **value != "0"),
            },
        }),
    })
}

fn identifier(source: &Value, selector: &str) -> Value {
    json!({"name": source["metricName"], "selector": source[selector]})
}

fn nested(metric: &Value, convert: impl Fn(&str, &Value) -> Value) -> Value {
    let mut new = Map::new();
    new.insert("type".to_owned(), metric["type"].clone());
    for (_, member) in SOURCES {
        if let Some(source) = metric.get(member).filter(|source| source.is_object()) {
            let mut source = convert(member, source);
            drop_nulls(&mut source);
            new.insert(member.to_owned(), source);
        }
    }
    Value::Object(new)
}

/// Drops absent members, two levels deep.
fn drop_nulls(source: &mut Value) {
    let Some(members) = source.as_object_mut() else { return };
    members.retain(|_, value| !value.is_null());
    for nested in members.values_mut().filter_map(Value::as_object_mut) {
        nested.retain(|_, value| !value.is_null());
    }
}
