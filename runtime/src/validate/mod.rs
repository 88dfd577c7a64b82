//! Validation of typed values, with kube-apiserver's words.
//!
//! In: a value whose type has a table, and the table's constraints. Out: every fault with its path. The checks themselves are
//! those of `crdgen_schema`, which the API server's side uses, too; here is only the walk that finds their arguments.
//! What a type cannot hold (a text where an integer belongs) was refused on reading, and CEL rules are not evaluated.

mod array;
mod json;
mod keys;
mod list;
mod map;
mod object;
mod scalar;
#[cfg(test)]
mod tests;

use crdgen_schema::field::{Errors, Path};
use serde::Serialize;

pub(crate) use self::{
    array::array,
    json::{json, null},
    map::map,
    object::object,
    scalar::{Scalar, scalar},
};
use crate::object::Object;

/// Checks a value against the constraints of its schema.
pub trait Validate {
    /// `Ok`, or all faults in the order of the fields, at paths that start at this value (`spec.replicas` of a resource,
    /// `replicas` of its spec).
    fn validate(&self) -> Result<(), Errors>;
}

impl<T: Object + Serialize> Validate for T {
    fn validate(&self) -> Result<(), Errors> {
        let mut errors = Errors::default();
        object(self, &[], &Path::ROOT, &mut errors);
        errors.into_result()
    }
}
