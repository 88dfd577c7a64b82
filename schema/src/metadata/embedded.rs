//! Resources embedded in an object (`x-kubernetes-embedded-resource`).
//!
//! In: an object and its schema. Out: errors about the type and metadata of every embedded resource.

use serde_json::{Map, Value};

use super::{NameRule, object_meta, validation};
use crate::{
    field::{Error, Errors, Path},
    name,
    pruning::{Member, member_schema},
    schema::Schema,
};

/// Checks every embedded resource in an object. The object itself is none.
pub fn validate_embedded(object: &Value, schema: &Schema) -> Errors {
    let mut errors = Errors::default();
    validate_below(object, schema, &Path::ROOT, &mut errors);
    errors
}

fn validate_below(value: &Value, schema: &Schema, path: &Path<'_>, errors: &mut Errors) {
    match value {
        Value::Object(members) => {
            if schema.embedded_resource {
                validate_resource(members, path, errors);
            }
            for (name, member) in members {
                if let Member::Known(Some(inner)) = member_schema(schema, name) {
                    let declared = schema.properties.contains_key(name);
                    let path = if declared { path.child(name) } else { path.key(name) };
                    validate_below(member, inner, &path, errors);
                }
            }
        }
        Value::Array(items) => {
            let Some(schema) = schema.items.as_deref() else { return };
            for (index, item) in items.iter().enumerate() {
                validate_below(item, schema, &path.index(index), errors);
            }
        }
        _ => {}
    }
}

/// Every embedded resource needs an `apiVersion` and a `kind`; a name may be missing, and is any path segment.
fn validate_resource(members: &Map<String, Value>, path: &Path<'_>, errors: &mut Errors) {
    for name in ["apiVersion", "kind"] {
        let path = path.child(name);
        let (Some(value), detail) = (members.get(name), String::new()) else {
            errors.push(Error::required(path, ""));
            continue;
        };
        let detail = match (name, value.as_str()) {
            (_, None) => "must be a string".to_owned(),
            (_, Some("")) => "must not be empty".to_owned(),
            ("apiVersion", Some(text)) if text.matches('/').count() > 1 => {
                format!("unexpected GroupVersion string: {text}")
            }
            ("kind", Some(text)) => match name::dns_1035_label(&text.to_lowercase()).as_slice() {
                [] => detail,
                faults => format!("may have mixed case, but should otherwise match: {}", faults.join(",")),
            },
            _ => detail,
        };
        if !detail.is_empty() {
            errors.push(Error::invalid(path, value, detail));
        }
    }
    if let Some(metadata) = members.get("metadata") {
        validate_metadata(metadata, &path.child("metadata"), errors);
    }
}

fn validate_metadata(metadata: &Value, path: &Path<'_>, errors: &mut Errors) {
    match object_meta::round_trip(metadata, &mut Vec::new()) {
        Err(detail) => errors.push(Error::invalid(path, metadata, detail)),
        Ok(mut coerced) => {
            // Go sets a name here for the same reason: a missing one is no error.
            coerced.entry("name").or_insert_with(|| Value::from("fakename"));
            let namespaced = coerced.contains_key("namespace");
            errors.extend(validation::validate(&Value::Object(coerced), namespaced, NameRule::PathSegment, path));
        }
    }
}
