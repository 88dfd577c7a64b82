//! Watches for changes: one watch after the other, for as long as each can start where the last one ended.

use std::convert::Infallible;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};
use tracing::Instrument;

use super::{Error, Reflector, Sink};
use crate::client::{self, WatchOptions};
use crate::kind::Kind;
use crate::watch::{Event, Watch};

/// A watch that ends sooner than this and without an event counts as refused.
const SHORT: Duration = Duration::from_secs(1);
/// The most events that are applied together. More at once save work and cost memory.
const BATCH: usize = 256;
/// So often other tasks have a turn before a batch that is not full is applied. The connection is a task of its own, which
/// hands over one piece of the stream at a time, and a batch costs little more than a single event: it would wake the handlers
/// for each piece.
const TURNS: usize = 2;
/// The shortest timeout, whatever is configured (as in client-go, to spare the server), and below the longest.
const SHORTEST_TIMEOUT: Duration = Duration::from_mins(5);
const LONGEST_TIMEOUT: Duration = Duration::from_hours(24);
/// After this long without a failing watch, the time for retrying after internal errors starts again from zero.
const INTERNAL_ERRORS_QUIET: Duration = Duration::from_mins(1);

/// How one watch went.
struct Session {
    /// Whether the server accepted the request.
    opened: bool,
    began: Instant,
    lasted: Duration,
    events: usize,
    /// A watch from no version or `0` starts with the present objects in no particular order. Until the first event that is
    /// not an addition, versions say nothing about what has been seen.
    unordered: bool,
    /// `Ok` if the server closed the watch properly.
    end: Result<(), Error>,
}

/// The first and the last internal error of a series.
#[derive(Default)]
struct InternalErrors {
    first: Option<Instant>,
    last: Option<Instant>,
}

impl<K: Kind, S: Sink<K>> Reflector<K, S> {
    /// Watches until only a new list can help. After overload and lost connections it waits and watches again from the
    /// same version, because a list costs the server far more than a watch.
    ///
    /// The first watch may be `open` already.
    pub(super) async fn watch(&mut self, mut open: Option<Watch<K>>) -> Result<Infallible, Error> {
        let mut internal_errors = InternalErrors::default();
        let mut was_short = false;
        loop {
            let session = self.watch_once(open.take()).await;
            let error = match session.end {
                Ok(()) if session.events == 0 && session.lasted < SHORT => return Err(Error::VeryShortWatch),
                Ok(()) => {
                    // At once; but a proxy that cuts every answer must not make this a flood of requests.
                    if std::mem::replace(&mut was_short, session.lasted < SHORT) {
                        sleep(SHORT.saturating_sub(session.lasted)).await;
                    }
                    continue;
                }
                Err(Error::Client(error)) => error,
                Err(error) => {
                    self.unavailable = true;
                    return Err(error);
                }
            };
            if error.is_transport() && session.opened && session.lasted >= SHORT {
                tracing::debug!(kind = %self.list_watch.kind(), resourceVersion = self.last_sync, %error, "the watch was cut");
                continue;
            }
            let retry = error.is_too_many_requests()
                || error.is_transport()
                || (error.is_internal()
                    && internal_errors.another_within(self.config.internal_error_retry, session.began));
            if !retry {
                if error.is_gone() {
                    // A second time at the same version: a list not older than that would only bring it again.
                    self.unavailable |= self.expired == self.last_sync;
                    self.expired.clone_from(&self.last_sync);
                }
                return Err(error.into());
            }
            let error = error.into();
            self.report(&error);
            sleep(self.delay(&error)).await;
        }
    }

    async fn watch_once(&mut self, open: Option<Watch<K>>) -> Session {
        let began = Instant::now();
        let mut session =
            Session { opened: false, began, lasted: Duration::ZERO, events: 0, unordered: false, end: Ok(()) };
        let (kind, namespace) = (self.list_watch.kind(), self.list_watch.namespace());
        let span = tracing::info_span!("watch", kind, namespace, resourceVersion = self.last_sync);
        session.end = self.consume(open, &mut session).instrument(span).await;
        session.lasted = began.elapsed();
        if let Some(metrics) = &self.config.metrics {
            metrics.watched(session.events, session.lasted, session.events == 0 && session.lasted < SHORT);
        }
        session
    }

