//! The writing side of a store: applies lists and events, and returns what changed.
//!
//! It is public so that tests can fill the store of a lister by hand.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use imbl::OrdMap;

use super::Store;
use super::change::{Change, Deleted};
use super::index::{IndexError, IndexFunction};
use super::snapshot::Snapshot;
use crate::decode::Undecodable;
use crate::kind::{Kind, ObjectKey};

/// Writes to a store. Only one write runs at a time, and readers see either all of it or nothing.
#[derive(Debug)]
pub struct Writer<K> {
    published: Arc<ArcSwap<Snapshot<K>>>,
    writing: Mutex<()>,
}

impl<K: Kind> Writer<K> {
    /// An empty store.
    pub fn new() -> Self {
        Self { published: Arc::default(), writing: Mutex::new(()) }
    }

    /// A handle for reading the store.
    pub fn store(&self) -> Store<K> {
        Store { published: Arc::clone(&self.published) }
    }

    /// Replaces all objects by those of a list at version `resource_version`, in one step.
    ///
    /// Returns the differences: first the objects that disappeared, then the new and changed ones in the order of the
    /// list. An object that is listed but cannot be decoded has not disappeared: the last state that could be decoded
    /// stays, unless it has another UID. Objects without a name are dropped.
    pub fn replace(
        &self,
        objects: Vec<Arc<K>>,
        undecodable: Vec<Undecodable>,
        resource_version: &str,
    ) -> Vec<Change<K>> {
        self.write(|next| {
            let listed: Vec<_> =
                objects.into_iter().filter_map(|object| Some((ObjectKey::of(&*object)?, object))).collect();
            let mut objects: OrdMap<ObjectKey, _> = listed.iter().cloned().collect();
            let undecodable: OrdMap<ObjectKey, Undecodable> = undecodable
                .into_iter()
                .filter_map(|undecodable| Some((undecodable.key.clone()?, undecodable)))
                .collect();
            for (key, undecodable) in &undecodable {
                let same = |last: &&Arc<K>| undecodable.uid.is_none() || last.meta().uid == undecodable.uid;
                if let Some(last) = next.get(key).filter(same).filter(|_| !objects.contains_key(key)) {
                    objects.insert(key.clone(), Arc::clone(last));
                }
            }
            let old = next.replace(objects.clone(), undecodable);
            next.set_resource_version(resource_version);
            differences(&old, &objects, &listed)
        })
    }

    /// Makes several changes that readers see all at once. Returns the differences, in order.
    pub fn batch(&self, apply: impl FnOnce(&mut Batch<'_, K>)) -> Vec<Change<K>> {
        self.write(|next| {
            let mut batch = Batch { next, changes: Vec::new() };
            apply(&mut batch);
            batch.changes
        })
    }

    /// Adds an index over the present and all future objects.
    pub fn add_index(&self, name: &str, function: IndexFunction<K>) -> Result<(), IndexError> {
        self.write(|next| next.add_index(name, function))
    }

    /// Applies `change` to a copy of the latest snapshot and publishes it. The copy shares all it can with the original.
    fn write<T>(&self, change: impl FnOnce(&mut Snapshot<K>) -> T) -> T {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = Snapshot::clone(&self.published.load());
        let outcome = change(&mut next);
        self.published.store(Arc::new(next));
        outcome
    }
}

impl<K: Kind> Default for Writer<K> {
    fn default() -> Self {
        Self::new()
    }
}

/// Changes that are published together.
#[derive(Debug)]
pub struct Batch<'b, K> {
    next: &'b mut Snapshot<K>,
    changes: Vec<Change<K>>,
}

impl<K: Kind> Batch<'_, K> {
    /// Stores an object that was added or changed. This is not reported as a change if the store has that version
    /// already.
    pub fn insert(&mut self, object: Arc<K>) {
        let Some(key) = ObjectKey::of(&*object) else { return };
        let old = self.next.insert(&key, &object);
        self.next.set_resource_version(object.meta().resource_version.as_deref().unwrap_or_default());
        match old {
            None => self.changes.push(Change::Added(object)),
            Some(old) if same_version::<K>(&old, &object) => {}
            Some(old) => self.changes.push(Change::Updated { old, new: object }),
        }
    }

    /// Removes a deleted object. `last` is its final state, if that could be decoded. This is not reported as a change
    /// if the object was not in the store.
    pub fn remove(&mut self, key: &ObjectKey, last: Option<Arc<K>>, resource_version: &str) {
        let old = self.next.remove(key);
        self.next.set_resource_version(resource_version);
        self.changes.extend(old.map(|old| Change::Deleted(last.map_or(Deleted::LastKnown(old), Deleted::Final))));
    }

    /// Notes that the present state of an object cannot be decoded. The last state that could be decoded stays in the
    /// store.
    pub fn insert_undecodable(&mut self, undecodable: Undecodable) {
        let Some(key) = undecodable.key.clone() else { return };
        self.next.set_resource_version(undecodable.resource_version.as_deref().unwrap_or_default());
        self.next.insert_undecodable(key, undecodable);
    }

    /// Notes that there were no other changes up to this version.
    pub fn bookmark(&mut self, resource_version: &str) {
        self.next.set_resource_version(resource_version);
    }
}

fn differences<K: Kind>(
    old: &OrdMap<ObjectKey, Arc<K>>,
    new: &OrdMap<ObjectKey, Arc<K>>,
    listed: &[(ObjectKey, Arc<K>)],
) -> Vec<Change<K>> {
    let vanished = old.iter().filter(|(key, _)| !new.contains_key(*key));
    let vanished = vanished.map(|(_, last)| Change::Deleted(Deleted::LastKnown(Arc::clone(last))));
    // If the list has a key twice, only the later object was stored.
    let stored = listed.iter().filter(|(key, object)| new.get(key).is_some_and(|kept| Arc::ptr_eq(kept, object)));
    let stored = stored.filter_map(|(key, object)| match old.get(key) {
        None => Some(Change::Added(Arc::clone(object))),
        Some(before) if same_version::<K>(before, object) => None,
        Some(before) => Some(Change::Updated { old: Arc::clone(before), new: Arc::clone(object) }),
    });
    vanished.chain(stored).collect()
}

/// Whether two states of an object have the same version. Objects without a version always count as different.
fn same_version<K: Kind>(old: &K, new: &K) -> bool {
    let (old, new) = (old.meta(), new.meta());
    new.resource_version.is_some() && old.resource_version == new.resource_version && old.uid == new.uid
}
