//! Follows the objects of one kind on the server: lists them once, watches for changes, and lists again when the watch
//! cannot go on.
//!
//! A [`Reflector`] reads from a [`ListWatch`] (usually a [`Client`](crate::client::Client)) and writes to a [`Sink`]:
//! first `replace` with all objects, then `apply` with the changes. It behaves like client-go's
//! `tools/cache/reflector.go`, with the same retries and delays: the objects come as the first events of the watch
//! (`sendInitialEvents`) where the server can do that, else as a list. Most programs use an
//! [`informer`](crate::informer), which is a reflector with a store and handlers; a sink of your own is for those that
//! keep no copy of the objects.
//!
//! ```
//! use std::sync::Arc;
//!
//! use crdgen_runtime::client::{Cached, Client, List};
//! use crdgen_runtime::reflector::{Reflector, ReflectorConfig, Sink};
//! use crdgen_runtime::watch::Event;
//! use k8s_openapi::api::core::v1::ConfigMap;
//! use tokio_util::sync::CancellationToken;
//!
//! struct Counter(usize);
//!
//! impl Sink<ConfigMap> for Counter {
//!     async fn replace(&mut self, list: List<Cached<ConfigMap>>) {
//!         self.0 = list.items.len() + list.undecodable.len();
//!     }
//!
//!     async fn apply(&mut self, events: Vec<Event<ConfigMap>>) {
//!         for event in events {
//!             match event {
//!                 Event::Added(_) => self.0 += 1,
//!                 Event::Deleted(_) => self.0 -= 1,
//!                 _ => {}
//!             }
//!         }
//!     }
//! }
//!
//! async fn count(config_maps: Client<ConfigMap>, stop: CancellationToken) {
//!     Reflector::new(Arc::new(config_maps), Counter(0), ReflectorConfig::default()).run(stop).await;
//! }
//! ```

mod backoff;
mod config;
mod error;
mod history;
mod listing;
mod selection;
mod sink;
mod streaming;
mod watching;

#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use self::selection::SETTLE;
use crate::cached::Cached;
use crate::decode::{List, Undecodable};
use crate::kind::Kind;
use crate::watch::ListWatch;
pub use backoff::{Backoff, BackoffConfig};
pub use config::{ErrorHandler, ReflectorConfig};
pub use error::Error;
pub(crate) use selection::{Following, Selection};
pub use sink::Sink;

/// Lists and watches one kind, and passes everything to a sink, until it is stopped.
pub struct Reflector<K: Kind, S> {
    list_watch: Arc<dyn ListWatch<K>>,
    sink: S,
    config: ReflectorConfig,
    backoff: Backoff,
    /// The sink has all changes up to this version. Empty before the first list.
    last_sync: String,
    /// Whether the server no longer has `last_sync`, or does not have it yet. The next list then asks for the newest
    /// data.
    unavailable: bool,
    /// The version from which the last watch could not go on because it had expired.
    expired: String,
    /// Whether the server has split a list from its cache into pages. That means that its cache is switched off.
    always_paged: bool,
    /// Whether to ask for the objects as the first events of the watch.
    streams: bool,
    /// How many such watches in a row broke off before they had sent all objects.
    broken_streams: u32,
    /// What part of the objects to ask for, if that can change, and the part that is asked for now.
    following: Option<Following>,
    selection: Selection,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind, S: Sink<K>> Reflector<K, S> {
    /// A reflector that has not listed anything yet.
    pub fn new(list_watch: Arc<dyn ListWatch<K>>, sink: S, config: ReflectorConfig) -> Self {
        Self {
            streams: config.stream_lists && list_watch.can_stream(),
            list_watch,
            sink,
            backoff: Backoff::new(config.backoff.clone()),
            config,
            last_sync: String::new(),
            unavailable: false,
            expired: String::new(),
            always_paged: false,
            broken_streams: 0,
            following: None,
            selection: Selection::default(),
            kind: PhantomData,
        }
    }

    /// Asks for the part of the objects that is wanted, and lists again whenever that is another one.
    pub(crate) fn following(self, following: Option<Following>) -> Self {
        Self { following, ..self }
    }

    /// Lists and watches until `stop` is cancelled, which ends any request or wait at once.
    pub async fn run(mut self, stop: CancellationToken) {
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            never = self.cycle() => match never {},
        }
    }

    async fn cycle(&mut self) -> Infallible {
        loop {
            let Some(following) = &self.following else { return self.follow().await };
            let (selection, changed) = following.now();
            self.selection = selection;
            tokio::select! {
                biased;
                () = changed => {}
                never = self.follow() => match never {},
            }
            tracing::debug!(kind = %self.list_watch.kind(), "another part of the objects is wanted, listing again");
            sleep(SETTLE).await;
        }
    }

    async fn follow(&mut self) -> Infallible {
        loop {
            let Err(error) = self.list_and_watch().await;
            self.report(&error);
            let delay = self.delay(&error);
            sleep(delay).await;
        }
    }

    async fn list_and_watch(&mut self) -> Result<Infallible, Error> {
        if self.streams
            && let Some(events) = self.stream_list().await?
        {
            return self.watch(Some(events)).await;
        }
        let began = Instant::now();
        let (kind, namespace) = (self.list_watch.kind(), self.list_watch.namespace());
        let span = tracing::info_span!("list", kind, namespace, resourceVersion = self.last_sync);
        let list = self.list().instrument(span).await?;
        self.replace(list, began).await;
        self.watch(None).await
    }

    /// Passes on all objects of a list that `began` then, and notes their version.
    async fn replace(&mut self, list: List<Cached<K>>, began: Instant) {
        if let Some(metrics) = &self.config.metrics {
            metrics.listed(list.items.len() + list.undecodable.len(), began.elapsed());
        }
        tracing::debug!(
            kind = %self.list_watch.kind(), objects = list.items.len(), resourceVersion = list.resource_version, "listed"
        );
        self.sink.contact();
        self.last_sync.clone_from(&list.resource_version);
        self.unavailable = false;
        for undecodable in &list.undecodable {
            self.warn_undecodable(undecodable);
        }
        self.sink.replace(list).await;
        if let Some(following) = &self.following {
            (following.listed)(self.selection.number);
        }
    }

    /// Reports a failure. A version that has expired is none, unless it has again and again: a server keeps a short history.
    fn report(&self, error: &Error) {
        let kind = self.list_watch.kind();
        if let Error::Client(error) = error
            && error.is_gone()
            && !self.unavailable
        {
            tracing::debug!(%kind, resourceVersion = self.last_sync, %error, "the version has expired, listing again");
            return;
        }
        tracing::warn!(%kind, resourceVersion = self.last_sync, %error, "list or watch failed");
        self.sink.failed(error);
        if let Some(on_error) = &self.config.on_error {
            on_error(error);
        }
    }

    /// The next delay of the backoff, or the one that the server asked for if that is longer.
    fn delay(&mut self, error: &Error) -> Duration {
        self.backoff.failed().max(error.retry_after().unwrap_or_default())
    }

    fn warn_undecodable(&self, undecodable: &Undecodable) {
        tracing::warn!(
            kind = %self.list_watch.kind(),
            key = undecodable.key.as_ref().map(tracing::field::display),
            resourceVersion = undecodable.resource_version,
            error = undecodable.error,
            "an object cannot be decoded"
        );
    }
}

impl<K: Kind, S> fmt::Debug for Reflector<K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reflector")
            .field("kind", &self.list_watch.kind())
            .field("last_sync", &self.last_sync)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
