//! The type and metadata of resources, at the root of an object and embedded in it.
//!
//! In: objects as JSON. Out: metadata as the server's `ObjectMeta` keeps it, and field errors about it.
//! Source: `apimachinery/pkg/api/validation/objectmeta.go`, `apiextensions-apiserver/pkg/apiserver/schema/objectmeta`.

mod coercion;
mod embedded;
mod go_kind;
mod object_meta;
#[cfg(test)]
mod tests;
mod validation;

pub use coercion::{coerce, coerce_embedded};
pub use embedded::validate_embedded;
pub use go_kind::go_kind;
pub use validation::{NameRule, validate, validate_update};
