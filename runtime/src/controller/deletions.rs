//! Objects that are gone and that the reconciler has not cleaned up after yet.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::client::ObjectKey;

/// The last states of deleted objects by key, oldest first: a name can be used again and again before a worker comes.
#[derive(Debug)]
pub(super) struct Deletions<K>(Mutex<BTreeMap<ObjectKey, VecDeque<Arc<K>>>>);

impl<K> Deletions<K> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    pub(super) fn push(&self, key: &ObjectKey, last: Arc<K>) {
        self.lock().entry(key.clone()).or_default().push_back(last);
    }

    pub(super) fn first(&self, key: &ObjectKey) -> Option<Arc<K>> {
        self.lock().get(key)?.front().cloned()
    }

    /// Forgets the first one, which was cleaned up after.
    pub(super) fn pop(&self, key: &ObjectKey) {
        let mut deletions = self.lock();
        let Some(waiting) = deletions.get_mut(key) else { return };
        waiting.pop_front();
        if waiting.is_empty() {
            deletions.remove(key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ObjectKey, VecDeque<Arc<K>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
