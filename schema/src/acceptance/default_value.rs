//! Defaults must satisfy their own schemas.
//!
//! In: a structural schema. Out: field errors about defaults with unknown fields, or that the schema refuses. Defaults inside of
//! `additionalProperties` and inside of metadata are not checked.

use serde_json::{Value, json};

use crate::{
    field::{Error, Errors, Path},
    metadata, pruning,
    schema::Schema,
    validation,
};

/// Checks every default in a schema.
pub(super) fn check(schema: &Schema, path: &Path<'_>, errors: &mut Errors) {
    check_node(schema, true, path, errors);
}

fn check_node(schema: &Schema, is_root: bool, path: &Path<'_>, errors: &mut Errors) {
    if let Some(default) = &schema.default {
        let path = path.child("default").to_string();
        match checked_schema(schema, is_root) {
            Some(schema) => check_default(default, &schema, &path, errors),
            None => check_default(default, schema, &path, errors),
        }
    }
    if let Some(items) = &schema.items {
        check_node(items, false, &path.child("items"), errors);
    }
    let is_resource = is_root || schema.embedded_resource;
    let properties = path.child("properties");
    for (name, property) in &schema.properties {
        let path = properties.key(name);
        if !is_resource || !matches!(name.as_str(), "metadata" | "apiVersion" | "kind") {
            check_node(property, false, &path, errors);
        } else if let Some(default) = &property.default {
            check_metadata_default(name, default, property, &path.child("default").to_string(), errors);
        }
    }
}

/// The schema that a default is checked against, if it is not the schema itself: the root counts as a resource, and a type
/// beside int-or-string counts here (it does not for objects).
fn checked_schema(schema: &Schema, is_root: bool) -> Option<Schema> {
    let typed = schema.int_or_string && schema.kind.is_some();
    (is_root || typed).then(|| Schema {
        embedded_resource: schema.embedded_resource || is_root,
        int_or_string: schema.int_or_string && !typed,
        ..schema.clone()
    })
}

/// A default of a resource's own type or metadata must make sense in an object that has nothing else.
fn check_metadata_default(name: &str, default: &Value, schema: &Schema, path: &str, errors: &mut Errors) {
    let mut object = json!({"apiVersion": "validation/v1", "kind": "Validation"});
    object[name] = default.clone();
    let resource = Schema { embedded_resource: true, ..Schema::default() };
    let told = match metadata::coerce_embedded(&mut object, &resource) {
        Err(error) => Some(error.to_string()),
        Ok(_) => Some(metadata::validate_embedded(&object, &resource))
            .filter(|errors| !errors.is_empty())
            .map(|errors| errors.to_string()),
    };
    match told {
        Some(told) => errors.push(Error::invalid(path, default, format!("must result in valid metadata: {told}"))),
        None => errors.extend(validation::validate_part_update(default, None, schema, path)),
    }
}

fn check_default(default: &Value, schema: &Schema, path: &str, errors: &mut Errors) {
    let mut pruned = default.clone();
    pruning::prune_part(&mut pruned, schema);
    if pruned != *default {
        errors.push(Error::invalid(path, default, "must not have unknown fields"));
    }
    let below = |mut error: Error| {
        error.field = if error.field == "<nil>" { path.to_owned() } else { format!("{path}.{}", error.field) };
        error
    };
    if let Err(error) = metadata::coerce_embedded(&mut default.clone(), schema) {
        errors.push(below(error));
        return;
    }
    let embedded = metadata::validate_embedded(default, schema);
    if embedded.is_empty() {
        errors.extend(validation::validate_part_update(default, None, schema, path));
    } else {
        errors.extend(embedded.into_iter().map(below));
    }
}
