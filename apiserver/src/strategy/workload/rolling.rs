//! How the pods of an object are replaced by others.

use serde_json::{Value, json};

/// Sets parameters of a rolling update that are missing.
pub(super) fn set_defaults(strategy: &mut Value, defaults: &[(&str, Value)]) {
    if strategy["type"] != "RollingUpdate" {
        return;
    }
    let Some(strategy) = strategy.as_object_mut() else { return };
    let rolling = strategy.entry("rollingUpdate").or_insert_with(|| json!({}));
    let Some(rolling) = rolling.as_object_mut() else { return };
    for (name, value) in defaults {
        rolling.entry(*name).or_insert_with(|| value.clone());
    }
}
