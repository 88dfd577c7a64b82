//! The event handler that turns an informer's changes into keys in the queue.

use std::sync::Arc;

use super::deletions::Deletions;
use super::predicate::Predicate;
use crate::cached::Cached;
use crate::informer::EventHandler;
use crate::kind::{ObjectKey, StaticKind};
use crate::queue::WorkQueue;
use crate::store::Deleted;

/// Queues the keys of changed objects, and remembers deleted ones.
pub(super) struct Intake<K: StaticKind> {
    pub(super) queue: WorkQueue<ObjectKey>,
    pub(super) deletions: Arc<Deletions<K>>,
    pub(super) updates: Option<Predicate<K>>,
}

impl<K: StaticKind> EventHandler<K> for Intake<K> {
    async fn add(&mut self, object: &Cached<K>, _initial: bool) {
        if let Some(key) = object.key() {
            self.queue.add(key);
        }
    }

    async fn update(&mut self, old: &Cached<K>, new: &Cached<K>) {
        let Some(key) = new.key() else { return };
        if old.uid() != new.uid() {
            self.deletions.push(&key, old.clone());
        } else if self.updates.as_ref().is_some_and(|passes| !passes(old, new)) {
            return;
        }
        self.queue.add(key);
    }

    async fn delete(&mut self, last: &Deleted<K>) {
        let last = last.object();
        if let Some(key) = last.key() {
            self.deletions.push(&key, last.clone());
            self.queue.add(key);
        }
    }
}
