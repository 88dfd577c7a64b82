//! The metadata of objects, and of resources embedded in objects: decoded as the server decodes it, and validated.
//!
//! [`coerce`] brings `metadata` into the form in which the server's `ObjectMeta` holds it: without unknown and empty
//! members. [`validate`] and [`validate_update`] then check it. [`coerce_embedded`] and [`validate_embedded`] do the
//! same for every resource embedded in an object (`x-kubernetes-embedded-resource`), and check its `apiVersion` and
//! `kind` as well.
//!
//! ```
//! use crdgen_schema::{field::Path, metadata::{self, NameRule}};
//! use serde_json::json;
//!
//! let mut object = json!({"metadata": {"name": "My Dog", "colour": "brown", "labels": {}}});
//! assert_eq!(metadata::coerce(&mut object), Ok(vec!["metadata.colour".to_owned()]));
//! assert_eq!(object, json!({"metadata": {"name": "My Dog"}}));
//!
//! let path = Path::ROOT.child("metadata");
//! let errors = metadata::validate(&object["metadata"], false, NameRule::DnsSubdomain, &path);
//! assert_eq!(errors.into_iter().next().unwrap().field, "metadata.name");
//! ```
//!
//! Source: `apimachinery/pkg/api/validation/objectmeta.go`, `apiextensions-apiserver/pkg/apiserver/schema/objectmeta`.

mod coercion;
mod embedded;
mod object_meta;
#[cfg(test)]
mod tests;
mod validation;

pub use coercion::{coerce, coerce_embedded, malformed};
pub(crate) use embedded::is_valid_resource;
pub use embedded::validate_embedded;
pub use object_meta::OBJECT_META;
pub(crate) use validation::is_fine;
pub use validation::{NameRule, validate, validate_update};
