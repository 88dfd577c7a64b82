//! [`Context`], which holds what a reconciler works with.

use std::fmt;

use crate::client::Client;
use crate::events::{EventRecorder, EventType};
use crate::kind::StaticKind;
use crate::lister::Lister;

/// The client, cache and event recorder of a controller.
pub struct Context<K: StaticKind> {
    pub(super) client: Client<K>,
    pub(super) lister: Lister<K>,
    pub(super) recorder: EventRecorder,
}

impl<K: StaticKind> Context<K> {
    /// A context for calling a reconciler without a controller, in a test for example.
    pub fn new(client: Client<K>, lister: Lister<K>, recorder: EventRecorder) -> Self {
        Self { client, lister, recorder }
    }

    /// The client, for writes and for reads that must not come from the cache.
    pub fn client(&self) -> &Client<K> {
        &self.client
    }

    /// The lister, which reads from the cache.
    pub fn lister(&self) -> &Lister<K> {
        &self.lister
    }

    /// The event recorder, which can publish events about objects of any kind.
    pub fn recorder(&self) -> &EventRecorder {
        &self.recorder
    }

    /// Publishes an event about `object`; see [`EventRecorder::publish`].
    pub fn publish(&self, object: &K, event_type: EventType, reason: &str, action: &str, note: &str) {
        self.recorder.publish(object, event_type, reason, action, note);
    }
}

impl<K: StaticKind> fmt::Debug for Context<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("client", &self.client).field("lister", &self.lister).finish_non_exhaustive()
    }
}
