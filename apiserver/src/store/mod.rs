//! The objects of every resource, their revisions, and a history of recent events.
//!
//! In: writes, each with the revision that it was computed from. Out: objects, snapshots at a revision, and the events
//! after a revision. One counter numbers all writes, as in etcd. Nothing here depends on HTTP, schemas or kinds: a
//! collection is a name, a key is `namespace/name` (or `name`), an object is a JSON value.

mod collection;
mod log;
mod object;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::watch;

use collection::Collection;
pub(crate) use collection::{Event, Snapshot};
pub(crate) use log::Change;
use log::Log;
pub(crate) use object::{Kept, Stored, weight};

/// How many events a collection remembers unless [`Store::with_history`] says otherwise.
const DEFAULT_HISTORY: usize = 10_000;
/// About how many bytes of objects the events of a collection may keep alive; older ones are forgotten.
const HISTORY_BYTES: usize = 128 * 1024 * 1024;

/// The storage of a [`crate::Server`]. It can outlive the server: a new server with the same store has the same objects
/// and resource versions, like a real server after a restart.
///
/// The lock inside is only held for short operations (cloning a map shares its nodes), and never across an await.
pub struct Store {
    state: Mutex<State>,
    history: usize,
}

#[derive(Default)]
struct State {
    revision: u64,
    /// Objects can be asked for as they were at this revision and later.
    compacted: u64,
    collections: BTreeMap<String, Collection>,
    log: Log,
}

/// Why a write was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WriteError {
    /// The key exists already, and the write wanted to create it.
    #[error("the key exists")]
    Exists,
    /// The object is gone, or has another revision than the one that the write was computed from. For a creation, this
    /// is said of the objects that it relies on.
    #[error("the object has been modified")]
    Modified,
}

/// The revision asked for is no longer remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too old resource version: {asked} ({oldest})")]
pub(crate) struct TooOld {
    /// The revision that was asked for.
    pub(crate) asked: u64,
    /// The oldest revision that can still be asked for.
    pub(crate) oldest: u64,
}

/// An object that a creation relies on, with the revision in which it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) collection: &'static str,
    pub(crate) key: String,
    pub(crate) revision: u64,
}

/// What to do with the object under a key.
#[derive(Debug)]
pub(crate) enum Write {
    /// Stores a new object; fails if the key exists.
    Create(Value),
    /// Replaces the object of this revision.
    Replace(u64, Value),
    /// Removes the object of this revision.
    Delete(u64),
}

impl Default for Store {
    fn default() -> Self {
        Self::with_history(DEFAULT_HISTORY)
    }
}

impl Store {
    /// An empty store that remembers this many events of each resource: at least one, and fewer than asked for if their
    /// objects take more than 128 MiB together. A watch that falls further behind is answered with `410 Gone`.
    pub fn with_history(events: usize) -> Self {
        Self { state: Mutex::default(), history: events.max(1) }
    }

    /// The newest revision: the resource version of lists made now.
    pub fn revision(&self) -> u64 {
        self.lock().revision
    }

    /// Forgets all events, as etcd's compaction does. Watches and continue tokens of earlier revisions are then
    /// answered with `410 Gone`.
    pub fn compact(&self) {
        let mut state = self.lock();
        let revision = state.revision;
        state.compacted = revision;
        for collection in state.collections.values_mut() {
            collection.compact(revision);
        }
    }

    /// Forgets how the objects were before a revision. Events stay: watches go on. Returns the newest revision, which is another one
    /// now: kube-apiserver writes to etcd that it compacts.
    pub(crate) fn forget_snapshots_before(&self, revision: u64) -> u64 {
        let mut state = self.lock();
        state.compacted = state.compacted.max(revision);
        state.revision += 1;
        state.revision
    }

    /// The object under a key.
    pub(crate) fn get(&self, collection: &str, key: &str) -> Option<Stored> {
        self.lock().collections.get(collection)?.get(key)
    }

