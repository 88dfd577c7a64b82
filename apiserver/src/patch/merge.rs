//! JSON merge patches, RFC 7386.

use serde_json::{Map, Value};

/// Applies a patch.
pub(crate) fn apply(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(members) = target.as_object_mut() else { return };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(name);
        } else {
            apply(members.entry(name.as_str()).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(mut target: Value, patch: &Value, expected: &Value) {
        apply(&mut target, patch);
        assert_eq!(target, *expected);
    }

    #[test]
    fn members_are_merged_nulls_remove_and_everything_else_replaces() {
        check(json!({"a": {"b": 1, "c": 2}}), &json!({"a": {"b": null, "d": 3}}), &json!({"a": {"c": 2, "d": 3}}));
        check(json!({"a": [1, 2]}), &json!({"a": [3]}), &json!({"a": [3]}));
        check(json!({"a": 1}), &json!({"a": {"b": null, "c": 1}}), &json!({"a": {"c": 1}}));
        check(json!({"a": 1}), &json!({}), &json!({"a": 1}));
    }
}
