//! What a reconciler works with.

use std::fmt;

use crate::client::{Client, Kind};
use crate::events::{EventRecorder, EventType};
use crate::lister::Lister;

/// The client, cache and event recorder of a controller.
pub struct Context<K> {
    pub(super) client: Client<K>,
    pub(super) lister: Lister<K>,
    pub(super) recorder: EventRecorder,
}

impl<K: Kind> Context<K> {
    /// A context, to call a reconciler without a controller.
    pub fn new(client: Client<K>, lister: Lister<K>, recorder: EventRecorder) -> Self {
        Self { client, lister, recorder }
    }

    /// Writes, and reads what must be fresh.
    pub fn client(&self) -> &Client<K> {
        &self.client
    }

    /// Reads from the cache.
    pub fn lister(&self) -> &Lister<K> {
        &self.lister
    }

    /// Publishes events about any object.
    pub fn recorder(&self) -> &EventRecorder {
        &self.recorder
    }

    /// Publishes an event about `object`; see [`EventRecorder::publish`].
    pub fn publish(&self, object: &K, event_type: EventType, reason: &str, action: &str, note: &str) {
        self.recorder.publish(object, event_type, reason, action, note);
    }
}

impl<K: Kind> fmt::Debug for Context<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("client", &self.client).field("lister", &self.lister).finish_non_exhaustive()
    }
}
