//! What the cells of several built-in kinds have in common.
//!
//! Source: `k8s.io/kubernetes/pkg/printers/internalversion`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// The text, or `<none>` if it is empty.
pub(crate) fn or_none(text: &str) -> &str {
    if text.is_empty() { "<none>" } else { text }
}

/// The text of a member, or another one if it has none.
pub(crate) fn text_or<'a>(value: &'a Value, otherwise: &'a str) -> Value {
    json!(value.as_str().unwrap_or(otherwise))
}

/// The labels of a map (`labels.FormatLabels`).
pub(crate) fn labels(map: &Value) -> String {
    let pairs = map.as_object().into_iter().flatten();
    let pairs = pairs.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()));
    or_none(&pairs.collect::<Vec<_>>().join(",")).to_owned()
}

/// The addresses in the status of a load balancer, sorted.
pub(crate) fn ingress(status: &Value) -> Vec<String> {
    let entries = status["ingress"].as_array().into_iter().flatten();
    let texts = entries.filter_map(|entry| {
        let part = |name: &str| entry[name].as_str().filter(|text| !text.is_empty());
        part("ip").or_else(|| part("hostname"))
    });
    texts.collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect()
}

/// The first items of a list, and how many more there are.
pub(crate) fn first(list: &[String], most: usize) -> String {
    let shown = list.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(",");
    if list.len() > most { format!("{shown} + {} more...", list.len() - most) } else { shown }
}

/// A label selector (`metav1.FormatLabelSelector`).
pub(crate) fn label_selector(selector: &Value) -> String {
    let empty = Map::new();
    let mut parts: Vec<(String, String)> = Vec::new();
    for (key, value) in selector["matchLabels"].as_object().unwrap_or(&empty) {
        parts.push((key.clone(), format!("{key}={}", value.as_str().unwrap_or_default())));
    }
    for expression in selector["matchExpressions"].as_array().into_iter().flatten() {
        let key = expression["key"].as_str().unwrap_or_default();
        let mut values: Vec<&str> =
            expression["values"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        values.sort_unstable();
        let values = values.join(",");
        let text = match expression["operator"].as_str().unwrap_or_default() {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "Exists" => key.to_owned(),
            "DoesNotExist" => format!("!{key}"),
            _ => return "<error>".to_owned(),
        };
        parts.push((key.to_owned(), text));
    }
    parts.sort_by(|a, b| a.0.cmp(&b.0));
    let all = parts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(",");
    or_none(&all).to_owned()
}
