//! Entries by number, found by a hash: what the tables of a cache and the items of a queue are kept in.
//!
//! An entry keeps its number for as long as it is there, so that others can refer to it in four bytes, and only whoever does
//! not know the number has to look for it. It keeps the hash of its key as well: the key lies elsewhere, and reading it again
//! when the table grows or the entry is removed would cost more than all the rest.

use std::hash::{BuildHasher, Hash};

use foldhash::quality::RandomState;
use hashbrown::HashTable;

/// The number of an entry.
pub(crate) type Id = u32;

/// Entries by number. The numbers of removed entries are given out again.
#[derive(Clone)]
pub(crate) struct Numbered<T> {
    entries: Vec<Option<Entry<T>>>,
    free: Vec<Id>,
    by_hash: HashTable<Id>,
    hasher: RandomState,
}

#[derive(Clone)]
struct Entry<T> {
    hash: u64,
    value: T,
}

impl<T> Numbered<T> {
    pub(crate) fn new() -> Self {
        Self { entries: Vec::new(), free: Vec::new(), by_hash: HashTable::new(), hasher: RandomState::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.by_hash.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().flatten().map(|entry| &entry.value)
    }

    /// All entries, in the order of their numbers.
    pub(crate) fn into_entries(self) -> impl Iterator<Item = T> {
        self.entries.into_iter().flatten().map(|entry| entry.value)
    }

    /// One more than the highest number that was ever given out.
    pub(crate) fn bound(&self) -> usize {
        self.entries.len()
    }

    /// Makes room for so many more entries.
    pub(crate) fn reserve(&mut self, more: usize) {
        let Self { entries, free, by_hash, .. } = self;
        entries.reserve(more.saturating_sub(free.len()));
        by_hash.reserve(more, |id| hash_of(entries, *id));
    }

    pub(crate) fn get(&self, id: Id) -> Option<&T> {
        self.entries.get(id as usize)?.as_ref().map(|entry| &entry.value)
    }

    pub(crate) fn get_mut(&mut self, id: Id) -> Option<&mut T> {
        self.entries.get_mut(id as usize)?.as_mut().map(|entry| &mut entry.value)
    }

    /// The hash of a key. Other tables have others.
    pub(crate) fn hash(&self, key: impl Hash) -> u64 {
        self.hasher.hash_one(key)
    }

    /// The entry whose key has this hash, and for which `is_it` holds.
    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(&T) -> bool) -> Option<Id> {
        let is_it = |entry: &Entry<T>| entry.hash == hash && is_it(&entry.value);
        self.by_hash.find(hash, |id| self.entries[*id as usize].as_ref().is_some_and(is_it)).copied()
    }

    /// Adds an entry that is not there yet, with the hash of its key. There is room for four thousand million.
    pub(crate) fn insert(&mut self, hash: u64, value: T) -> Id {
        let Self { entries, free, by_hash, .. } = self;
        let entry = Some(Entry { hash, value });
        let id = if let Some(id) = free.pop() {
            entries[id as usize] = entry;
            id
        } else {
            entries.push(entry);
            Id::try_from(entries.len() - 1).unwrap_or(Id::MAX)
        };
        by_hash.insert_unique(hash, id, |id| hash_of(entries, *id));
        id
    }

    pub(crate) fn remove(&mut self, id: Id) -> Option<T> {
        let Entry { hash, value } = self.entries.get_mut(id as usize)?.take()?;
        if let Ok(found) = self.by_hash.find_entry(hash, |other| *other == id) {
            found.remove();
        }
        self.free.push(id);
        Some(value)
    }
}

/// The hash of the key of an entry that is there.
fn hash_of<T>(entries: &[Option<Entry<T>>], id: Id) -> u64 {
    entries[id as usize].as_ref().map_or(0, |entry| entry.hash)
}
