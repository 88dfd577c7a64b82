//! Who is to be told of changes. Everything here happens under the informer's lock, so that a handler that is added
//! sees each object either among the initial ones or as a change, and never both or neither.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::handler::Notification;
use crate::client::Kind;
use crate::store::{Change, Snapshot};

/// A backlog worth a warning, which is repeated whenever it has doubled.
const LONG_QUEUE: usize = 10_000;

/// The handlers of an informer, and how far it has come.
pub(super) struct Distribution<K> {
    pub(super) phase: Phase,
    /// The store has had its first list.
    pub(super) synced: bool,
    pub(super) listeners: Vec<Listener<K>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Created,
    Running,
    Stopped,
}

/// The informer's end of a handler's queue.
pub(super) struct Listener<K> {
    pub(super) id: u64,
    queue: mpsc::UnboundedSender<Notification<K>>,
    queued: Arc<AtomicUsize>,
    removed: CancellationToken,
    /// The length of the queue that is worth the next warning.
    warn_at: usize,
}

impl<K: Kind> Distribution<K> {
    pub(super) fn new() -> Self {
        Self { phase: Phase::Created, synced: false, listeners: Vec::new() }
    }

    /// Adds a handler, with all present objects as its initial ones.
    pub(super) fn add(&mut self, listener: Listener<K>, snapshot: &Snapshot<K>) {
        for object in snapshot.objects() {
            listener.send(Notification::Added { object: Arc::clone(object), initial: true });
        }
        if self.synced {
            listener.send(Notification::Synced);
        }
        self.listeners.push(listener);
    }

    /// Tells everyone of changes.
    pub(super) fn distribute(&mut self, changes: impl IntoIterator<Item = Change<K>>) {
        self.listeners.retain(|listener| !listener.removed.is_cancelled());
        for change in changes {
            for listener in &mut self.listeners {
                listener.warn_if_long();
                listener.send(match &change {
                    Change::Added(object) => Notification::Added { object: Arc::clone(object), initial: !self.synced },
                    Change::Updated { old, new } => {
                        Notification::Updated { old: Arc::clone(old), new: Arc::clone(new) }
                    }
                    Change::Deleted(last) => Notification::Deleted(last.clone()),
                });
            }
        }
    }

    /// Notes that the store has had its first list.
    pub(super) fn mark_synced(&mut self) {
        if !std::mem::replace(&mut self.synced, true) {
            for listener in &self.listeners {
                listener.send(Notification::Synced);
            }
        }
    }

    /// Gives one handler all present objects again.
    pub(super) fn resync(&mut self, id: u64, snapshot: &Snapshot<K>) {
        let Some(listener) = self.listeners.iter().find(|listener| listener.id == id) else { return };
        for object in snapshot.objects() {
            listener.send(Notification::Updated { old: Arc::clone(object), new: Arc::clone(object) });
        }
    }

    /// Ends all handlers, which drops what they have not been told yet.
    pub(super) fn stop(&mut self) {
        self.phase = Phase::Stopped;
        self.listeners.clear();
    }
}

impl<K> Drop for Listener<K> {
    fn drop(&mut self) {
        self.removed.cancel();
    }
}

impl<K: Kind> Listener<K> {
    pub(super) fn new(
        id: u64,
        queue: mpsc::UnboundedSender<Notification<K>>,
        queued: Arc<AtomicUsize>,
        removed: CancellationToken,
    ) -> Self {
        Self { id, queue, queued, removed, warn_at: LONG_QUEUE }
    }

    fn send(&self, notification: Notification<K>) {
        self.queued.fetch_add(1, Ordering::Relaxed);
        // The receiver is gone only when the handler was removed, and then nothing is to be told.
        let _ = self.queue.send(notification);
    }

    /// Checked when something changes, not while the first list is handed out: that is long in a large cluster.
    fn warn_if_long(&mut self) {
        let queued = self.queued.load(Ordering::Relaxed);
        if queued >= self.warn_at {
            tracing::warn!(kind = %K::kind(&()), handler = self.id, queued, "an event handler falls behind");
            self.warn_at = queued.saturating_mul(2);
        } else if queued < LONG_QUEUE / 2 {
            self.warn_at = LONG_QUEUE;
        }
    }
}
