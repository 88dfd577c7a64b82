//! Objects in other versions: entries of `managedFields` name the version in which their fields are to be read.
//!
//! Source: `k8s.io/apimachinery/pkg/util/managedfields/internal/versionconverter.go`.

use std::borrow::Cow;

use serde_json::Value;

use super::shape::Shape;
use super::typed::{Duplicates, Errors, validate};

/// The versions of a kind.
pub(crate) trait Versions {
    /// What there is to know about a version.
    fn find(&self, api_version: &str) -> Result<Version<'_>, Unconvertible>;

    /// The object in another version. By default only `apiVersion` changes.
    fn convert(&self, object: &Value, api_version: &str) -> Value {
        let mut object = object.clone();
        if let Some(members) = object.as_object_mut() {
            members.insert("apiVersion".to_owned(), Value::from(api_version));
        }
        object
    }
}

/// What there is to know about a version.
#[derive(Clone, Debug)]
pub(crate) struct Version<'a> {
    pub(crate) shape: Shape<'a>,
    /// The fields that a write of this kind never changes, whatever the object says.
    pub(crate) ignored: &'static [&'static str],
}

/// Why an object cannot be converted to a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unconvertible {
    /// Nobody knows the version. Entries in it are dropped.
    Unknown,
    /// The conversion fails, and the write with it.
    Failed(String),
}

/// An object in one of its versions.
#[derive(Clone, Debug)]
pub(super) struct Typed<'a> {
    pub(super) value: Cow<'a, Value>,
    pub(super) shape: Shape<'a>,
}

impl<'a> Typed<'a> {
    /// An object that must conform to its shape.
    pub(super) fn new(value: &'a Value, shape: Shape<'a>, duplicates: Duplicates) -> Result<Self, Errors> {
        validate(value, shape, duplicates)?;
        Ok(Self { value: Cow::Borrowed(value), shape })
    }

    /// The same object with another value.
    pub(super) fn with(&self, value: Value) -> Self {
        Self { value: Cow::Owned(value), shape: self.shape }
    }

    /// The object in another version.
    pub(super) fn in_version(&self, api_version: &str, versions: &'a dyn Versions) -> Result<Self, Unconvertible> {
        if self.value["apiVersion"] == api_version {
            return Ok(self.clone());
        }
        let shape = versions.find(api_version)?.shape;
        let value = versions.convert(&self.value, api_version);
        validate(&value, shape, Duplicates::Refused).map_err(|errors| Unconvertible::Failed(errors.to_string()))?;
        Ok(Self { value: Cow::Owned(value), shape })
    }
}
