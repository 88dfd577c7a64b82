//! The events of a watch, one JSON value a line, in the shape that the client asked for.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::metadata_only;
use super::table::Table;
use crate::json;
use crate::request::accept::Shape;
use crate::resource::Resource;
use crate::store::Stored;

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Added,
    Modified,
    Deleted,
}

/// Prints events. It has a state, because only the first Table of a watch has column definitions.
#[derive(Debug)]
pub(crate) struct Encoder {
    shape: Shape,
    columns_told: bool,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Added => "ADDED",
            Self::Modified => "MODIFIED",
            Self::Deleted => "DELETED",
        }
    }
}

impl Encoder {
    /// An encoder of one watch.
    pub(crate) fn new(shape: Shape) -> Self {
        Self { shape, columns_told: false }
    }

    /// An event about a stored object. Its text is printed once for all watches.
    pub(crate) fn stored(&mut self, kind: Kind, resource: &Resource, stored: &Stored, now: Timestamp) -> Vec<u8> {
        if self.shape == Shape::Object && resource.is_current(stored) {
            line(kind.name(), stored.text())
        } else {
            let object = self.shaped(resource, &resource.read(stored), now);
            line(kind.name(), &json::compact(&object))
        }
    }

    /// A bookmark, which has nothing but a resource version; `end` marks the end of the initial objects.
    pub(crate) fn bookmark(&mut self, resource: &Resource, revision: u64, end: bool) -> Vec<u8> {
        let mut object = json!({
            "kind": resource.kind,
            "apiVersion": resource.api_version(),
            "metadata": {"resourceVersion": revision.to_string()},
        });
        if end {
            object["metadata"]["annotations"] = json!({"k8s.io/initial-events-end": "true"});
        }
        if resource.custom.is_none()
            && let (Some(members), Value::Object(blank)) = (object.as_object_mut(), resource.strategy.blank(resource))
        {
            members.extend(
                blank.into_iter().filter(|(name, _)| !matches!(name.as_str(), "kind" | "apiVersion" | "metadata")),
            );
        }
        let object = self.shaped(resource, &object, Timestamp::UNIX_EPOCH);
        line("BOOKMARK", &json::compact(&object))
    }

    fn shaped(&mut self, resource: &Resource, object: &Value, now: Timestamp) -> Value {
        match &self.shape {
            Shape::Object | Shape::Discovery => object.clone(),
            Shape::Partial(version) | Shape::PartialList(version) => metadata_only::of(object, version),
            Shape::Table(version, rows) => {
                let mut table = Table::new(resource, version, *rows, now);
                table.push(object);
                let revision = object["metadata"]["resourceVersion"].as_str().unwrap_or_default();
                let mut table = table.finish(revision, "", None);
                if std::mem::replace(&mut self.columns_told, true) {
                    table["columnDefinitions"] = Value::Null;
                }
                table
            }
        }
    }
}

fn line(kind: &str, object: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(object.len() + 32);
    text.extend_from_slice(b"{\"type\":\"");
    text.extend_from_slice(kind.as_bytes());
    text.extend_from_slice(b"\",\"object\":");
    text.extend_from_slice(object);
    text.extend_from_slice(b"}\n");
    text
}
