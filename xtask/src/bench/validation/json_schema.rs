//! A CRD's schema as the crate `jsonschema` takes it: JSON Schema draft 4, whose `exclusiveMinimum` is a boolean too.
//!
//! What only Kubernetes has is left out, except `nullable` and `x-kubernetes-int-or-string`, which become types.

use serde_json::{Map, Value, json};

/// Converts a structural schema.
pub(super) fn of(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else { return schema.clone() };
    let mut converted = Map::new();
    for (keyword, value) in members {
        let value = match keyword.as_str() {
            "properties" => Value::Object(each(value)),
            "items" | "additionalProperties" | "not" => of(value),
            "allOf" | "anyOf" | "oneOf" => value.as_array().into_iter().flatten().map(of).collect(),
            "default" | "example" | "description" | "title" | "nullable" => continue,
            extension if extension.starts_with("x-") => continue,
            _ => value.clone(),
        };
        converted.insert(keyword.clone(), value);
    }
    if members.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true)) {
        converted.insert("type".to_owned(), json!(["integer", "string"]));
    }
    if members.get("nullable") == Some(&Value::Bool(true)) {
        accept_null(&mut converted);
    }
    Value::Object(converted)
}

fn each(properties: &Value) -> Map<String, Value> {
    properties.as_object().into_iter().flatten().map(|(name, schema)| (name.clone(), of(schema))).collect()
}

fn accept_null(schema: &mut Map<String, Value>) {
    match schema.get_mut("type") {
        Some(Value::Array(types)) => types.push(json!("null")),
        Some(one) => *one = json!([one, "null"]),
        None => {}
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schema: &Value, expected: &Value) {
        assert_eq!(of(schema), *expected);
    }

    #[test]
    fn what_kubernetes_says_otherwise_becomes_a_type() {
        check(&json!({"type": "string", "nullable": true}), &json!({"type": ["string", "null"]}));
        check(
            &json!({"type": "string", "enum": ["a"], "nullable": true}),
            &json!({"type": ["string", "null"], "enum": ["a", null]}),
        );
        check(
            &json!({"x-kubernetes-int-or-string": true, "anyOf": [{"type": "integer"}, {"type": "string"}]}),
            &json!({"type": ["integer", "string"], "anyOf": [{"type": "integer"}, {"type": "string"}]}),
        );
    }

    #[test]
    fn extensions_are_left_out_but_not_properties_of_such_names() {
        check(
            &json!({
                "properties": {"x-a": {"type": "string", "x-kubernetes-map-type": "atomic"}, "default": {"default": 1}},
                "x-kubernetes-validations": [{"rule": "true"}],
            }),
            &json!({"properties": {"x-a": {"type": "string"}, "default": {}}}),
        );
    }
}
