//! Strategic merge patches: merge patches that merge the lists whose items have keys.
//!
//! In: a patch, the value, and its schema, whose list types say how lists merge. Out: the patched value, or the
//! name of a directive (`$patch` and the like) that is not supported here.

use crdgen_schema::schema::{ListType, Schema};
use serde_json::{Map, Value};

/// Applies a patch.
pub(crate) fn apply(target: &mut Value, patch: &Value, schema: Option<&Schema>) -> Result<(), String> {
    match patch {
        Value::Object(changes) => members(target, changes, schema),
        Value::Array(items) => list(target, items, schema),
        other => {
            *target = other.clone();
            Ok(())
        }
    }
}

fn members(target: &mut Value, changes: &Map<String, Value>, schema: Option<&Schema>) -> Result<(), String> {
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(members) = target.as_object_mut() else { return Ok(()) };
    for (name, change) in changes {
        if name == "$retainKeys" {
            // It only says what to keep of a union; none of the types served here has one.
            continue;
        }
        if name.starts_with('$') {
            return Err(name.clone());
        }
        if change.is_null() {
            members.remove(name);
        } else {
            let below = schema.and_then(|schema| schema.properties.get(name));
            apply(members.entry(name.as_str()).or_insert(Value::Null), change, below)?;
        }
    }
    Ok(())
}

fn list(target: &mut Value, changes: &[Value], schema: Option<&Schema>) -> Result<(), String> {
    let directive = changes.iter().filter_map(Value::as_object).flat_map(Map::keys).find(|name| name.starts_with('$'));
    if let Some(directive) = directive {
        return Err(directive.clone());
    }
    let keys = match schema {
        Some(schema) if schema.list_type == Some(ListType::Map) => &schema.list_map_keys,
        _ => {
            *target = Value::Array(changes.to_vec());
            return Ok(());
        }
    };
    if !target.is_array() {
        *target = Value::Array(Vec::new());
    }
    let Some(items) = target.as_array_mut() else { return Ok(()) };
    let below = schema.and_then(|schema| schema.items.as_deref());
    for change in changes {
        let same = |item: &&mut Value| keys.iter().all(|key| item.get(key) == change.get(key));
        match items.iter_mut().find(same) {
            Some(item) => apply(item, change, below)?,
            None => items.push(change.clone()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_with_keys_are_merged_item_by_item() {
        let items = Schema { list_type: Some(ListType::Map), list_map_keys: vec!["n".to_owned()], ..Schema::default() };
        let mut schema = Schema::default();
        schema.properties.insert("l".to_owned(), items);
        let mut value = json!({"l": [{"n": "a", "v": 1}], "m": [1]});
        apply(&mut value, &json!({"l": [{"n": "b"}, {"n": "a", "v": 2}], "m": [2]}), Some(&schema)).unwrap();
        assert_eq!(value, json!({"l": [{"n": "a", "v": 2}, {"n": "b"}], "m": [2]}));
    }

    #[test]
    fn directives_are_refused_by_name() {
        let mut value = json!({});
        assert_eq!(apply(&mut value, &json!({"a": {"$patch": "delete"}}), None), Err("$patch".to_owned()));
    }
}
