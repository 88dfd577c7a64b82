//! Removes what a schema does not know, as the API server does when it decodes an object.
//!
//! In: an object and its schema. Out: the object without unknown fields and without nulls that may not be there, and
//! the paths of the unknown fields (which `fieldValidation=Strict` refuses).
//! Source: `apiextensions-apiserver/pkg/apiserver/schema/{pruning,defaulting}`.

use serde_json::{Map, Value};

use crate::{field::Path, json::has_null, part, schema::Schema};

/// What every object has, whatever its schema says.
const TYPE_AND_METADATA: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Removes unknown fields from a whole object. Its own type and metadata stay as they are.
///
/// Returns the paths of the removed fields, sorted.
pub fn prune(object: &mut Value, schema: &Schema) -> Vec<String> {
    prune_all(object, schema).removed
}

/// Removes unknown fields as [`prune`] does, and nulls as [`drop_nulls`] does.
pub(crate) fn prune_with_nulls(object: &mut Value, schema: &Schema) -> Vec<String> {
    let pruner = prune_all(object, schema);
    if pruner.saw_null {
        drop_nulls(object, schema);
    }
    pruner.removed
}

fn prune_all(object: &mut Value, schema: &Schema) -> Pruner {
    let mut pruner = Pruner::default();
    let keep = schema.preserve_unknown_fields;
    match object {
        Value::Object(members) => pruner.members(members, Some(schema), keep, true, &Path::ROOT),
        other => pruner.value(other, Some(schema), keep, &Path::ROOT),
    }
    pruner.removed.sort();
    pruner
}

/// Removes unknown fields from a part of an object, given the schema of that part.
pub fn prune_part(part: &mut Value, schema: &Schema) {
    Pruner::default().value(part, Some(schema), schema.preserve_unknown_fields, &Path::ROOT);
}

/// Removes members that are null although their schema is neither nullable nor has a default. Nulls in arrays stay.
pub fn drop_nulls(value: &mut Value, schema: &Schema) {
    if let Value::Object(members) = value {
        members.retain(|name, member| {
            let may_be_null = |schema: &Schema| schema.nullable || schema.default.is_some();
            !member.is_null() || schema.member(name).is_none_or(may_be_null)
        });
    }
    for (_, part, schema) in part::parts_mut(value, schema) {
        drop_nulls(part, schema);
    }
}

/// Most objects have no nulls, and need not be searched for them once more.
#[derive(Default)]
struct Pruner {
    removed: Vec<String>,
    saw_null: bool,
}

impl Pruner {
    /// `keep` says that unknown members stay, because of this schema or of an array's around it.
    fn value(&mut self, value: &mut Value, schema: Option<&Schema>, keep: bool, path: &Path<'_>) {
        match value {
            Value::Object(members) => {
                let is_resource = schema.is_some_and(|schema| schema.embedded_resource);
                self.members(members, schema, keep, is_resource, path);
            }
            Value::Array(items) => {
                let schema = schema.and_then(|schema| schema.items.as_deref());
                if keep && schema.is_none() {
                    // Nothing is known of what is in here, so its nulls stay.
                    return;
                }
                let keep = keep || preserves(schema);
                for (index, item) in items.iter_mut().enumerate() {
                    self.value(item, schema, keep, &path.index(index));
                }
            }
            Value::Null => self.saw_null = true,
            _ => {}
        }
    }

    fn members(
        &mut self,
        members: &mut Map<String, Value>,
        schema: Option<&Schema>,
        keep: bool,
        is_resource: bool,
        path: &Path<'_>,
    ) {
        members.retain(|name, member| {
            if is_resource && TYPE_AND_METADATA.contains(&name.as_str()) {
                self.saw_null |= has_null(member);
                return true;
            }
            let path = path.child(name);
            let below = schema.and_then(|schema| schema.member(name));
            if below.is_some() || schema.is_some_and(allows_any_member) {
                self.value(member, below, preserves(below), &path);
                return true;
            }
            if !keep {
                self.removed.push(path.dotted().to_string());
            }
            keep
        });
    }
}

