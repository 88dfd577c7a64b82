//! The objects of one resource in etcd's order (by the bytes of their keys), and a ring of the last events.
//!
//! In: writes with their revision. Out: the objects now or at an earlier revision, as a map that shares its nodes with
//! the original, and the events.

use std::collections::VecDeque;
use std::sync::Arc;

use imbl::OrdMap;
use serde_json::Value;
use tokio::sync::watch;

use super::{Kept, Stored, TooOld, Write, WriteError};

/// A collection's objects at one revision.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// By key.
    pub(super) objects: OrdMap<Arc<str>, Kept>,
    /// The revision.
    pub(crate) revision: u64,
}

impl Snapshot {
    /// All objects with their keys, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, Stored)> {
        self.objects.iter().map(|(key, kept)| (key, kept.read()))
    }

    /// All objects, in the order of their keys.
    pub(crate) fn values(&self) -> impl Iterator<Item = Stored> {
        self.objects.values().map(Kept::read)
    }

    /// The objects whose keys start with `prefix`, in order, beginning with the key `start`.
    pub(crate) fn under<'a>(
        &'a self,
        start: &str,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a Arc<str>, Stored)> + 'a {
        self.kept_under(start, prefix).map(|(key, kept)| (key, kept.read()))
    }

    /// How many objects that is.
    pub(crate) fn count_under(&self, start: &str, prefix: &str) -> usize {
        self.kept_under(start, prefix).count()
    }

    fn kept_under<'a>(&'a self, start: &str, prefix: &'a str) -> impl Iterator<Item = (&'a Arc<str>, &'a Kept)> + 'a {
        self.objects.range(Arc::<str>::from(start)..).take_while(move |(key, _)| key.starts_with(prefix))
    }
}

/// One write: the object before and after it.
#[derive(Debug)]
pub(crate) struct Event {
    /// The revision of the write.
    pub(crate) revision: u64,
    /// The key.
    pub(crate) key: Arc<str>,
    before: Option<Kept>,
    after: Kept,
    /// Whether the write was a deletion.
    pub(crate) deleted: bool,
}

impl Event {
    /// The object before the write; `None` for a creation.
    pub(crate) fn before(&self) -> Option<Stored> {
        self.before.as_ref().map(Kept::read)
    }

    /// The object after the write; for a deletion the last state, with the revision of the deletion.
    pub(crate) fn after(&self) -> Stored {
        self.after.read()
    }

    /// How many bytes of objects it keeps alive.
    pub(super) fn weight(&self) -> usize {
        self.after.weight()
    }
}

#[derive(Debug)]
pub(super) struct Collection {
    name: Arc<str>,
    objects: OrdMap<Arc<str>, Kept>,
    events: VecDeque<Arc<Event>>,
    /// All events after this revision are in `events`.
    oldest: u64,
    capacity: usize,
    /// The largest total weight of the objects in `events`, and the present one.
    limit: usize,
    weight: usize,
    newest: watch::Sender<u64>,
}

impl Collection {
    pub(super) fn new(name: &str, revision: u64, capacity: usize, limit: usize) -> Self {
        Self {
            name: name.into(),
            objects: OrdMap::new(),
            events: VecDeque::new(),
            oldest: revision,
            capacity,
            limit,
            weight: 0,
            newest: watch::Sender::new(revision),
        }
    }

    pub(super) fn name(&self) -> Arc<str> {
        self.name.clone()
    }

    pub(super) fn get(&self, key: &str) -> Option<Stored> {
        self.objects.get(key).map(Kept::read)
    }

    /// The revision of the object under a key.
    pub(super) fn revision_of(&self, key: &str) -> Option<u64> {
        self.objects.get(key).map(Kept::revision)
    }

    pub(super) fn objects(&self) -> OrdMap<Arc<str>, Kept> {
        self.objects.clone()
    }

    pub(super) fn len(&self) -> usize {
        self.objects.len()
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    pub(super) fn compact(&mut self, revision: u64) {
        self.events.clear();
        self.weight = 0;
        self.oldest = revision;
    }

    /// Makes a write. Returns what was stored, and the event.
    pub(super) fn write(&mut self, key: &str, write: Write, revision: u64) -> Result<(Stored, Arc<Event>), WriteError> {
        let before = self.objects.get(key).cloned();
        let (value, deleted) = admitted(before.as_ref(), write)?;
        let stored = Stored::new(value, revision);
        let (key, after) = (Arc::<str>::from(key), stored.kept());
        if deleted {
            self.objects.remove(&key);
        } else {
            self.objects.insert(key.clone(), after.clone());
        }
        let event = Arc::new(Event { revision, key, before, after, deleted });
        self.remember(event.clone());
        Ok((stored, event))
    }

    pub(super) fn after(&self, revision: u64, limit: usize) -> Result<Vec<Arc<Event>>, TooOld> {
        if revision < self.oldest {
            return Err(TooOld { asked: revision, oldest: self.oldest });
        }
        let start = self.events.partition_point(|event| event.revision <= revision);
        Ok(self.events.iter().skip(start).take(limit).cloned().collect())
    }

    /// The objects at an earlier revision: a copy of the map in which later events are undone.
    pub(super) fn at(&self, revision: u64) -> Result<Snapshot, TooOld> {
        if revision < self.oldest {
            return Err(TooOld { asked: revision, oldest: self.oldest });
        }
        let mut objects = self.objects.clone();
        for event in self.events.iter().rev().take_while(|event| event.revision > revision) {
            match &event.before {
                Some(before) => objects.insert(event.key.clone(), before.clone()),
                None => objects.remove(&event.key),
            };
        }
        Ok(Snapshot { objects, revision })
    }

    fn remember(&mut self, event: Arc<Event>) {
        let revision = event.revision;
        self.weight += event.weight();
        self.events.push_back(event);
        while self.events.len() > self.capacity || (self.weight > self.limit && self.events.len() > 1) {
            let Some(forgotten) = self.events.pop_front() else { break };
            self.weight -= forgotten.weight();
            self.oldest = forgotten.revision;
        }
        self.newest.send_replace(revision);
    }
}

/// The value that the write stores or deletes, and whether it deletes it. An error if the present object is not the one
/// that the write expects.
fn admitted(before: Option<&Kept>, write: Write) -> Result<(Value, bool), WriteError> {
    match (write, before) {
        (Write::Create(_), Some(_)) => Err(WriteError::Exists),
        (Write::Create(value), None) => Ok((value, false)),
        (Write::Replace(revision, value), Some(before)) if before.revision() == revision => Ok((value, false)),
        (Write::Delete(revision), Some(before)) if before.revision() == revision => {
            Ok((before.read().into_value(), true))
        }
        _ => Err(WriteError::Modified),
    }
}
