//! The source of a reflector's objects: a list, and a watch for changes after it.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::Stream;
use futures::future::BoxFuture;
use tokio::task::coop::poll_proceed;

use super::event::{Event, Watch, decode_event};
use super::line::Lines;
use crate::cached::{CacheDecoder, Cached};
use crate::client::{Client, Error, ListOptions, MAX_OBJECT, REQUEST_TIMEOUT, WatchOptions};
use crate::decode::List;
use crate::kind::Kind;

/// The idle timeout once a bookmark has arrived. kube-apiserver sends bookmarks about once a minute, even if nothing
/// changes, so a longer silence means that the server is stuck, or, on a connection that nobody else watches over (without
/// HTTP/2), that it is gone.
const BOOKMARK_SILENCE: Duration = Duration::from_mins(3);

/// So many bytes of events count as one of the 128 steps that tokio lets a task do before others have their turn. A turn
/// is then 1 MiB, which is some two milliseconds of decoding.
const STEP: usize = 8 * 1024;

/// What an event counts for at least, because it costs something whatever its size.
const SMALLEST: usize = 1024;

/// The events that a server sends. They end after the first error.
struct Events<K> {
    lines: Lines,
    decoder: CacheDecoder,
    /// The bytes that no step was counted for yet.
    uncounted: usize,
    ended: bool,
    kind: PhantomData<fn() -> K>,
}

/// A source of objects: the API server through a [`Client`], or a fake in a test.
///
/// Dropping a returned future or stream cancels the request.
pub trait ListWatch<K: Kind>: Send + Sync + 'static {
    /// The kind of the objects, for the log.
    fn kind(&self) -> &str;

    /// The namespace of the objects, if they are of one, for the log.
    fn namespace(&self) -> Option<&str> {
        None
    }

    /// One page of the objects that `options` select. Each is given to `receive` as it arrives, and the list has what that
    /// returns.
    fn list<'a>(
        &'a self,
        options: &'a ListOptions,
        receive: &'a Receive<'a, K>,
    ) -> BoxFuture<'a, Result<List<Cached<K>>, Error>>;

    /// The changes since `options.resource_version`. If the request is refused, the future returns the error; a later
    /// failure is an item of the stream.
    fn watch<'a>(&'a self, options: &'a WatchOptions) -> BoxFuture<'a, Result<Watch<K>, Error>>;

    /// Whether a watch can begin with all objects ([`WatchOptions::initial_events`]). A source that says so may refuse it
    /// all the same.
    fn can_stream(&self) -> bool {
        true
    }
}

/// Takes an object, and returns what takes its place.
pub type Receive<'a, K> = dyn Fn(Cached<K>) -> Cached<K> + Send + Sync + 'a;

impl<K: Kind> ListWatch<K> for Client<K> {
    fn kind(&self) -> &str {
        &self.resource().kind
    }

    fn namespace(&self) -> Option<&str> {
        self.own_namespace()
    }

    fn list<'a>(
        &'a self,
        options: &'a ListOptions,
        receive: &'a Receive<'a, K>,
    ) -> BoxFuture<'a, Result<List<Cached<K>>, Error>> {
        let decoder = self.cache_decoder(options.omit_managed_fields, options.form);
        Box::pin(self.list_with(options, move |item: &[u8]| decoder.decode(item).map(receive)))
    }

    fn watch<'a>(&'a self, options: &'a WatchOptions) -> BoxFuture<'a, Result<Watch<K>, Error>> {
        Box::pin(Client::watch(self, options))
    }
}

impl<K: Kind> Client<K> {
    /// Opens a watch. The stream ends after the first error.
    pub async fn watch(&self, options: &WatchOptions) -> Result<Watch<K>, Error> {
        let patience = options.idle_timeout.min(REQUEST_TIMEOUT);
        let response = self.open(self.watch_request(options)?, patience).await?;
        let lines = Lines::new(response.into_body(), MAX_OBJECT, options.idle_timeout);
        let decoder = self.cache_decoder(options.omit_managed_fields, options.form);
        Ok(Box::pin(Events { lines, decoder, uncounted: 0, ended: false, kind: PhantomData }))
    }
}

impl<K: Kind> Stream for Events<K> {
    type Item = Result<Event<K>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        // A server that sends without a pause must not keep the other tasks of this thread waiting.
        while this.uncounted >= STEP {
            ready!(poll_proceed(context)).made_progress();
            this.uncounted -= STEP;
        }
        let line = ready!(this.lines.poll_next(context));
        let event = line.and_then(|line| line.map(|line| this.decode(&line)).transpose());
        this.ended = !matches!(event, Ok(Some(_)));
        if matches!(event, Ok(Some(Event::Bookmark { .. }))) {
            this.lines.expect_within(BOOKMARK_SILENCE);
        }
        Poll::Ready(event.transpose())
    }
}

impl<K: Kind> Events<K> {
    fn decode(&mut self, line: &[u8]) -> Result<Event<K>, Error> {
        self.uncounted += line.len().max(SMALLEST);
        match decode_event(line, &self.decoder) {
            // The last line has no newline and ends in the middle of the JSON: the connection was cut.
            Err(Error::Decode { source, .. }) if self.lines.ended() && source.is_eof() => Err(Error::Truncated),
            event => event,
        }
    }
}
