//! The events of a watch. Each is decoded from one line of the answer.

use std::borrow::Cow;
use std::collections::BTreeMap;

use futures::stream::BoxStream;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::cached::{CacheDecoder, Cached};
use crate::client::{Error, error_of};
use crate::decode::Undecodable;
use crate::kind::Kind;

/// The annotation of the bookmark after the initial events. Its value is "true".
const INITIAL_EVENTS_END: &str = "k8s.io/initial-events-end";

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
    Bookmark {
        /// The version.
        resource_version: String,
        /// Whether this ends the events for the objects that existed when the watch began
        /// ([`initial_events`](crate::client::WatchOptions::initial_events)).
        ends_initial_events: bool,
    },
}

impl<K: Kind> Event<K> {
    /// The resource version that the object, or the bookmark, has.
    pub fn resource_version(&self) -> Option<&str> {
        match self {
            Self::Added(object) | Self::Modified(object) | Self::Deleted(object) => match object {
                Ok(object) => object.resource_version(),
                Err(undecodable) => undecodable.resource_version.as_deref(),
            },
            Self::Bookmark { resource_version, .. } => Some(resource_version),
        }
    }

    /// The same event with another object.
    pub(crate) fn map(self, change: impl FnOnce(Cached<K>) -> Cached<K>) -> Self {
        match self {
            Self::Added(object) => Self::Added(object.map(change)),
            Self::Modified(object) => Self::Modified(object.map(change)),
            Self::Deleted(object) => Self::Deleted(object.map(change)),
            bookmark @ Self::Bookmark { .. } => bookmark,
        }
    }

    /// What is known of an object that could not be decoded.
    pub fn undecodable(&self) -> Option<&Undecodable> {
        match self {
            Self::Added(object) | Self::Modified(object) | Self::Deleted(object) => object.as_ref().err(),
            Self::Bookmark { .. } => None,
        }
    }
}

/// Decodes one line. An event of type `ERROR` becomes the error that it holds. A line that is not an event is an error
/// too.
pub(super) fn decode_event<K: Kind>(line: &[u8], decoder: &CacheDecoder) -> Result<Event<K>, Error> {
    // As kube-apiserver writes events: the object is parsed once. What is written otherwise, or is odd, is parsed twice.
    let usual = usual_parts(line).and_then(|(kind, object)| {
        let object = decoder.decode(object).ok()?;
        of_object(kind, Ok(object))
    });
    match usual {
        Some(event) => Ok(event),
        None => decode_any_event(line, decoder),
    }
}

fn decode_any_event<K: Kind>(line: &[u8], decoder: &CacheDecoder) -> Result<Event<K>, Error> {
    let raw: RawEvent<'_> = serde_json::from_slice(line).map_err(malformed)?;
    let object = raw.object.get().as_bytes();
    match &*raw.kind {
        "BOOKMARK" => {
            let bookmark: Bookmark = serde_json::from_slice(object).map_err(malformed)?;
            let BookmarkMetadata { resource_version, annotations } = bookmark.metadata;
            let ends = annotations.unwrap_or_default().get(INITIAL_EVENTS_END).is_some_and(|value| value == "true");
            Ok(Event::Bookmark { resource_version, ends_initial_events: ends })
        }
        "ERROR" => Err(error_of(object, 0, &HeaderMap::new())),
        kind => of_object(kind, decoder.decode(object))
            .ok_or_else(|| malformed(serde::de::Error::custom(format_args!("unknown event type {kind:?}")))),
    }
}

/// The event of a type that has an object.
fn of_object<K: Kind>(kind: &str, object: Result<Cached<K>, Undecodable>) -> Option<Event<K>> {
    match kind {
        "ADDED" => Some(Event::Added(object)),
        "MODIFIED" => Some(Event::Modified(object)),
        "DELETED" => Some(Event::Deleted(object)),
        _ => None,
    }
}

/// The type and the object of `{"type":"…","object":…}`.
fn usual_parts(line: &[u8]) -> Option<(&'static str, &[u8])> {
    let rest = line.strip_prefix(b"{\"type\":\"")?;
    let after = |kind: &'static str| Some((kind, rest.strip_prefix(kind.as_bytes())?));
    let (kind, rest) = after("MODIFIED").or_else(|| after("ADDED")).or_else(|| after("DELETED"))?;
    Some((kind, rest.strip_prefix(b"\",\"object\":")?.trim_ascii_end().strip_suffix(b"}")?))
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
    annotations: Option<BTreeMap<String, String>>,
}
