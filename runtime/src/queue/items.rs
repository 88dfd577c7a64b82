//! The items that a queue knows, by number.

use std::hash::{BuildHasher, Hash};

use foldhash::quality::RandomState;
use tokio::time::Instant;

pub(super) use crate::numbered::Id;
use crate::numbered::Numbered;

/// Items by number and by value.
pub(super) struct Items<T> {
    items: Numbered<Known<T>>,
}

/// A value with its hash, so that no hash is computed while others wait for the lock.
pub(super) struct Hashed<T> {
    hash: u64,
    value: T,
}

/// What the queue knows of an item.
pub(super) struct Known<T> {
    pub(super) item: Hashed<T>,
    pub(super) turn: Turn,
    pub(super) priority: i32,
    /// The number of its place in the queue. An item whose priority was raised has left an older place behind.
    pub(super) place: u64,
    /// Since when it waits, or a worker has it. Kept for metrics only.
    pub(super) since: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Queued,
    Processing,
    /// With a worker, and added again meanwhile: it will be queued when the worker is done.
    ProcessingAgain,
}

impl<T: Hash> Hashed<T> {
    pub(super) fn new(hasher: &RandomState, value: T) -> Self {
        Self { hash: hasher.hash_one(&value), value }
    }
}

impl<T> Known<T> {
    pub(super) fn value(&self) -> &T {
        &self.item.value
    }
}

impl<T: Eq> Items<T> {
    pub(super) fn new() -> Self {
        Self { items: Numbered::new() }
    }

    pub(super) fn find(&self, item: &Hashed<T>) -> Option<Id> {
        self.items.find(item.hash, |known| known.item.value == item.value)
    }

    pub(super) fn get_mut(&mut self, id: Id) -> Option<&mut Known<T>> {
        self.items.get_mut(id)
    }

    /// Adds an item that is not known yet.
    pub(super) fn insert(&mut self, known: Known<T>) -> Id {
        self.items.insert(known, |known| known.item.hash)
    }

    /// Everything that is known.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Known<T>> {
        self.items.iter()
    }

    /// Removes an item, and returns it.
    pub(super) fn forget(&mut self, id: Id) -> Option<Known<T>> {
        self.items.remove(id, |known| known.item.hash)
    }
}
