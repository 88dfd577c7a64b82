//! The writing end of a store: applies lists and events, and says what changed.
//!
//! It is public so that a test can fill a store by hand for a lister.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use imbl::OrdMap;

use super::Store;
use super::change::{Change, Deleted};
use super::index::{IndexError, IndexFunction};
use super::snapshot::Snapshot;
use crate::client::{Kind, ObjectKey, Undecodable};

/// Writes a store. Writes exclude each other; a reader sees all of one or nothing.
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

    /// A reading handle.
    pub fn store(&self) -> Store<K> {
        Store { published: Arc::clone(&self.published) }
    }

    /// Replaces everything by a list of version `resource_version`, in one step.
    ///
    /// Returns the differences: first the objects that vanished, then the new and changed ones in list order. An object
    /// that is listed but cannot be decoded has not vanished: its last good state stays, unless that has another UID.
    /// Objects without a name are dropped.
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

    /// Applies several changes, which readers see all at once, and returns what they did, in order.
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
    /// Stores an object that was added or changed. Nothing is to be told if its version is the one already stored.
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

    /// Removes a deleted object. `last` is its final state, where that could be decoded; nothing is to be told of an
    /// object that never was in the store.
    pub fn remove(&mut self, key: &ObjectKey, last: Option<Arc<K>>, resource_version: &str) {
        let old = self.next.remove(key);
        self.next.set_resource_version(resource_version);
        self.changes.extend(old.map(|old| Change::Deleted(last.map_or(Deleted::LastKnown(old), Deleted::Final))));
    }

    /// Notes that an object has a state that cannot be decoded. Its last good state stays.
    pub fn insert_undecodable(&mut self, undecodable: Undecodable) {
        let Some(key) = undecodable.key.clone() else { return };
        self.next.set_resource_version(undecodable.resource_version.as_deref().unwrap_or_default());
        self.next.insert_undecodable(key, undecodable);
    }

    /// Notes that nothing changed up to this version.
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
    // Of a key that is listed twice only the later entry was stored.
    let stored = listed.iter().filter(|(key, object)| new.get(key).is_some_and(|kept| Arc::ptr_eq(kept, object)));
    let stored = stored.filter_map(|(key, object)| match old.get(key) {
        None => Some(Change::Added(Arc::clone(object))),
        Some(before) if same_version::<K>(before, object) => None,
        Some(before) => Some(Change::Updated { old: Arc::clone(before), new: Arc::clone(object) }),
    });
    vanished.chain(stored).collect()
}

/// An empty version says nothing, so objects without one always differ.
fn same_version<K: Kind>(old: &K, new: &K) -> bool {
    let (old, new) = (old.meta(), new.meta());
    new.resource_version.is_some() && old.resource_version == new.resource_version && old.uid == new.uid
}
