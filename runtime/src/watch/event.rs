//! The events of a watch. Each is decoded from one line of the answer.

use std::borrow::Cow;

use futures::stream::BoxStream;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::client::{Error, error_of};
use crate::decode::{ManagedFields, Undecodable, decode_object};
use crate::kind::Kind;

/// The events of one watch request, in the order of their resource versions.
pub type Watch<K> = BoxStream<'static, Result<Event<K>, Error>>;

/// One change, as the server reported it. For an object that cannot be decoded it holds what is known about it.
#[derive(Clone, Debug)]
pub enum Event<K> {
    /// The object was created, or now matches the selectors.
    Added(Result<K, Undecodable>),
    /// The object changed.
    Modified(Result<K, Undecodable>),
    /// The last state of an object that was deleted, or that no longer matches the selectors.
    Deleted(Result<K, Undecodable>),
    /// There were no other changes up to this resource version.
    Bookmark(String),
}

/// Decodes one line. An event of type `ERROR` becomes the error that it holds. A line that is not an event is an error
/// too.
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
