//! Label selectors of objects, as text.
//!
//! Source: `metav1.LabelSelectorAsSelector`, `labels.Requirement.String`.

use serde_json::Value;

/// A map of labels, as lists take it.
pub(crate) fn map_as_text(labels: &Value) -> String {
    let written = labels.as_object().into_iter().flatten();
    let written: Vec<String> =
        written.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())).collect();
    written.join(",")
}

/// A `metav1.LabelSelector`, or a map of labels, as lists take it: `app=a,tier in (b,c),!d`.
pub(crate) fn as_text(selector: &Value) -> String {
    let is_struct = selector.get("matchLabels").is_some() || selector.get("matchExpressions").is_some();
    let labels = if is_struct { &selector["matchLabels"] } else { selector };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let labels = labels.as_object().into_iter().flatten();
    let mut parts: Vec<(String, String)> =
        labels.map(|(key, value)| (key.clone(), format!("{key}={}", text(value)))).collect();
    for expression in selector["matchExpressions"].as_array().into_iter().flatten().filter(|_| is_struct) {
        let key = text(&expression["key"]);
        let mut values: Vec<String> = expression["values"].as_array().into_iter().flatten().map(text).collect();
        values.sort();
        let values = values.join(",");
        let written = match expression["operator"].as_str() {
            Some("In") => format!("{key} in ({values})"),
            Some("NotIn") => format!("{key} notin ({values})"),
            Some("DoesNotExist") => format!("!{key}"),
            _ => key.clone(),
        };
        parts.push((key, written));
    }
    parts.sort_by(|(a, _), (b, _)| a.cmp(b));
    parts.into_iter().map(|(_, written)| written).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_selector_is_written_by_its_keys() {
        let selector = json!({"matchLabels": {"z": "1", "a": "2"}, "matchExpressions": [
            {"key": "m", "operator": "NotIn", "values": ["y", "x"]}, {"key": "b", "operator": "Exists"},
            {"key": "c", "operator": "DoesNotExist"}]});
        assert_eq!(as_text(&selector), "a=2,b,!c,m notin (x,y),z=1");
        assert_eq!(as_text(&json!({"app": "a"})), "app=a");
        assert_eq!(as_text(&Value::Null), "");
    }
}
