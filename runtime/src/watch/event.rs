//! The events of a watch. Each is decoded from one line of the answer.

use std::borrow::Cow;

use futures::stream::BoxStream;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::cached::{Cached, Form};
use crate::client::{Error, error_of};
use crate::decode::{ManagedFields, Undecodable, decode_cached};
use crate::kind::Kind;

/// The events of one watch request, in the order of their resource versions.
pub type Watch<K> = BoxStream<'static, Result<Event<K>, Error>>;

/// One change, as the server reported it. For an object that cannot be decoded it holds what is known about it.
#[derive(Clone, Debug)]
pub enum Event<K: Kind> {
    /// The object was created, or now matches the selectors.
    Added(Result<Cached<K>, Undecodable>),
    /// The object changed.
    Modified(Result<Cached<K>, Undecodable>),
    /// The last state of an object that was deleted, or that no longer matches the selectors.
    Deleted(Result<Cached<K>, Undecodable>),
    /// There were no other changes up to this resource version.
    Bookmark(String),
}

impl<K: Kind> Event<K> {
    /// The resource version that the object, or the bookmark, has.
    pub fn resource_version(&self) -> Option<&str> {
        match self {
            Self::Added(object) | Self::Modified(object) | Self::Deleted(object) => match object {
                Ok(object) => object.resource_version(),
                Err(undecodable) => undecodable.resource_version.as_deref(),
            },
            Self::Bookmark(version) => Some(version),
        }
    }

    /// What is known of an object that could not be decoded.
    pub fn undecodable(&self) -> Option<&Undecodable> {
        match self {
            Self::Added(object) | Self::Modified(object) | Self::Deleted(object) => object.as_ref().err(),
            Self::Bookmark(_) => None,
        }
    }
}

/// Decodes one line. An event of type `ERROR` becomes the error that it holds. A line that is not an event is an error
/// too.
pub(super) fn decode_event<K: Kind>(line: &[u8], managed_fields: ManagedFields, form: Form) -> Result<Event<K>, Error> {
    let raw: RawEvent<'_> = serde_json::from_slice(line).map_err(malformed)?;
    let object = |raw: &RawValue| decode_cached(raw, managed_fields, form);
    Ok(match &*raw.kind {
        "ADDED" => Event::Added(object(raw.object)),
        "MODIFIED" => Event::Modified(object(raw.object)),
        "DELETED" => Event::Deleted(object(raw.object)),
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
