//! A list, or one page of it: the objects that could be decoded, and separately those that could not.
//!
//! One object that does not fit the type (stored under an older schema, or written by a newer controller) must not make
//! the whole list fail. So the list is first split into the texts of its items, and each is decoded on its own.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde_json::value::RawValue;

use super::object::Decoder;
use crate::kind::{Kind, ObjectKey};

/// The answer to a list request, with the objects as values of `T`.
#[derive(Clone, Debug)]
pub struct List<T> {
    /// The objects, in the server's order.
    pub items: Vec<T>,
    /// The objects that could not be decoded.
    pub undecodable: Vec<Undecodable>,
    /// The version of the whole list, to start a watch from.
    pub resource_version: String,
    /// The token that asks for the next page; `None` on the last one.
    pub continue_token: Option<String>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), undecodable: Vec::new(), resource_version: String::new(), continue_token: None }
    }
}

/// An object on the server that could not be decoded, with the parts of its identity that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecodable {
    /// Its key; `None` if it has no name or is of another kind.
    pub key: Option<ObjectKey>,
    /// Its UID, if that could be read.
    pub uid: Option<String>,
    /// Its version, if that could be read.
    pub resource_version: Option<String>,
    /// Why decoding failed.
    pub error: String,
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "{key}: {}", self.error),
            None => f.write_str(&self.error),
        }
    }
}

impl Decoder {
    /// Decodes an object, which must have a name. If it cannot, it returns what identifies the object.
    pub(crate) fn object<K: Kind>(&self, json: &[u8]) -> Result<K, Undecodable> {
        let error = match self.decode::<K>(json) {
            Ok(object) if ObjectKey::of(&object).is_some() => return Ok(object),
            Ok(_) => "the object has no name".to_owned(),
            Err(error) => error.to_string(),
        };
        Err(self.identify(json, error))
    }

    /// Reads the parts of an object's identity that can be read. A value of an unexpected type counts as absent.
    fn identify(&self, json: &[u8], error: String) -> Undecodable {
        let object = fields(json);
        let metadata = object.get("metadata").map(|metadata| fields(metadata.get().as_bytes())).unwrap_or_default();
        let other = self.is_other(text(&object, "kind").as_deref(), text(&object, "apiVersion").as_deref());
        let name = text(&metadata, "name").filter(|name| !other && !name.is_empty());
        Undecodable {
            key: name.map(|name| ObjectKey::new(text(&metadata, "namespace").as_deref(), &name)),
            uid: text(&metadata, "uid").filter(|_| !other),
            resource_version: text(&metadata, "resourceVersion").filter(|_| !other),
            error,
        }
    }
}

fn fields(json: &[u8]) -> BTreeMap<Cow<'_, str>, &RawValue> {
    serde_json::from_slice(json).unwrap_or_default()
}

fn text(fields: &BTreeMap<Cow<'_, str>, &RawValue>, name: &str) -> Option<String> {
    serde_json::from_str(fields.get(name)?.get()).ok()
}
