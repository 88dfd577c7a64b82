//! The objects of a snapshot by number and by key.
//!
//! Every other table (namespaces, indexes) holds the numbers, four bytes each, and stays as it is when an object changes.

use std::hash::BuildHasher;

use foldhash::quality::RandomState;
use hashbrown::HashTable;

use crate::cached::Stored;
use crate::kind::{KeyRef, ObjectKey};

/// The number of an object: its place in [`Slots`] for as long as it exists.
pub(super) type Id = u32;

/// Objects by number. The numbers of removed objects are given out again.
pub(super) struct Slots<K> {
    objects: Vec<Option<Slot<K>>>,
    free: Vec<Id>,
    by_key: HashTable<Id>,
    hasher: RandomState,
}

struct Slot<K> {
    key: ObjectKey,
    object: Stored<K>,
}

impl<K> Clone for Slot<K> {
    fn clone(&self) -> Self {
        Self { key: self.key.clone(), object: self.object.clone() }
    }
}

impl<K> Slots<K> {
    pub(super) fn new() -> Self {
        Self { objects: Vec::new(), free: Vec::new(), by_key: HashTable::new(), hasher: RandomState::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }

    pub(super) fn find(&self, key: KeyRef<'_>) -> Option<Id> {
        self.by_key
            .find(self.hasher.hash_one(key), |id| self.key(*id).is_some_and(|found| found.as_key_ref() == key))
            .copied()
    }

    pub(super) fn object(&self, id: Id) -> Option<&Stored<K>> {
        Some(&self.objects.get(id as usize)?.as_ref()?.object)
    }

    pub(super) fn key(&self, id: Id) -> Option<&ObjectKey> {
        Some(&self.objects.get(id as usize)?.as_ref()?.key)
    }

    /// Replaces an object that exists, and returns the old one.
    pub(super) fn replace(&mut self, id: Id, object: Stored<K>) -> Option<Stored<K>> {
        let slot = self.objects.get_mut(id as usize)?.as_mut()?;
        Some(std::mem::replace(&mut slot.object, object))
    }

    /// Adds an object whose key is not there yet. There is room for four thousand million.
    pub(super) fn insert(&mut self, key: ObjectKey, object: Stored<K>) -> Id {
        let hash = self.hasher.hash_one(key.as_key_ref());
        let slot = Some(Slot { key, object });
        let id = if let Some(id) = self.free.pop() {
            self.objects[id as usize] = slot;
            id
        } else {
            self.objects.push(slot);
            Id::try_from(self.objects.len() - 1).unwrap_or(Id::MAX)
        };
        let (objects, hasher) = (&self.objects, &self.hasher);
        let rehash = |id: &Id| objects[*id as usize].as_ref().map_or(0, |slot| hasher.hash_one(slot.key.as_key_ref()));
        self.by_key.insert_unique(hash, id, rehash);
        id
    }

    /// Removes an object that no other table refers to any more.
    pub(super) fn remove(&mut self, id: Id) -> Option<Stored<K>> {
        let slot = self.objects.get_mut(id as usize)?.take()?;
        let hash = self.hasher.hash_one(slot.key.as_key_ref());
        if let Ok(entry) = self.by_key.find_entry(hash, |other| *other == id) {
            entry.remove();
        }
        self.free.push(id);
        Some(slot.object)
    }
}

impl<K> Clone for Slots<K> {
    fn clone(&self) -> Self {
        Self {
            objects: self.objects.clone(),
            free: self.free.clone(),
            by_key: self.by_key.clone(),
            hasher: self.hasher.clone(),
        }
    }
}

/// Numbers in the order of their objects' keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Sorted(Vec<Id>);

impl Sorted {
    pub(super) fn as_slice(&self) -> &[Id] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the number of an object that is in `slots`. Lists come in the order of their keys, so the end is tried first.
    pub(super) fn insert<K>(&mut self, id: Id, slots: &Slots<K>) {
        let key = slots.key(id);
        if self.0.last().is_none_or(|last| slots.key(*last) < key) {
            self.0.push(id);
        } else {
            let at = self.0.partition_point(|other| slots.key(*other) < key);
            self.0.insert(at, id);
        }
    }

    /// Removes the number of an object that is still in `slots`.
    pub(super) fn remove<K>(&mut self, id: Id, slots: &Slots<K>) {
        let key = slots.key(id);
        let at = self.0.partition_point(|other| slots.key(*other) < key);
        if self.0.get(at) == Some(&id) {
            self.0.remove(at);
            if self.0.len() * 4 < self.0.capacity() {
                self.0.shrink_to(self.0.len() * 2);
            }
        }
    }
}