    /// All objects of a collection now.
    pub(crate) fn snapshot(&self, collection: &str) -> Snapshot {
        let state = self.lock();
        let objects = state.collections.get(collection).map(Collection::objects).unwrap_or_default();
        Snapshot { objects, revision: state.revision }
    }

    /// All objects of a collection as they were at a revision that is not in the future.
    pub(crate) fn snapshot_at(&self, collection: &str, revision: u64) -> Result<Snapshot, TooOld> {
        let state = self.lock();
        if revision < state.compacted {
            return Err(TooOld { asked: revision, oldest: state.compacted });
        }
        match state.collections.get(collection) {
            Some(collection) => collection.at(revision),
            None => Ok(Snapshot { objects: imbl::OrdMap::new(), revision }),
        }
    }

    /// At most `limit` events of a collection that came after a revision, oldest first.
    pub(crate) fn events_after(
        &self,
        collection: &str,
        revision: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, TooOld> {
        self.lock().collections.get(collection).map_or_else(|| Ok(Vec::new()), |found| found.after(revision, limit))
    }

    /// The names of all collections.
    pub(crate) fn collections(&self) -> Vec<Arc<str>> {
        self.lock().collections.values().map(Collection::name).collect()
    }

    /// At most `limit` changes of all collections that came after a revision, oldest first.
    pub(crate) fn changes_after(&self, revision: u64, limit: usize) -> Result<Vec<Change>, TooOld> {
        let state = self.lock();
        if revision == state.revision { Ok(Vec::new()) } else { state.log.after(revision, limit) }
    }

    /// A channel that changes with every write to a collection. Its value is the newest revision.
    pub(crate) fn subscribe(&self, collection: &str) -> watch::Receiver<u64> {
        self.open(&mut self.lock(), collection).subscribe()
    }

    /// Creates a collection if it does not exist. Its history starts now: watches from earlier revisions are too old.
    pub(crate) fn ensure(&self, collection: &str) {
        self.open(&mut self.lock(), collection);
    }

    /// Makes one write. Returns the stored object; for a deletion the last state, with the revision of the deletion.
    pub(crate) fn write(&self, collection: &str, key: &str, write: Write) -> Result<Stored, WriteError> {
        self.write_locked(&mut self.lock(), collection, key, write)
    }

    fn write_locked(&self, state: &mut State, collection: &str, key: &str, write: Write) -> Result<Stored, WriteError> {
        let revision = state.revision + 1;
        let opened = self.open(state, collection);
        let (stored, event) = opened.write(key, write, revision)?;
        let name = opened.name();
        state.revision = revision;
        state.log.push(name, event);
        Ok(stored)
    }

    /// Creates an object, provided that the objects that it relies on still have the revisions in which they were seen.
    pub(crate) fn create(
        &self,
        collection: &str,
        key: &str,
        value: Value,
        relies_on: &[Seen],
    ) -> Result<Stored, WriteError> {
        let mut state = self.lock();
        let current = |seen: &Seen| state.collections.get(seen.collection)?.revision_of(&seen.key);
        if relies_on.iter().any(|seen| current(seen) != Some(seen.revision)) {
            return Err(WriteError::Modified);
        }
        self.write_locked(&mut state, collection, key, Write::Create(value))
    }

    /// How many objects a collection has.
    pub(crate) fn len(&self, collection: &str) -> usize {
        self.lock().collections.get(collection).map_or(0, Collection::len)
    }

    fn open<'a>(&self, state: &'a mut State, name: &str) -> &'a mut Collection {
        let start = state.revision;
        state
            .collections
            .entry(name.to_owned())
            .or_insert_with(|| Collection::new(name, start, self.history, HISTORY_BYTES))
    }

    /// Locks the state. It is usable even if a thread panicked while it held the lock, because every write is one step.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How much it holds, and not all objects.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        let objects: usize = state.collections.values().map(Collection::len).sum();
        f.debug_struct("Store").field("revision", &state.revision).field("objects", &objects).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
