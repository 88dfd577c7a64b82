//! The reflector and its outer loop: list, watch until that fails, wait, and start again.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::config::ReflectorConfig;
use crate::cached::Cached;
use crate::client;
use crate::decode::{List, Undecodable};
use crate::kind::Kind;
use crate::watch::{Event, ListWatch};

/// Receives what a reflector reads. Calls come one after the other, in the order of the resource versions.
pub trait Sink<K: Kind>: Send {
    /// All objects of the kind. Objects from earlier calls that are not among them are gone.
    fn replace(&mut self, list: List<Cached<K>>);

    /// The changes that have arrived since the last call. Those of objects without a readable name are left out.
    fn apply(&mut self, events: Vec<Event<K>>);
}

/// Why a reflector had to list again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A list or watch failed.
    #[error(transparent)]
    Client(#[from] client::Error),
    /// The server closed the watch within a second and without an event. It may not know the resource version any more.
    #[error("the watch ended within a second and without an event")]
    VeryShortWatch,
}

/// Lists and watches one kind, and passes everything to a sink, until it is stopped.
pub struct Reflector<K, S> {
    pub(super) list_watch: Arc<dyn ListWatch<K>>,
    pub(super) sink: S,
    pub(super) config: ReflectorConfig,
    pub(super) backoff: Backoff,
    /// The sink has all changes up to this version. Empty before the first list.
    pub(super) last_sync: String,
    /// Whether the server no longer has `last_sync`, or does not have it yet. The next list then asks for the newest
    /// data.
    pub(super) unavailable: bool,
    /// Whether the server has split a list from its cache into pages. That means that its cache is switched off.
    pub(super) always_paged: bool,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind, S: Sink<K>> Reflector<K, S> {
    /// A reflector that has not listed anything yet.
    pub fn new(list_watch: Arc<dyn ListWatch<K>>, sink: S, config: ReflectorConfig) -> Self {
        Self {
            list_watch,
            sink,
            backoff: Backoff::new(config.backoff.clone()),
            config,
            last_sync: String::new(),
            unavailable: false,
            always_paged: false,
            kind: PhantomData,
        }
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
            let Err(error) = self.list_and_watch().await;
            self.report(&error);
            let delay = self.delay(&error);
            sleep(delay).await;
        }
    }

    async fn list_and_watch(&mut self) -> Result<Infallible, Error> {
        let list = self.list().await?;
        tracing::debug!(
            kind = %K::kind(&()), objects = list.items.len(), resourceVersion = list.resource_version, "listed"
        );
        self.last_sync.clone_from(&list.resource_version);
        for undecodable in &list.undecodable {
            Self::warn_undecodable(undecodable);
        }
        self.sink.replace(list);
        self.watch().await
    }

    /// Logs a failure: an expired version is part of normal operation, everything else is a warning.
    fn report(&self, error: &Error) {
        let kind = K::kind(&());
        match error {
            Error::Client(error) if error.is_gone() => {
                tracing::debug!(%kind, resourceVersion = self.last_sync, %error, "the watch expired, listing again");
            }
            error => tracing::warn!(%kind, resourceVersion = self.last_sync, %error, "list and watch failed"),
        }
        if let Some(on_error) = &self.config.on_error {
            on_error(error);
        }
    }

    /// The next delay of the backoff, or the one that the server asked for if that is longer.
    pub(super) fn delay(&mut self, error: &Error) -> std::time::Duration {
        let asked = match error {
            Error::Client(error) => error.retry_after(),
            Error::VeryShortWatch => None,
        };
        self.backoff.failed().max(asked.unwrap_or_default())
    }

    pub(super) fn warn_undecodable(undecodable: &Undecodable) {
        tracing::warn!(
            kind = %K::kind(&()),
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
            .field("kind", &K::kind(&()))
            .field("last_sync", &self.last_sync)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
