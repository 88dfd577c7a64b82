//! Lists all objects by a watch that begins with them (KEP-3157; `WatchList` in client-go).
//!
//! The server sends an addition for each object, and then a bookmark that says that these were all. The same watch goes on
//! with the changes. Nothing is passed on before the bookmark: until then the sink keeps what it has.

use std::time::Duration;

use futures::{FutureExt, StreamExt};
use tokio::time::{Instant, timeout};

use super::{Error, Reflector, Sink};
use crate::cached::Cached;
use crate::decode::{List, Undecodable};
use crate::kind::{KeyRef, Kind, ObjectKey};
use crate::numbered::Numbered;
use crate::watch::{Event, Watch};

/// After how long a silence a warning is logged, and how many such silences in a row are too many: servers that know what
/// was asked for send something, if only the bookmark.
const SILENCE: Duration = Duration::from_secs(10);
const MAX_SILENCES: u32 = 3;
/// How many broken streams in a row are too many. Something between here and the server may cut what a list gets through.
const MAX_BROKEN: u32 = 3;
/// How many objects are kept together.
const PART: usize = 512;

/// The objects that were sent so far. Of each key the last event counts.
struct Received<K: Kind> {
    /// Until the first change: a server that begins with all objects adds each of them once, and of two the store takes the
    /// later. From then on only what has no readable name, so that nothing can take its place. In parts, because nobody knows
    /// how many there will be, and a table that grows is copied again and again.
    added: Vec<Vec<Object<K>>>,
    /// The others from then on.
    latest: Option<Numbered<Object<K>>>,
}

/// What could not be decoded is boxed, because there is hardly any, and every object would need as much room.
type Object<K> = Result<Cached<K>, Box<Undecodable>>;

impl<K: Kind, S: Sink<K>> Reflector<K, S> {
    /// Passes on all objects. Returns the watch that sent them, or none if it could not: then a list must, this time, or from
    /// now on if the server does not know what was asked for.
    pub(super) async fn stream_list(&mut self) -> Result<Option<Watch<K>>, Error> {
        match self.try_stream_list().await {
            Ok(events) => {
                self.broken_streams = 0;
                Ok(Some(events))
            }
            Err(Error::Client(error)) if error.is_gone() || error.is_resource_version_too_large() => {
                // At once, but once: without a version there is nothing that could be too old or too new.
                if self.unavailable || self.last_sync.is_empty() {
                    return Err(error.into());
                }
                self.unavailable = true;
                self.try_stream_list().await.map(Some)
            }
            Err(Error::Client(error)) if error.is_too_many_requests() => Err(error.into()),
            Err(error) if is_broken(&error) && self.broken_streams + 1 < MAX_BROKEN => {
                self.broken_streams += 1;
                Err(error)
            }
            Err(error) => {
                tracing::debug!(kind = %self.list_watch.kind(), %error, "no list as a watch, listing instead");
                self.broken_streams = 0;
                self.streams = !is_unsupported(&error);
                Ok(None)
            }
        }
    }

    async fn try_stream_list(&mut self) -> Result<Watch<K>, Error> {
        let mut options = self.watch_options();
        options.initial_events = true;
        if self.unavailable {
            options.resource_version.clear();
        }
        let began = Instant::now();
        let mut events = self.list_watch.watch(&options).await?;
        let mut received = Received::new();
        let version = self.receive_all(&mut events, &mut received).await?;
        self.replace(received.into_list(version), began).await;
        Ok(events)
    }

    /// Receives objects up to the bookmark that ends them, and returns its version.
    async fn receive_all(&self, events: &mut Watch<K>, received: &mut Received<K>) -> Result<String, Error> {
        let started = Instant::now();
        let mut silences = 0;
        loop {
            // A timer is set only when there is something to wait for.
            let next = match events.next().now_or_never() {
                Some(next) => Ok(next),
                None => timeout(SILENCE, events.next()).await,
            };
            let Ok(next) = next else {
                let (kind, waited, objects) = (self.list_watch.kind(), started.elapsed(), received.len());
                tracing::warn!(%kind, ?waited, objects, "the first list has not ended yet");
                silences += 1;
                if silences == MAX_SILENCES {
                    return Err(Error::NoInitialEvents);
                }
                continue;
            };
            silences = 0;
            match next.ok_or(Error::InitialEventsCut)?? {
                Event::Bookmark { resource_version, ends_initial_events: true } => return Ok(resource_version),
                event => received.take(event.map(|object| self.sink.known(self.sink.receive(object)))),
            }
        }
    }
}

/// Whether the stream may succeed when it is asked for again: the server, or the way to it, was interrupted.
fn is_broken(error: &Error) -> bool {
    match error {
        Error::Client(error) => error.is_transport(),
        error => matches!(error, Error::InitialEventsCut),
    }
}

/// Whether the server will not send what was asked for the next time either.
fn is_unsupported(error: &Error) -> bool {
    match error {
        Error::Client(error) => error.is_invalid() || error.status().is_some_and(|status| status.code == 400),
        error => matches!(error, Error::NoInitialEvents),
    }
}

impl<K: Kind> Received<K> {
    fn new() -> Self {
        Self { added: Vec::new(), latest: None }
    }

    fn len(&self) -> usize {
        self.added.iter().map(Vec::len).sum::<usize>() + self.latest.as_ref().map_or(0, Numbered::len)
    }

    fn take(&mut self, event: Event<K>) {
        match event {
            Event::Added(object) if self.latest.is_none() => self.add(object.map_err(Box::new)),
            Event::Added(object) | Event::Modified(object) => self.change(object.map_err(Box::new), true),
            Event::Deleted(object) => self.change(object.map_err(Box::new), false),
            Event::Bookmark { .. } => {}
        }
    }

    fn add(&mut self, object: Object<K>) {
        match self.added.last_mut() {
            Some(part) if part.len() < PART => part.push(object),
            _ => {
                let mut part = Vec::with_capacity(PART);
                part.push(object);
                self.added.push(part);
            }
        }
    }

    fn change(&mut self, object: Object<K>, is_there: bool) {
        if self.latest.is_none() {
            for object in std::mem::take(&mut self.added).into_iter().flatten() {
                self.replace(object, true);
            }
        }
        self.replace(object, is_there);
    }

    /// Has an object take the place of what is known of its key, or of nothing if it is not there any more.
    fn replace(&mut self, object: Object<K>, is_there: bool) {
        let latest = self.latest.get_or_insert_with(Numbered::new);
        let Some(key) = key_of(&object) else {
            if is_there {
                self.add(object);
            }
            return;
        };
        let hash = latest.hash(key);
        if let Some(known) = latest.find(hash, |known| key_of(known) == Some(key)) {
            latest.remove(known);
        }
        if is_there {
            latest.insert(hash, object);
        }
    }

    fn into_list(self, resource_version: String) -> List<Cached<K>> {
        let mut list = List { resource_version, ..List::default() };
        list.items.reserve_exact(self.len());
        let latest = self.latest.into_iter().flat_map(Numbered::into_entries);
        for object in latest.chain(self.added.into_iter().flatten()) {
            match object {
                Ok(object) => list.items.push(object),
                Err(undecodable) => list.undecodable.push(*undecodable),
            }
        }
        list
    }
}

fn key_of<K: Kind>(object: &Object<K>) -> Option<KeyRef<'_>> {
    match object {
        Ok(object) => object.key_ref(),
        Err(undecodable) => undecodable.key.as_ref().map(ObjectKey::as_key_ref),
    }
}
