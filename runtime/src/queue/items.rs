//! The items that a queue knows, by number.

use std::hash::{BuildHasher, Hash};

use foldhash::quality::RandomState;
use tokio::time::Instant;

pub(super) use crate::numbered::Id;
use crate::numbered::Numbered;

/// Items by number and by value.
pub(super) struct Items<T> {
    items: Numbered<Known<T>>,
    hasher: RandomState,
}

/// What the queue knows of an item.
pub(super) struct Known<T> {
    pub(super) value: T,
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

impl<T: Eq + Hash> Items<T> {
    pub(super) fn new() -> Self {
        Self { items: Numbered::new(), hasher: RandomState::default() }
    }

    pub(super) fn find(&self, value: &T) -> Option<Id> {
        self.items.find(self.hasher.hash_one(value), |known| known.value == *value)
    }

    pub(super) fn get_mut(&mut self, id: Id) -> Option<&mut Known<T>> {
        self.items.get_mut(id)
    }

    /// Adds an item that is not known yet.
    pub(super) fn insert(&mut self, known: Known<T>) -> Id {
        let Self { items, hasher } = self;
        items.insert(known, |known| hasher.hash_one(&known.value))
    }

    /// Everything that is known.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Known<T>> {
        self.items.iter()
    }

    pub(super) fn forget(&mut self, id: Id) {
        let Self { items, hasher } = self;
        items.remove(id, |known| hasher.hash_one(&known.value));
    }
}
