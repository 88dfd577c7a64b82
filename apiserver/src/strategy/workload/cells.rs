//! The cells that tables of several kinds have.
//!
//! Source: `k8s.io/kubernetes/pkg/printers/internalversion/printers.go`.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::check::Check;
use crate::response::table;
use crate::selector;

/// The names of the containers of a pod template, and their images.
pub(super) fn containers(template: &Value) -> [Value; 2] {
    ["name", "image"].map(|member| {
        let containers = template["spec"]["containers"].as_array().into_iter().flatten();
        let texts: Vec<&str> = containers.map(|container| container[member].as_str().unwrap_or_default()).collect();
        Value::from(texts.join(","))
    })
}

/// A map of labels, or `<none>`.
pub(super) fn labels(labels: &Value) -> Value {
    Value::from(or_none(selector::map_as_text(labels)))
}

/// A label selector: `<none>` if it selects everything or, as Go prints an absent one, nothing.
pub(super) fn label_selector(selector: &Value) -> Value {
    let is_selector = is_label_selector(selector);
    Value::from(if is_selector { or_none(selector::as_text(selector)) } else { "<error>".to_owned() })
}

/// Whether a label selector can be read.
pub(super) fn is_label_selector(selector: &Value) -> bool {
    let mut is_selector = false;
    Check::of(selector, |root| is_selector = root.is_label_selector());
    is_selector
}

fn or_none(text: String) -> String {
    if text.is_empty() { "<none>".to_owned() } else { text }
}

/// A number, which is 0 if it is absent.
pub(super) fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}

/// So many of so many.
pub(super) fn share(some: &Value, all: &Value) -> Value {
    json!(format!("{}/{}", number(some), number(all)))
}

/// Whether a map or list has nothing in it.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => true,
    }
}

/// The cells of what keeps a number of pods alive, with those of its selector.
pub(super) fn of_replicas(object: &Value, now: Timestamp, selector: Value) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let [containers, images] = containers(&spec["template"]);
    vec![
        object["metadata"]["name"].clone(),
        json!(number(&spec["replicas"])),
        json!(number(&status["replicas"])),
        json!(number(&status["readyReplicas"])),
        table::age(object, now),
        containers,
        images,
        selector,
    ]
}
