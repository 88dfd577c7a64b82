//! The items that a queue knows, by number.

use std::hash::Hash;

use tokio::time::Instant;

pub(super) use crate::numbered::Id;
use crate::numbered::Numbered;

/// Items by number and by value.
pub(super) struct Items<T>(Numbered<Known<T>>);

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
        Self(Numbered::new())
    }

    /// The hash of an item, which [`find`](Self::find) and [`insert`](Self::insert) want.
    pub(super) fn hash(&self, value: &T) -> u64 {
        self.0.hash(value)
    }

    pub(super) fn find(&self, hash: u64, value: &T) -> Option<Id> {
        self.0.find(hash, |known| known.value == *value)
    }

    pub(super) fn get_mut(&mut self, id: Id) -> Option<&mut Known<T>> {
        self.0.get_mut(id)
    }

    /// Adds an item that is not known yet.
    pub(super) fn insert(&mut self, hash: u64, known: Known<T>) -> Id {
        self.0.insert(hash, known)
    }

    /// Everything that is known.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Known<T>> {
        self.0.iter()
    }

    pub(super) fn forget(&mut self, id: Id) -> Option<Known<T>> {
        self.0.remove(id)
    }
}
