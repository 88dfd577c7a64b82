//! Entries by number, found by a hash: what the tables of a cache and the items of a queue are kept in.
//!
//! An entry keeps its number for as long as it is there, so that others can refer to it in four bytes, and only whoever does
//! not know the number has to look for it.

use hashbrown::HashTable;

/// The number of an entry.
pub(crate) type Id = u32;

/// Entries by number. The numbers of removed entries are given out again.
///
/// Whoever calls it has the hashes: the same for the same entry, always.
pub(crate) struct Numbered<T> {
    entries: Vec<Option<T>>,
    free: Vec<Id>,
    by_hash: HashTable<Id>,
}

impl<T> Numbered<T> {
    pub(crate) fn new() -> Self {
        Self { entries: Vec::new(), free: Vec::new(), by_hash: HashTable::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.by_hash.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().flatten()
    }

    /// All entries, in the order of their numbers.
    pub(crate) fn into_entries(self) -> impl Iterator<Item = T> {
        self.entries.into_iter().flatten()
    }

    /// One more than the highest number that was ever given out.
    pub(crate) fn bound(&self) -> usize {
        self.entries.len()
    }

    /// Makes room for so many more entries.
    pub(crate) fn reserve(&mut self, more: usize, hash: impl Fn(&T) -> u64) {
        let Self { entries, free, by_hash } = self;
        entries.reserve(more.saturating_sub(free.len()));
        by_hash.reserve(more, |id| entries[*id as usize].as_ref().map_or(0, &hash));
    }

    pub(crate) fn get(&self, id: Id) -> Option<&T> {
        self.entries.get(id as usize)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, id: Id) -> Option<&mut T> {
        self.entries.get_mut(id as usize)?.as_mut()
    }

    /// The entry with this hash for which `is_it` holds.
    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(&T) -> bool) -> Option<Id> {
        self.by_hash.find(hash, |id| self.get(*id).is_some_and(&is_it)).copied()
    }

    /// Adds an entry that is not there yet. There is room for four thousand million.
    pub(crate) fn insert(&mut self, entry: T, hash: impl Fn(&T) -> u64) -> Id {
        let own_hash = hash(&entry);
        let id = if let Some(id) = self.free.pop() {
            self.entries[id as usize] = Some(entry);
            id
        } else {
            self.entries.push(Some(entry));
            Id::try_from(self.entries.len() - 1).unwrap_or(Id::MAX)
        };
        let entries = &self.entries;
        let rehash = |id: &Id| entries[*id as usize].as_ref().map_or(0, &hash);
        self.by_hash.insert_unique(own_hash, id, rehash);
        id
    }

    pub(crate) fn remove(&mut self, id: Id, hash: impl Fn(&T) -> u64) -> Option<T> {
        let entry = self.entries.get_mut(id as usize)?.take()?;
        if let Ok(found) = self.by_hash.find_entry(hash(&entry), |other| *other == id) {
            found.remove();
        }
        self.free.push(id);
        Some(entry)
    }
}

impl<T: Clone> Clone for Numbered<T> {
    fn clone(&self) -> Self {
        Self { entries: self.entries.clone(), free: self.free.clone(), by_hash: self.by_hash.clone() }
    }
}
