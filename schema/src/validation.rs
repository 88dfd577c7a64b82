//! Checks a value against a schema, new or as an update of an old value.
//!
//! In: a value (pruned and defaulted before), perhaps the value that it replaces, and the schema. Out: field errors in the
//! server's words. CEL rules are not evaluated: [`has_rules`] says whether a schema has any.
//! Source: `kube-openapi/pkg/validation/validate`, `apiextensions-apiserver/pkg/apiserver/validation/ratcheting.go`.

mod combinators;
mod correlation;
mod outcome;
mod scalars;
#[cfg(test)]
mod tests;
mod walk;

use serde_json::Value;

use crate::{
    field::Errors,
    schema::{AdditionalProperties, Schema},
};
use correlation::Old;
use walk::Walk;

/// Checks a value that is new.
pub fn validate(value: &Value, schema: &Schema) -> Errors {
    Walk::default().root(value, schema, None)
}

/// Checks a value that replaces `old`: what has not changed passes, wherever old and new correlate (properties, keys of maps,
/// items of list maps; KEP-4008).
pub fn validate_update(value: &Value, old: &Value, schema: &Schema) -> Errors {
    Walk::default().root(value, schema, Some(Old::new(old, schema)))
}

/// Checks a part of an object on its own, the status for instance: `base` is the part's name, and `schema` its schema.
pub fn validate_part_update(value: &Value, old: Option<&Value>, schema: &Schema, base: &str) -> Errors {
    Walk { base: Some(base), as_written: false }.root(value, schema, old.map(|old| Old::new(old, schema)))
}

/// Checks a default as the server does when a CRD is posted: against its schema as written, in which formats that are not
/// enforced on objects count, and int-or-string is no type. `base` is the default's own path.
pub fn validate_default(default: &Value, schema: &Schema, base: &str) -> Errors {
    Walk { base: Some(base), as_written: true }.root(default, schema, None)
}

/// Whether the schema has validation rules (`x-kubernetes-validations`) anywhere where the server evaluates them.
pub fn has_rules(schema: &Schema) -> bool {
    let additional = match &schema.additional_properties {
        Some(AdditionalProperties::Schema(schema)) => Some(schema.as_ref()),
        _ => None,
    };
    !schema.validations.is_empty()
        || schema.properties.values().any(has_rules)
        || schema.items.as_deref().is_some_and(has_rules)
        || additional.is_some_and(has_rules)
}
