//! The answers to list requests: the objects, a Table of them, or their metadata.
//!
//! In: stored objects in order. Out: a [`Reply`]. Where clients read objects as they are stored, the stored texts are
//! joined and nothing is printed again.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::table::Table;
use super::{Reply, json, metadata_only};
use crate::request::accept::{Accept, Format, Shape};
use crate::resource::Resource;
use crate::status::{Result, Status};
use crate::store::Stored;

/// The items of a list, and its metadata.
#[derive(Debug, Default)]
pub(crate) struct List {
    pub(crate) items: Vec<Stored>,
    pub(crate) revision: u64,
    /// The token for the next page; empty on the last one.
    pub(crate) continue_token: String,
    /// How many items come after these, if that is known.
    pub(crate) remaining: Option<usize>,
    /// The shard that it is, if it is not the whole collection.
    pub(crate) shard: Option<String>,
}

impl List {
    /// The list in the client's format and shape.
    pub(crate) fn reply(&self, accept: &Accept, resource: &Resource, now: jiff::Timestamp) -> Result<Reply> {
        match &accept.shape {
            Shape::Object | Shape::Discovery if accept.format == Format::Json && !accept.pretty => {
                Ok(Reply::new(StatusCode::OK, "application/json", self.text(resource)))
            }
            Shape::Object | Shape::Discovery => Ok(Reply::value(accept, StatusCode::OK, &self.value(resource))),
            Shape::Partial(_) => Err(Status::not_acceptable(
                "you requested PartialObjectMetadata, but the requested object is a list (*unstructured.UnstructuredList)",
            )),
            Shape::PartialList(version) => {
                let items: Vec<Value> = self
                    .items
                    .iter()
                    .map(|stored| metadata_only::of(resource, &resource.read(stored), version))
                    .collect();
                let list = json!({
                    "kind": "PartialObjectMetadataList",
                    "apiVersion": format!("meta.k8s.io/{version}"),
                    "metadata": self.metadata(false),
                    // Go's list of metadata has none of its own until there is something in it.
                    "items": if items.is_empty() { Value::Null } else { Value::from(items) },
                });
                Ok(Reply::value(accept, StatusCode::OK, &list))
            }
            Shape::Table(version, rows) => {
                let mut table = Table::new(resource, version, *rows, now);
                for stored in &self.items {
                    table.push(&resource.read(stored));
                }
                let value = table.finish(&self.revision.to_string(), &self.continue_token, self.remaining);
                Ok(Reply::value(accept, StatusCode::OK, &value))
            }
        }
    }

    /// The metadata of the list. Lists of custom resources always have `continue`, even if it is empty.
    fn metadata(&self, always: bool) -> Value {
        let mut metadata = Map::new();
        if always || !self.continue_token.is_empty() {
            metadata.insert("continue".to_owned(), Value::from(self.continue_token.as_str()));
        }
        if let Some(remaining) = self.remaining {
            metadata.insert("remainingItemCount".to_owned(), Value::from(remaining));
        }
        metadata.insert("resourceVersion".to_owned(), Value::from(self.revision.to_string()));
        // Go's lists of custom resources cannot say it.
        if let Some(shard) = self.shard.as_ref().filter(|_| !always) {
            metadata.insert("shardInfo".to_owned(), json!({"selector": shard}));
        }
        Value::Object(metadata)
    }

    fn value(&self, resource: &Resource) -> Value {
        let items: Vec<Value> = self.items.iter().map(|stored| item(resource, stored)).collect();
        json!({
            "apiVersion": resource.api_version(),
            "items": items,
            "kind": resource.list_kind,
            "metadata": self.metadata(resource.custom.is_some()),
        })
    }

    fn text(&self, resource: &Resource) -> Vec<u8> {
        let mut text = Vec::with_capacity(256 + self.items.len() * 512);
        text.extend_from_slice(b"{\"apiVersion\":");
        text.extend(json::compact(&resource.api_version()));
        text.extend_from_slice(b",\"items\":[");
        for (index, stored) in self.items.iter().enumerate() {
            if index > 0 {
                text.push(b',');
            }
            if resource.custom.is_some() && resource.is_current(stored) {
                text.extend_from_slice(stored.text());
            } else {
                text.extend(json::compact(&item(resource, stored)));
            }
        }
        text.extend_from_slice(b"],\"kind\":");
        text.extend(json::compact(&resource.list_kind));
        text.extend_from_slice(b",\"metadata\":");
        text.extend(json::compact(&self.metadata(resource.custom.is_some())));
        text.extend_from_slice(b"}\n");
        text
    }
}

/// One item. In lists of built-in types the items have neither `apiVersion` nor `kind`.
fn item(resource: &Resource, stored: &Stored) -> Value {
    let mut object = resource.read(stored).into_owned();
    if resource.custom.is_none()
        && let Some(members) = object.as_object_mut()
    {
        members.remove("apiVersion");
        members.remove("kind");
    }
    object
}
