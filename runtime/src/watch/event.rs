//! The events of a watch, and their decoding from one line each.

use std::borrow::Cow;

use futures::stream::BoxStream;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::client::{Error, Kind, ManagedFields, Undecodable, decode_object, error_of};

/// The events of one watch request, in the order of their resource versions.
pub type Watch<K> = BoxStream<'static, Result<Event<K>, Error>>;

/// One change, as the server saw it. An object that cannot be decoded is given with what is known of it.
#[derive(Clone, Debug)]
pub enum Event<K> {
    /// The object came into being, or into the selection.
    Added(Result<K, Undecodable>),
    /// The object changed.
    Modified(Result<K, Undecodable>),
    /// The object was deleted, or left the selection; its last state.
    Deleted(Result<K, Undecodable>),
    /// Nothing changed up to this resource version.
    Bookmark(String),
}

/// Decodes one line. An `ERROR` event is the error that it holds; a line that is no event at all is one, too.
pub(super) fn decode_event<K: Kind>(line: &[u8], managed_fields: ManagedFields) -> Result<Event<K>, Error> {
    let raw: RawEvent<'_> = serde_json::from_slice(line).map_err(malformed)?;
    Ok(match &*raw.kind {
        "ADDED" => Event::Added(decode_object(raw.object, managed_fields)),
        "MODIFIED" => Event::Modified(decode_object(raw.object, managed_fields)),
        "DELETED" => Event::Deleted(decode_object(raw.object, managed_fields)),
        "BOOKMARK" => {
            let bookmark: Bookmark = serde_json::from_str(raw.object.get()).map_err(malformed)?;
            Event::Bookmark(bookmark.metadata.resource_version)
        }
        "ERROR" => return Err(error_of(raw.object.get().as_bytes(), 0, &HeaderMap::new())),
        other => return Err(malformed(serde::de::Error::custom(format_args!("unknown event type {other:?}")))),
    })
}

fn malformed(source: serde_json::Error) -> Error {
    Error::Decode { what: "a watch event".to_owned(), source }
}

#[derive(Deserialize)]
struct RawEvent<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    object: &'a RawValue,
}

#[derive(Deserialize)]
struct Bookmark {
    metadata: BookmarkMetadata,
}

#[derive(Deserialize)]
struct BookmarkMetadata {
    #[serde(rename = "resourceVersion")]
    resource_version: String,
}
