//! [`Context`], which holds what a reconciler works with.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::client::{Client, WriteLog};
use crate::events::{EventRecorder, EventType};
use crate::kind::{ApiResource, Kind, StaticKind};
use crate::lister::Lister;

/// The client, cache and event recorder of a controller, for one call of its reconciler.
///
/// What is written through it is known to be the controller's own: the key has its next turn when the caches show it, and
/// none on its account.
pub struct Context<K: Kind> {
    shared: Arc<Shared<K>>,
    /// Where the writes of this call are noted.
    log: Option<Arc<dyn WriteLog>>,
    client: OnceLock<Client<K>>,
}

/// What all calls have in common.
pub(super) struct Shared<K: Kind> {
    pub(super) client: Client<K>,
    pub(super) lister: Lister<K>,
    pub(super) recorder: EventRecorder,
}

impl<K: Kind> Context<K> {
    /// A context for calling a reconciler without a controller, in a test for example.
    pub fn new(client: Client<K>, lister: Lister<K>, recorder: EventRecorder) -> Self {
        Self { shared: Arc::new(Shared { client, lister, recorder }), log: None, client: OnceLock::new() }
    }

    /// The context of one call.
    pub(super) fn of_turn(shared: Arc<Shared<K>>, log: Arc<dyn WriteLog>) -> Self {
        Self { shared, log: Some(log), client: OnceLock::new() }
    }

    /// The client, for writes and for reads that must not come from the cache. Its field manager is the controller's name.
    pub fn client(&self) -> &Client<K> {
        self.client.get_or_init(|| self.logged(self.shared.client.clone()))
    }

    /// A client of another kind, with the same connection and field manager.
    pub fn client_of<W: StaticKind>(&self) -> Client<W> {
        self.logged(self.shared.client.of_kind(ApiResource::of::<W>()))
    }

    /// A client of another kind that is only known at run time.
    pub fn client_of_resource<W: Kind>(&self, resource: ApiResource) -> Client<W> {
        self.logged(self.shared.client.of_kind(resource))
    }

    /// The lister, which reads from the cache.
    pub fn lister(&self) -> &Lister<K> {
        &self.shared.lister
    }

    /// The event recorder, which can publish events about objects of any kind.
    pub fn recorder(&self) -> &EventRecorder {
        &self.shared.recorder
    }

    /// Publishes an event about `object`; see [`EventRecorder::publish`].
    pub fn publish(&self, object: &K, event_type: EventType, reason: &str, action: &str, note: &str)
    where
        K: StaticKind,
    {
        self.shared.recorder.publish(object, event_type, reason, action, note);
    }

    fn logged<W: Kind>(&self, client: Client<W>) -> Client<W> {
        match &self.log {
            Some(log) => client.logging(Arc::clone(log)),
            None => client,
        }
    }
}

impl<K: Kind> fmt::Debug for Context<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("client", &self.shared.client)
            .field("lister", &self.shared.lister)
            .finish_non_exhaustive()
    }
}
