//! What an informer, its feed and its handlers share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::distribution::Distribution;
use crate::kind::Kind;
use crate::store::Writer;

/// The store and the handlers of an informer.
pub(super) struct State<K: Kind> {
    pub(super) writer: Writer<K>,
    /// Whether the store has had its first list.
    pub(super) synced: watch::Sender<bool>,
    distribution: Mutex<Distribution<K>>,
}

impl<K: Kind> State<K> {
    pub(super) fn new() -> Self {
        Self { writer: Writer::new(), synced: watch::Sender::new(false), distribution: Mutex::new(Distribution::new()) }
    }

    /// The handlers. Whoever writes to the store holds this lock until the changes are distributed.
    pub(super) fn lock(&self) -> MutexGuard<'_, Distribution<K>> {
        self.distribution.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all handlers, and wakes those who wait for the first list.
    pub(super) fn stop(&self) {
        self.lock().stop();
        // The value is the same, but those who wait now see the phase.
        self.synced.send_modify(|_| {});
    }
}
