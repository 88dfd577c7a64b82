//! How objects of built-in kinds are checked: the errors that are found, and the fields that they are about.
//!
//! In: an object. Out: field errors, with Kubernetes' words. A strategy walks an object by its [`Field`]s, each of which knows its
//! value and its path; what it reports is collected in the [`Check`] that the object is looked at in. The checks that many kinds
//! share are methods of a field, one file for each subject.
//!
//! Source: `k8s.io/apimachinery/pkg/api/validation`, `util/validation`, `util/validation/field`.

pub(crate) mod address;
mod counterpart;
mod data;
pub(crate) mod difference;
mod field;
pub(crate) mod ip;
mod label;
mod metadata;
mod name;
pub(crate) mod node_label;
mod node_selector;
mod number;
mod path;
mod percent;
pub(crate) mod quantity;
#[cfg(test)]
mod tests;

use std::cell::RefCell;

use bumpalo::Bump;
use crdgen_schema::field::{Error, Path};
use crdgen_schema::go::Type;
use serde_json::Value;

pub(crate) use field::Field;

/// The errors that are found in an object.
#[derive(Debug, Default)]
pub(crate) struct Check {
    /// Holds the paths of the fields that are looked at.
    paths: Bump,
    errors: RefCell<Vec<Error>>,
}

impl Check {
    /// The errors that `look` reports about an object.
    pub(crate) fn of(object: &Value, look: impl FnOnce(Field<'_>)) -> Vec<Error> {
        Self::of_kind(None, object, look)
    }

    /// The errors that `look` reports about an object that shall replace another one.
    pub(crate) fn of_update(object: &Value, old: &Value, look: impl FnOnce(Field<'_>, Field<'_>)) -> Vec<Error> {
        Self::of_kind_update(None, object, old, look)
    }

    /// The errors that `look` reports about an object of a resource. Values are shown as the server's own types have them.
    pub(crate) fn of_kind(kind: Option<&'static Type>, object: &Value, look: impl FnOnce(Field<'_>)) -> Vec<Error> {
        let check = Self::default();
        look(check.root(object, kind));
        check.errors.into_inner()
    }

    /// The same about an object that shall replace another one.
    pub(crate) fn of_kind_update(
        kind: Option<&'static Type>,
        object: &Value,
        old: &Value,
        look: impl FnOnce(Field<'_>, Field<'_>),
    ) -> Vec<Error> {
        let check = Self::default();
        look(check.root(object, kind), check.root(old, kind));
        check.errors.into_inner()
    }

    fn root<'a>(&'a self, object: &'a Value, kind: Option<&'static Type>) -> Field<'a> {
        Field::new(self, Some(object), self.paths.alloc(Path::ROOT), kind)
    }
}
