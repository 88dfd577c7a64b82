//! `GET ?watch=true`: a stream of events, one JSON value a line.
//!
//! In: a collection, a selector, and a revision to start from. Out: a body that waits for writes. It ends at its
//! timeout, when the server shuts down or disconnects it, and when the resource is no longer served. No events are
//! queued for it: each watch reads the store's history at its own pace, and one that is too slow for the history ends
//! with `410 Gone`.
//! Source: `k8s.io/apiserver/pkg/storage/cacher`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http::StatusCode;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use rand::RngExt;
use tokio::sync::watch;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

use super::Call;
use crate::request::accept::Format;
use crate::request::list_options::ListOptions;
use crate::request::query::parse_stored_version;
use crate::resource::Resource;
use crate::response::Reply;
use crate::response::watch_event::{Encoder, Kind};
use crate::selector::Selector;
use crate::state::State;
use crate::status::{Result, Status};
use crate::store::{Event, Snapshot, Stored};

/// How many events are read at a time.
const BATCH: usize = 256;
/// About how many bytes are printed at a time (the last object may exceed it). A client that stops reading costs no
/// more memory than that.
const CHUNK: usize = 64 * 1024;
/// How often a watch that wants bookmarks gets one.
const BOOKMARK_INTERVAL: Duration = Duration::from_mins(1);
/// How long before its end such a watch gets another one.
const BOOKMARK_BEFORE_END: Duration = Duration::from_secs(2);
/// A watch without a timeout in its query ends after a random time between this and its double.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(30);

/// Starts a watch.
pub(super) fn watch(call: &Call<'_>) -> Result<Reply> {
    if call.accept.format == Format::Yaml {
        return Err(Status::not_acceptable(
            "only the following media types are accepted: application/json;stream=watch, \
             application/vnd.kubernetes.protobuf;stream=watch",
        ));
    }
    let options = ListOptions::parse(&call.request.query, call.path.watch)?;
    let mut selector = call.selector(&options)?;
    if let Some(name) = &call.path.name {
        selector = selector.with_name(name);
    }
    let start = start(call, &options)?;
    let watch = Watch::new(call, &options, selector, start);
    let content_type = watch.encoder.content_type();
    let body = StreamBody::new(stream::unfold(watch, Watch::next)).boxed_unsync();
    let mut reply = Reply::new(StatusCode::OK, content_type, Bytes::new());
    reply.body = body;
    Ok(reply)
}

/// The objects that a watch sends first, and the revision after which its events start.
struct Start {
    initial: Option<Initial>,
    position: u64,
    /// Whether a bookmark is sent after the initial objects.
    marked: bool,
}

/// The objects that are still to be sent. They are those of a map that shares its nodes with the store's, so that watches which send
/// the same objects take no memory for them.
struct Initial {
    snapshot: Snapshot,
    next: Arc<str>,
}

fn start(call: &Call<'_>, options: &ListOptions) -> Result<Start> {
    let asked = parse_stored_version(&options.resource_version).map_err(Status::unclassified)?;
    let snapshot = call.state.store.snapshot(&call.resource.collection);
    let initial = match options.send_initial_events {
        Some(wanted) => wanted,
        None => asked == 0,
    };
    if !initial {
        let position = if asked == 0 { snapshot.revision } else { asked };
        return Ok(Start { initial: None, position, marked: false });
    }
    if asked > snapshot.revision {
        return Err(Status::too_large_resource_version(asked, snapshot.revision));
    }
    let position = snapshot.revision;
    let initial = Some(Initial { snapshot, next: call.prefix().into() });
    let marked = options.send_initial_events == Some(true) && options.bookmarks;
    Ok(Start { initial, position, marked })
}

/// A running watch.
struct Watch {
    state: Arc<State>,
    resource: Arc<Resource>,
    prefix: String,
    selector: Selector,
    encoder: Encoder,
    start: Start,
    bookmarks: bool,
    changed: watch::Receiver<u64>,
    cut: watch::Receiver<u64>,
    deadline: Instant,
    next_bookmark: Instant,
    /// Whether the body ends after the next piece.
    last: bool,
}

/// Why a watch woke up.
enum Wake {
    Changed,
    Bookmark,
    End,
}

/// When a watch gets its next bookmark (`nextBookmarkTime`).
fn next_bookmark(now: Instant, deadline: Instant) -> Instant {
    let regular = now + BOOKMARK_INTERVAL;
    match deadline.checked_sub(BOOKMARK_BEFORE_END) {
        Some(last) if last > now => regular.min(last),
        _ => regular,
    }
}

impl Watch {
    fn new(call: &Call<'_>, options: &ListOptions, selector: Selector, start: Start) -> Self {
        let timeout = match options.timeout.and_then(|seconds| u64::try_from(seconds).ok()) {
            Some(seconds) if seconds > 0 => Duration::from_secs(seconds),
            _ => DEFAULT_TIMEOUT.mul_f64(1.0 + rand::rng().random::<f64>()),
        };
        let now = Instant::now();
        let deadline = now.checked_add(timeout).unwrap_or(now + 2 * DEFAULT_TIMEOUT);
        Self {
            resource: call.resource.clone(),
            prefix: call.prefix(),
            selector,
            encoder: Encoder::new(&call.accept),
            start,
            bookmarks: options.bookmarks,
            changed: call.state.store.subscribe(&call.resource.collection),
            cut: call.state.cuts.subscribe(),
            deadline,
            next_bookmark: next_bookmark(now, deadline),
            last: false,
            state: call.state.clone(),
        }
    }

