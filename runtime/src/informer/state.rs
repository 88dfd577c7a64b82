//! What an informer, its feed and its handlers share.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;

use super::distribution::Distribution;
use super::health::{Ended, Health};
use super::registration::Occasion;
use crate::kind::Kind;
use crate::metrics::Reading;
use crate::store::{Prepared, Writer};

/// The store and the handlers of an informer.
pub(super) struct State<K: Kind> {
    pub(super) writer: Writer<K>,
    pub(super) health: watch::Sender<Health>,
    distribution: Mutex<Distribution<K>>,
    /// Held by the source that writes: others wait without blocking their thread.
    pub(super) turn: Arc<tokio::sync::Mutex<()>>,
    /// The number of the selection that each source has listed last, if that can change.
    pub(super) listed: watch::Sender<Vec<u64>>,
}

impl<K: Kind> State<K> {
    pub(super) fn of_sources(count: usize) -> Self {
        Self {
            writer: Writer::new(),
            health: watch::Sender::new(Health::of_sources(count)),
            distribution: Mutex::new(Distribution::new()),
            turn: Arc::default(),
            listed: watch::Sender::new(vec![0; count]),
        }
    }

    /// Lets readers see a write and puts its changes into the queues of the handlers, as one step: a handler that is added
    /// meanwhile sees each object exactly once, among the present ones or as a change.
    pub(super) fn publish(
        &self,
        prepared: Prepared<'_, K>,
        occasion: Occasion,
        then: impl FnOnce(&mut Distribution<K>),
    ) {
        let mut distribution = self.lock();
        let (changes, published) = prepared.publish();
        distribution.distribute(changes, occasion);
        then(&mut distribution);
        drop(distribution);
        drop(published);
    }

    /// The handlers, and the phase that the informer is in.
    pub(super) fn lock(&self) -> MutexGuard<'_, Distribution<K>> {
        self.distribution.lock()
    }

    /// What is measured when somebody asks. Nothing after a stop; that an informer has failed stays to be seen.
    pub(super) fn reading(&self) -> Option<Reading> {
        let queued = self.lock().queued();
        let snapshot = self.writer.store().snapshot();
        let health = self.health.borrow();
        (health.ended != Some(Ended::Stopped)).then(|| Reading {
            queued,
            resource_version: snapshot.resource_version().to_owned(),
            objects: snapshot.len(),
            synced: health.synced,
            silence: health.last_contact.map(|contact| contact.elapsed()),
        })
    }

    /// Ends all handlers, and lets those who wait know how.
    pub(super) fn end(&self, how: Ended) {
        self.lock().stop();
        self.health.send_modify(|health| {
            health.synced &= how == Ended::Stopped;
            health.ended = Some(how);
        });
    }
}
