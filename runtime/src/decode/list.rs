//! A list, or one page of it: the objects that could be decoded, and separately those that could not.
//!
//! One object that does not fit the type (stored under an older schema, or written by a newer controller) must not make
//! the whole list fail. So the list is first split into the texts of its items, and each is decoded on its own.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::object::{ManagedFields, decode, without_managed_fields};
use crate::cached::{Cached, Form};
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

/// Decodes one page of a list, each object by `decode`. The only error is an answer that is not a list.
pub(crate) fn decode_list<T>(
    json: &[u8],
    decode: impl Fn(&RawValue) -> Result<T, Undecodable>,
) -> Result<List<T>, serde_json::Error> {
    let raw: RawList<'_> = serde_json::from_slice(json)?;
    let mut list = List {
        items: Vec::with_capacity(raw.items.as_ref().map_or(0, Vec::len)),
        undecodable: Vec::new(),
        resource_version: raw.metadata.resource_version.unwrap_or_default(),
        continue_token: raw.metadata.continue_token.filter(|token| !token.is_empty()),
    };
    for item in raw.items.unwrap_or_default() {
        match decode(item) {
            Ok(object) => list.items.push(object),
            Err(undecodable) => list.undecodable.push(undecodable),
        }
    }
    Ok(list)
}

/// Decodes an object for a cache that keeps it in this form. It must have a name.
pub(crate) fn decode_cached<K: Kind>(
    json: &RawValue,
    managed_fields: ManagedFields,
    form: Form,
) -> Result<Cached<K>, Undecodable> {
    let object = Arc::new(decode_object(json, managed_fields)?);
    Ok(match form {
        Form::Typed => Cached::from(object),
        Form::Compact if managed_fields == ManagedFields::Keep => Cached::compact(object, json.get().as_bytes()),
        Form::Compact => Cached::compact(object, &without_managed_fields(json.get())),
    })
}

/// Decodes one object, which must have a name. If it cannot, it returns what identifies the object.
pub(crate) fn decode_object<K: Kind>(json: &RawValue, managed_fields: ManagedFields) -> Result<K, Undecodable> {
    let error = match decode::<K>(json.get().as_bytes(), managed_fields) {
        Ok(object) if ObjectKey::of(&object).is_some() => return Ok(object),
        Ok(_) => "the object has no name".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(identify::<K>(json, error))
}

/// Reads the parts of an object's identity that can be read. A value of an unexpected type counts as absent.
fn identify<K: Kind>(json: &RawValue, error: String) -> Undecodable {
    let object = fields(json);
    let metadata = object.get("metadata").map(|metadata| fields(metadata)).unwrap_or_default();
    let other = |name, wanted: &str| text(&object, name).is_some_and(|found| found != wanted);
    let other_kind = other("kind", &K::kind(&())) || other("apiVersion", &K::api_version(&()));
    let name = text(&metadata, "name").filter(|name| !other_kind && !name.is_empty());
    Undecodable {
        key: name.map(|name| ObjectKey::new(text(&metadata, "namespace").as_deref(), &name)),
        uid: text(&metadata, "uid").filter(|_| !other_kind),
        resource_version: text(&metadata, "resourceVersion").filter(|_| !other_kind),
        error,
    }
}

fn fields(json: &RawValue) -> BTreeMap<Cow<'_, str>, &RawValue> {
    serde_json::from_str(json.get()).unwrap_or_default()
}

fn text(fields: &BTreeMap<Cow<'_, str>, &RawValue>, name: &str) -> Option<String> {
    serde_json::from_str(fields.get(name)?.get()).ok()
}

/// `items` has no default, because an answer without it is not a list (but a `Table` or a `Status`, say). A null is an
/// empty list: Go writes a nil slice that way.
#[derive(Deserialize)]
struct RawList<'a> {
    #[serde(borrow, deserialize_with = "Option::deserialize")]
    items: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    metadata: RawListMeta,
}

#[derive(Default, Deserialize)]
struct RawListMeta {
    #[serde(rename = "resourceVersion")]
    resource_version: Option<String>,
    #[serde(rename = "continue")]
    continue_token: Option<String>,
}