    /// The next piece of the body; `None` at the end.
    async fn next(mut self) -> Option<(std::result::Result<Frame<Bytes>, Infallible>, Self)> {
        loop {
            let starting = self.start.initial.is_some() || self.start.marked;
            let text = if starting { self.initial() } else { self.events() };
            if !text.is_empty() {
                return Some((Ok(Frame::data(Bytes::from(text))), self));
            }
            if starting {
                continue;
            }
            if self.last {
                return None;
            }
            match self.wait().await {
                // Requests that are there go first: what they write is sent in one piece then, and that is cheaper for both sides.
                Wake::Changed => yield_now().await,
                Wake::Bookmark => {
                    if let Some(text) = self.bookmark() {
                        return Some((Ok(Frame::data(Bytes::from(text))), self));
                    }
                }
                // Events from before the end are still sent.
                Wake::End => self.last = true,
            }
        }
    }

    /// A bookmark of the newest revision, of this collection or of others; none if there are events to be sent first.
    fn bookmark(&mut self) -> Option<Vec<u8>> {
        let newest = self.state.store.revision();
        let (collection, position) = (&self.resource.collection, self.start.position);
        if !self.state.store.events_after(collection, position, 1).is_ok_and(|events| events.is_empty()) {
            return None;
        }
        self.start.position = position.max(newest);
        self.next_bookmark = next_bookmark(Instant::now(), self.deadline);
        Some(self.encoder.bookmark(&self.resource, self.start.position, false))
    }

    async fn wait(&mut self) -> Wake {
        // If the collection has changed since the events were read, this returns at once.
        tokio::select! {
            biased;
            () = self.state.ending.cancelled() => Wake::End,
            _ = self.cut.changed() => Wake::End,
            () = self.resource.gone.cancelled() => Wake::End,
            () = sleep_until(self.deadline) => Wake::End,
            changed = self.changed.changed() => if changed.is_ok() { Wake::Changed } else { Wake::End },
            () = sleep_until(self.next_bookmark), if self.bookmarks => Wake::Bookmark,
        }
    }

    /// The next piece of the initial objects, and after the last one the bookmark.
    fn initial(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        if let Some(Initial { snapshot, next }) = self.start.initial.take() {
            let mut left = snapshot.under(&next, &self.prefix);
            let now = self.state.now();
            for (_, stored) in left.by_ref().take(BATCH) {
                if self.matches(&stored) {
                    text.extend(self.encoder.stored(Kind::Added, &self.resource, &stored, now));
                }
                if text.len() >= CHUNK {
                    break;
                }
            }
            let next = left.next().map(|(key, _)| key.clone());
            drop(left);
            self.start.initial = next.map(|next| Initial { snapshot, next });
        }
        if self.start.initial.is_none() && self.start.marked {
            self.start.marked = false;
            text.extend(self.encoder.bookmark(&self.resource, self.start.position, true));
        }
        text
    }

    /// The events after the position that this watch selects. Moves the position on.
    fn events(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        loop {
            self.changed.mark_unchanged();
            let events = match self.state.store.events_after(&self.resource.collection, self.start.position, BATCH) {
                Ok(events) => events,
                Err(too_old) => {
                    text.extend(self.encoder.error(&Status::expired(too_old.to_string())));
                    self.last = true;
                    self.start.position = u64::MAX;
                    return text;
                }
            };
            if events.is_empty() {
                return text;
            }
            for event in &events {
                self.start.position = event.revision;
                if event.key.starts_with(&self.prefix) {
                    text.extend(self.event(event));
                }
                if text.len() >= CHUNK {
                    break;
                }
            }
            if !text.is_empty() {
                return text;
            }
        }
    }

    /// One event as this watch sees it: an object that starts to match the selector is added, one that no longer
    /// matches is deleted.
    fn event(&mut self, event: &Event) -> Vec<u8> {
        let (before, after) = (event.before(), event.after());
        let was_seen = before.as_ref().is_some_and(|stored| self.matches(stored));
        let is_seen = !event.deleted && self.matches(&after);
        let now = self.state.now();
        match (was_seen, is_seen, before) {
            (false, true, _) => self.encoder.stored(Kind::Added, &self.resource, &after, now),
            (true, true, _) => self.encoder.stored(Kind::Modified, &self.resource, &after, now),
            (true, false, _) if event.deleted => self.encoder.stored(Kind::Deleted, &self.resource, &after, now),
            (true, false, Some(before)) => {
                let left = Stored::new(before.into_value(), event.revision);
                self.encoder.stored(Kind::Deleted, &self.resource, &left, now)
            }
            _ => Vec::new(),
        }
    }

    fn matches(&self, stored: &Stored) -> bool {
        self.selector.is_empty() || self.selector.matches(&self.resource.read(stored), &self.resource)
    }
}
