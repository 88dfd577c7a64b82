//! The event handler that turns an informer's changes into keys in the queue.

use std::sync::Arc;

use super::deletions::Deletions;
use super::predicate::Predicate;
use crate::informer::EventHandler;
use crate::kind::{Kind, ObjectKey};
use crate::queue::WorkQueue;
use crate::store::Deleted;

/// Queues the keys of changed objects, and remembers deleted ones.
pub(super) struct Intake<K> {
    pub(super) queue: WorkQueue<ObjectKey>,
    pub(super) deletions: Arc<Deletions<K>>,
    pub(super) updates: Option<Predicate<K>>,
}

impl<K: Kind> EventHandler<K> for Intake<K> {
    async fn add(&mut self, object: Arc<K>, _initial: bool) {
        if let Some(key) = ObjectKey::of(&*object) {
            self.queue.add(key);
        }
    }

    async fn update(&mut self, old: Arc<K>, new: Arc<K>) {
        let Some(key) = ObjectKey::of(&*new) else { return };
        if old.meta().uid != new.meta().uid {
            self.deletions.push(&key, old);
        } else if self.updates.as_ref().is_some_and(|passes| !passes(&old, &new)) {
            return;
        }
        self.queue.add(key);
    }

    async fn delete(&mut self, last: Deleted<K>) {
        let last = Arc::clone(last.object());
        if let Some(key) = ObjectKey::of(&*last) {
            self.deletions.push(&key, last);
            self.queue.add(key);
        }
    }
}
