//! Validates resources embedded in an object (`x-kubernetes-embedded-resource`).
//!
//! In: an object and its schema. Out: errors about the type and metadata of every embedded resource.

use serde_json::Value;

use super::{NameRule, OBJECT_META, validation};
use crate::{
    field::{Error, Errors, Path},
    go, name, part,
    schema::Schema,
    view::{Arena, ObjectView, View},
};

/// Checks every resource embedded in an object, but not the object itself.
pub fn validate_embedded<'v>(object: impl Into<View<'v>>, schema: &Schema) -> Errors {
    let (mut errors, arena) = (Errors::default(), Arena::new());
    part::visit(object.into(), schema, &Path::ROOT, &arena, &mut |value, schema, path| {
        if let (true, Some(members)) = (schema.embedded_resource, value.as_object()) {
            validate_resource(members, path, &arena, &mut errors);
        }
    });
    errors
}

/// Whether nothing is wrong with the type and the metadata of one embedded resource.
pub(crate) fn is_valid_resource<'v>(members: &'v dyn ObjectView, arena: &'v Arena) -> bool {
    let mut errors = Errors::default();
    validate_resource(members, &Path::ROOT, arena, &mut errors);
    errors.is_empty()
}

/// Checks one embedded resource. It needs an `apiVersion` and a `kind`. A name is not required, and can be any path
/// segment.
fn validate_resource<'v>(members: &'v dyn ObjectView, path: &Path<'_>, arena: &'v Arena, errors: &mut Errors) {
    for name in ["apiVersion", "kind"] {
        let path = path.child(name);
        let (Some(value), detail) = (members.get(name, arena), String::new()) else {
            errors.push(Error::required(path, ""));
            continue;
        };
        let detail = match (name, value.as_text()) {
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
            errors.push(Error::invalid(path, &value.to_json(), detail));
        }
    }
    if let Some(metadata) = members.get("metadata", arena) {
        validate_metadata(&metadata.to_json(), &path.child("metadata"), errors);
    }
}

fn validate_metadata(metadata: &Value, path: &Path<'_>, errors: &mut Errors) {
    let mut coerced = metadata.clone();
    if let Err(detail) = go::round_trip(&mut coerced, &OBJECT_META) {
        errors.push(Error::invalid(path, metadata, detail));
        return;
    }
    // A missing name is not an error here, so one is filled in before the check, as Go does.
    if coerced["name"].is_null() {
        coerced["name"] = Value::from("fakename");
    }
    let namespaced = !coerced["namespace"].is_null();
    errors.extend(validation::validate(&coerced, namespaced, NameRule::PathSegment, path));
}
