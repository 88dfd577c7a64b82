//! Deleted objects for which [`deleted`](super::Reconciler::deleted) has not been called yet.

use std::collections::{BTreeMap, VecDeque};

use parking_lot::Mutex;

use crate::cached::Cached;
use crate::kind::{Kind, ObjectKey};

/// The last states of deleted objects by key, oldest first. A key can have several, because an object may be created
/// and deleted again before a worker comes to the key.
#[derive(Debug)]
pub(super) struct Deletions<K: Kind>(Mutex<BTreeMap<ObjectKey, VecDeque<Cached<K>>>>);

impl<K: Kind> Deletions<K> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    pub(super) fn push(&self, key: &ObjectKey, last: Cached<K>) {
        self.0.lock().entry(key.clone()).or_default().push_back(last);
    }

    pub(super) fn first(&self, key: &ObjectKey) -> Option<Cached<K>> {
        self.0.lock().get(key)?.front().cloned()
    }

    /// Removes the oldest state of a key, after it was cleaned up.
    pub(super) fn pop(&self, key: &ObjectKey) {
        let mut deletions = self.0.lock();
        let Some(waiting) = deletions.get_mut(key) else { return };
        waiting.pop_front();
        if waiting.is_empty() {
            deletions.remove(key);
        }
    }

    /// Forgets the keys that are `gone`.
    pub(super) fn forget(&self, gone: impl Fn(&ObjectKey) -> bool) {
        self.0.lock().retain(|key, _| !gone(key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Database, database};

    #[test]
    fn what_is_gone_is_forgotten_and_the_rest_waits_in_order() {
        let (deletions, key) = (Deletions::<Database>::new(), |name| ObjectKey::new(Some("ns"), name));
        for (name, version) in [("a", "1"), ("b", "2"), ("a", "3")] {
            deletions.push(&key(name), database(name, version).into());
        }
        let first = |name| deletions.first(&key(name)).map(|last| last.resource_version().unwrap().to_owned());
        deletions.forget(|gone| *gone == key("b"));
        assert_eq!((first("a").as_deref(), first("b")), (Some("1"), None));
        deletions.pop(&key("a"));
        assert_eq!(first("a").as_deref(), Some("3"));
        deletions.pop(&key("a"));
        deletions.pop(&key("a"));
        assert_eq!(first("a"), None);
    }
}
