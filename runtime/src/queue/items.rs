//! The items that a queue knows, by number.
//!
//! An item keeps its number for as long as the queue knows it, so that only adding it has to look for it.

use std::hash::{BuildHasher, Hash};

use foldhash::quality::RandomState;
use hashbrown::HashTable;
use tokio::time::Instant;

/// The number of an item.
pub(super) type Id = u32;

/// Items by number. The numbers of forgotten items are given out again.
pub(super) struct Items<T> {
    known: Vec<Option<Known<T>>>,
    free: Vec<Id>,
    by_value: HashTable<Id>,
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
        Self { known: Vec::new(), free: Vec::new(), by_value: HashTable::new(), hasher: RandomState::default() }
    }

    pub(super) fn find(&self, value: &T) -> Option<Id> {
        let is_same = |id: &Id| self.known[*id as usize].as_ref().is_some_and(|known| known.value == *value);
        self.by_value.find(self.hasher.hash_one(value), is_same).copied()
    }

    pub(super) fn get_mut(&mut self, id: Id) -> Option<&mut Known<T>> {
        self.known.get_mut(id as usize)?.as_mut()
    }

    /// Adds an item that is not known yet.
    pub(super) fn insert(&mut self, known: Known<T>) -> Id {
        let hash = self.hasher.hash_one(&known.value);
        let id = if let Some(id) = self.free.pop() {
            self.known[id as usize] = Some(known);
            id
        } else {
            self.known.push(Some(known));
            Id::try_from(self.known.len() - 1).unwrap_or(Id::MAX)
        };
        let (all, hasher) = (&self.known, &self.hasher);
        let rehash = |id: &Id| all[*id as usize].as_ref().map_or(0, |known| hasher.hash_one(&known.value));
        self.by_value.insert_unique(hash, id, rehash);
        id
    }

    /// Everything that is known.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Known<T>> {
        self.known.iter().flatten()
    }

    pub(super) fn forget(&mut self, id: Id) {
        let Some(known) = self.known.get_mut(id as usize).and_then(Option::take) else { return };
        if let Ok(entry) = self.by_value.find_entry(self.hasher.hash_one(&known.value), |other| *other == id) {
            entry.remove();
        }
        self.free.push(id);
    }
}
