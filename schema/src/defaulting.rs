//! Fills in a schema's defaults, as the API server does when it decodes an object.
//!
//! In: an object (pruned before) and its schema. Out: the object with defaults where members are missing or null and may
//! not be null; nested defaults only where the parent is. Source: `apiextensions-apiserver/pkg/apiserver/schema/defaulting`.

mod gathered;

use serde_json::Value;

pub(crate) use self::gathered::Defaults;
use crate::{metadata, part, pruning, schema::Schema};

/// Applies the defaults of `schema` to `value`.
pub fn apply(value: &mut Value, schema: &Schema) {
    if let Value::Object(members) = value {
        for (name, property) in &schema.properties {
            if let Some(default) = &property.default
                && members.get(name).is_none_or(|member| member.is_null() && !property.nullable)
            {
                members.insert(name.clone(), (**default).clone());
            }
        }
    }
    for (_, part, schema) in part::parts_mut(value, schema) {
        replace_null(part, schema);
        apply(part, schema);
    }
}

/// Removes from a schema's defaults what the schema itself would prune, and what the metadata of resources in them lacks. The
/// API server does so once, when it starts to serve a CRD.
pub fn prune_defaults(schema: &mut Schema) {
    if let Some(mut default) = schema.default.take() {
        // Metadata that cannot be coerced makes the CRD invalid; what is of no use in it stays.
        let _ = metadata::coerce_embedded(&mut default, schema);
        pruning::prune_part(&mut default, schema);
        schema.default = Some(default);
    }
    schema.children_mut().for_each(prune_defaults);
}

fn replace_null(value: &mut Value, schema: &Schema) {
    if let (Value::Null, false, Some(default)) = (&*value, schema.nullable, &schema.default) {
        value.clone_from(default);
    }
}

#[cfg(test)]
#[allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.
mod tests {
    use serde_json::json;

    use super::*;

    fn schema_of(value: Value) -> Schema {
        Schema::from_value(&value).unwrap()
    }

    fn check(schema: Value, object: Value, defaulted: &Value) {
        let mut object = object;
        apply(&mut object, &schema_of(schema));
        assert_eq!(&object, defaulted);
    }

    #[test]
    fn missing_members_get_their_default_where_the_parent_is() {
        let schema = json!({"properties": {"a": {"default": 1}, "b": {"properties": {"c": {"default": {"d": 2}}}}}});
        check(schema.clone(), json!({}), &json!({"a": 1}));
        check(schema.clone(), json!({"a": 0, "b": {}}), &json!({"a": 0, "b": {"c": {"d": 2}}}));
        check(schema, json!([1]), &json!([1]));
    }

    #[test]
    fn defaults_are_defaulted_themselves() {
        let schema = json!({"properties": {"a": {"default": {}, "properties": {"b": {"default": 1}}}}});
        check(schema, json!({}), &json!({"a": {"b": 1}}));
    }

    #[test]
    fn a_null_becomes_the_default_in_objects_maps_and_arrays() {
        let schema = json!({"properties": {
            "a": {"default": 1}, "n": {"default": 1, "nullable": true},
            "m": {"additionalProperties": {"default": 2}}, "l": {"items": {"default": 3}}
        }});
        check(
            schema,
            json!({"a": null, "n": null, "m": {"x": null}, "l": [null]}),
            &json!({"a": 1, "n": null, "m": {"x": 2}, "l": [3]}),
        );
    }

    #[test]
    fn defaults_are_pruned_once() {
        let mut schema =
            schema_of(json!({"properties": {"a": {"default": {"b": 1, "x": 2}, "properties": {"b": {}}}}}));
        prune_defaults(&mut schema);
        assert_eq!(schema.properties["a"].default.as_deref(), Some(&json!({"b": 1})));
    }

    #[test]
    fn the_metadata_of_resources_in_defaults_is_coerced() {
        let resource = json!({"x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true});
        let mut schema =
            schema_of(json!({"items": resource, "default": [{"kind": "K", "metadata": {"name": "n", "x": 1}}]}));
        prune_defaults(&mut schema);
        assert_eq!(schema.default.as_deref(), Some(&json!([{"kind": "K", "metadata": {"name": "n"}}])));
    }
}
