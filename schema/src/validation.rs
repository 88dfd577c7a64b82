//! Checks a value against a schema, as a new value or as an update of an old one.
//!
//! The value must have been pruned and defaulted before. The errors have the server's words and field paths. CEL rules
//! are not evaluated; [`has_rules`] says whether a schema has any. For a whole object with its metadata, use
//! [`strategy`](crate::strategy).
//!
//! ```
//! use crdgen_schema::{schema::Schema, validation};
//! use serde_json::json;
//!
//! let schema = json!({"type": "object", "properties": {"size": {"type": "integer", "minimum": 1}}});
//! let schema = Schema::from_value(&schema).unwrap();
//! assert!(validation::validate(&json!({"size": 3}), &schema).is_empty());
//!
//! let (old, new) = (json!({"size": 0}), json!({"size": 0, "other": true}));
//! assert!(!validation::validate(&new, &schema).is_empty());
//! assert!(validation::validate_update(&new, &old, &schema).is_empty(), "`size` has not changed");
//! ```
//!
//! Source: `kube-openapi/pkg/validation/validate`, `apiextensions-apiserver/pkg/apiserver/validation/ratcheting.go`.

mod combinators;
mod outcome;
mod scalars;
#[cfg(test)]
mod tests;
mod walk;

use serde_json::Value;

use crate::{correlation::Old, field::Errors, schema::Schema};
use walk::Walk;

/// Checks a new value.
pub fn validate(value: &Value, schema: &Schema) -> Errors {
    Walk::default().root(value, schema, None)
}

/// Checks a value that replaces `old`. Parts that have not changed pass even if they are invalid (ratcheting,
/// KEP-4008). Old and new parts are matched by property, by map key, and by the keys of list map items.
pub fn validate_update(value: &Value, old: &Value, schema: &Schema) -> Errors {
    Walk::default().root(value, schema, Some(Old::new(old, schema)))
}

/// Checks a part of an object, such as the status. `base` is the name of the part, and `schema` its schema.
pub fn validate_part_update(value: &Value, old: Option<&Value>, schema: &Schema, base: &str) -> Errors {
    Walk { base: Some(base), as_written: false }.root(value, schema, old.map(|old| Old::new(old, schema)))
}

/// Checks a default in a schema, as the server does when a CRD is posted. Two things differ from the check of an
/// object: formats count even if they are not enforced on objects, and `x-kubernetes-int-or-string` is not looked at.
/// `base` is the path of the default.
pub fn validate_default(default: &Value, schema: &Schema, base: &str) -> Errors {
    Walk { base: Some(base), as_written: true }.root(default, schema, None)
}

/// Whether the schema has validation rules (`x-kubernetes-validations`) in a place where the server evaluates them.
pub fn has_rules(schema: &Schema) -> bool {
    !schema.validations.is_empty() || schema.children().any(has_rules)
}
