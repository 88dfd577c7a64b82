//! Checks a value against a schema, as a new value or as an update of an old one.
//!
//! The value must have been pruned and defaulted before. The errors have the server's words and field paths. CEL rules
//! are another matter: see [`rule`](crate::rule). For a whole object with its metadata, use [`strategy`](crate::strategy).
//!
//! ```
//! use crdgen_schema::{schema::Schema, validation::{self, Subject}};
//! use serde_json::json;
//!
//! let schema = json!({"type": "object", "properties": {"size": {"type": "integer", "minimum": 1}}});
//! let schema = Schema::from_value(&schema).unwrap();
//! assert!(validation::check(&json!({"size": 3}), &schema, Subject::default()).is_empty());
//!
//! let (old, new) = (json!({"size": 0}), json!({"size": 0, "other": true}));
//! assert!(!validation::check(&new, &schema, Subject::default()).is_empty());
//! let update = Subject { old: Some((&old).into()), ..Subject::default() };
//! assert!(validation::check(&new, &schema, update).is_empty(), "`size` has not changed");
//! ```
//!
//! Source: `kube-openapi/pkg/validation/validate`, `apiextensions-apiserver/pkg/apiserver/validation/ratcheting.go`.

mod combinators;
mod outcome;
mod plan;
mod scalars;
#[cfg(test)]
mod tests;
mod walk;

use crate::{
    correlation::Old,
    field::Errors,
    schema::Schema,
    view::{Arena, View},
};
pub(crate) use plan::Plan;
use walk::Walk;

/// What is checked: by default a whole object that is new.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    /// The value that is replaced. Parts that have not changed pass even if they are invalid (ratcheting, KEP-4008). Old and
    /// new parts are matched by property, by map key, and by the keys of list map items.
    pub old: Option<View<'a>>,
    /// The path of the value if it is a part of an object, such as the status: where the paths of errors begin.
    pub base: Option<&'a str>,
    /// Whether the value is a default in a schema, which the server checks when a CRD is posted. Two things differ from the
    /// check of an object: formats count even if they are not enforced on objects, and `x-kubernetes-int-or-string` is not
    /// looked at.
    pub is_default: bool,
}

/// Checks a value against its schema.
pub fn check<'v>(value: impl Into<View<'v>>, schema: &Schema, subject: Subject<'_>) -> Errors {
    let arena = Arena::new();
    let walk = Walk { base: subject.base, is_default: subject.is_default, arena: &arena };
    walk.root(value.into(), schema, subject.old.map(|old| Old::new(old, schema, &arena)))
}