fn preserves(schema: Option<&Schema>) -> bool {
    schema.is_some_and(|schema| schema.preserve_unknown_fields)
}

/// Whether members that are not declared stay, though nothing is known about their values.
fn allows_any_member(schema: &Schema) -> bool {
    schema.additional_properties.is_some() || schema.forbids_additional
}

#[cfg(test)]
#[allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.
mod tests {
    use serde_json::json;

    use super::*;

    fn schema_of(value: Value) -> Schema {
        Schema::from_value(&value).unwrap()
    }

    fn check(schema: Value, object: Value, pruned: Value, removed: &[&str]) {
        let mut object = object;
        assert_eq!(prune(&mut object, &schema_of(schema)), removed);
        assert_eq!(object, pruned);
    }

    #[test]
    fn unknown_members_go_and_their_paths_are_told() {
        check(
            json!({"properties": {"spec": {"properties": {"a": {}, "l": {"items": {"properties": {"b": {}}}}}}}}),
            json!({"kind": "K", "apiVersion": "v", "metadata": {"x": 1}, "x": 1, "spec": {"a": 1, "y": 2, "l": [{"b": 1, "z": 1}, 2]}}),
            json!({"kind": "K", "apiVersion": "v", "metadata": {"x": 1}, "spec": {"a": 1, "l": [{"b": 1}, 2]}}),
            &["spec.l[0].z", "spec.y", "x"],
        );
    }

    #[test]
    fn any_additional_property_is_kept_and_emptied() {
        check(
            json!({"properties": {"m": {"additionalProperties": true}}}),
            json!({"m": {"a": {"b": 1}, "c": 1, "d": [{"e": 1}]}}),
            json!({"m": {"a": {}, "c": 1, "d": [{}]}}),
            &["m.a.b", "m.d[0].e"],
        );
    }

    #[test]
    fn members_that_are_forbidden_are_not_pruned() {
        check(
            json!({"properties": {"m": {"additionalProperties": false}}}),
            json!({"m": {"a": {"b": 1}}}),
            json!({"m": {"a": {}}}),
            &["m.a.b"],
        );
    }

    #[test]
    fn properties_with_a_schema_are_pruned_under_preserved_ones() {
        check(
            json!({"x-kubernetes-preserve-unknown-fields": true, "properties": {
                "a": {"properties": {"b": {}}},
                "l": {"x-kubernetes-preserve-unknown-fields": true, "items": {"properties": {"c": {"properties": {}}}}}
            }}),
            json!({"x": {"y": 1}, "a": {"b": 1, "x": 1}, "l": [{"x": 1, "c": {"x": 1}}]}),
            json!({"x": {"y": 1}, "a": {"b": 1}, "l": [{"x": 1, "c": {}}]}),
            &["a.x", "l[0].c.x"],
        );
    }

    #[test]
    fn embedded_resources_keep_type_and_metadata() {
        check(
            json!({"properties": {"e": {"x-kubernetes-embedded-resource": true, "properties": {"spec": {}}}}}),
            json!({"e": {"kind": "K", "apiVersion": "v", "metadata": {"name": "n"}, "spec": {"x": 1}, "x": 1}}),
            json!({"e": {"kind": "K", "apiVersion": "v", "metadata": {"name": "n"}, "spec": {}}}),
            &["e.spec.x", "e.x"],
        );
    }

    #[test]
    fn nulls_are_dropped_from_objects_and_maps_but_not_from_arrays() {
        let schema = schema_of(json!({
            "properties": {"a": {}, "n": {"nullable": true}, "d": {"default": 1}, "l": {"items": {}}},
            "additionalProperties": {"type": "string"}
        }));
        let mut object = json!({"a": null, "n": null, "d": null, "l": [null], "other": null});
        drop_nulls(&mut object, &schema);
        assert_eq!(object, json!({"n": null, "d": null, "l": [null]}));
    }
}