    async fn consume(&mut self, open: Option<Watch<K>>, session: &mut Session) -> Result<(), Error> {
        let options = self.watch_options();
        session.unordered = matches!(options.resource_version.as_str(), "" | "0");
        let mut events = match open {
            Some(events) => events,
            None => self.list_watch.watch(&options).await?,
        };
        session.opened = true;
        self.sink.contact();
        let mut next = tokio::select! {
            biased;
            first = events.next() => first,
            went_back = self.goes_back() => match went_back? {},
        };
        loop {
            let (batch, end) = self.gather(next, &mut events, session).await;
            if !batch.is_empty() {
                self.sink.contact();
                self.sink.apply(batch).await;
            }
            if let Some(end) = end {
                return end;
            }
            next = events.next().await;
        }
    }

    /// Takes in an event and those that have arrived already, up to a whole batch. Returns also how the watch ended, if it did.
    async fn gather(
        &mut self,
        first: Option<Result<Event<K>, client::Error>>,
        events: &mut Watch<K>,
        session: &mut Session,
    ) -> (Vec<Event<K>>, Option<Result<(), Error>>) {
        let (mut batch, mut next) = (Vec::new(), first);
        loop {
            match next {
                Some(Ok(event)) => {
                    session.events += 1;
                    session.unordered &= matches!(event, Event::Added(_));
                    if let Err(error) = self.check_bookmark(&event) {
                        return (batch, Some(Err(error)));
                    }
                    batch.extend(self.accept(event, session.unordered));
                }
                Some(Err(error)) => return (batch, Some(Err(error.into()))),
                None => return (batch, Some(Ok(()))),
            }
            if batch.len() >= BATCH {
                return (batch, None);
            }
            match at_hand(events).await {
                Some(more) => next = more,
                None => return (batch, None),
            }
        }
    }

    /// Moves on to the version of an event. Returns `None` for an event whose object has no readable name.
    fn accept(&mut self, event: Event<K>, unordered: bool) -> Option<Event<K>> {
        if let Some(undecodable) = event.undecodable() {
            self.warn_undecodable(undecodable);
            undecodable.key.as_ref()?;
        }
        if let Some(version) = event.resource_version().filter(|version| !unordered && !version.is_empty()) {
            version.clone_into(&mut self.last_sync);
        }
        Some(event.map(|object| self.sink.receive(object)))
    }

    pub(super) fn watch_options(&self) -> WatchOptions {
        let timeout = self.config.watch_timeout.clamp(SHORTEST_TIMEOUT, LONGEST_TIMEOUT);
        let timeout = timeout.mul_f64(rand::random_range(1.0..2.0));
        WatchOptions {
            label_selector: self.config.label_selector.clone(),
            field_selector: self.config.field_selector.clone(),
            shard_selector: self.selection.shard_selector.as_deref().map(str::to_owned),
            resource_version: self.last_sync.clone(),
            timeout,
            idle_timeout: timeout.saturating_add(self.config.idle_grace),
            bookmarks: true,
            initial_events: false,
            omit_managed_fields: !self.config.keep_managed_fields,
            form: self.config.form,
        }
    }
}

/// The next event, if it has arrived already. None means that there is none yet; the end of the watch is `Some(None)`.
async fn at_hand<K: Kind>(events: &mut Watch<K>) -> Option<Option<Result<Event<K>, client::Error>>> {
    for _ in 0..TURNS {
        let next = events.next().now_or_never();
        if next.is_some() {
            return next;
        }
        yield_now().await;
    }
    events.next().now_or_never()
}

impl InternalErrors {
    /// Notes an internal error of a watch that `began` then. Returns whether its series began less than `limit` ago. A
    /// series ends with a minute between an error and the next watch; how long the server took to fail does not count.
    fn another_within(&mut self, limit: Duration, began: Instant) -> bool {
        if self.last.is_none_or(|last| began.saturating_duration_since(last) >= INTERNAL_ERRORS_QUIET) {
            self.first = Some(began);
        }
        let now = Instant::now();
        self.last = Some(now);
        self.first.is_some_and(|first| now - first < limit)
    }
}
