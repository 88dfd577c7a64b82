//! The events of a watch in the shape that the client asked for: one JSON value a line, or frames of protobuf.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::metadata_only;
use super::table::Table;
use crate::json;
use crate::protobuf;
use crate::request::accept::{Accept, Format, Shape};
use crate::resource::Resource;
use crate::status::Status;
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
    format: Format,
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
    pub(crate) fn new(accept: &Accept) -> Self {
        Self { format: accept.format, shape: accept.shape.clone(), columns_told: false }
    }

    /// The media type of the stream.
    pub(crate) fn content_type(&self) -> &'static str {
        match self.format {
            Format::Protobuf => "application/vnd.kubernetes.protobuf;stream=watch",
            Format::Json | Format::Yaml => "application/json",
        }
    }

    /// An event about a stored object. Its text is printed once for all watches.
    pub(crate) fn stored(&mut self, kind: Kind, resource: &Resource, stored: &Stored, now: Timestamp) -> Vec<u8> {
        if self.format == Format::Json && self.shape == Shape::Object && resource.is_current(stored) {
            line(kind.name(), stored.text())
        } else {
            let object = self.shaped(resource, &resource.read(stored), now);
            self.event(kind.name(), &object)
        }
    }

    /// The last event of a watch that cannot go on.
    pub(crate) fn error(&self, status: &Status) -> Vec<u8> {
        self.event("ERROR", &serde_json::to_value(status).unwrap_or_default())
    }

    fn event(&self, kind: &str, object: &Value) -> Vec<u8> {
        let frame = match self.format {
            Format::Protobuf => protobuf::frame(kind, object),
            Format::Json | Format::Yaml => None,
        };
        frame.unwrap_or_else(|| line(kind, &json::compact(object)))
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
            resource.strategy.fill_blank(&mut object);
        }
        let object = self.shaped(resource, &object, Timestamp::UNIX_EPOCH);
        self.event("BOOKMARK", &object)
    }

    fn shaped(&mut self, resource: &Resource, object: &Value, now: Timestamp) -> Value {
        match &self.shape {
            Shape::Object | Shape::Discovery => object.clone(),
            Shape::Partial(version) | Shape::PartialList(version) => metadata_only::of(resource, object, version),
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
