//! The last changes of all collections together, for those who follow everything: controllers.
//!
//! In: changes, each with its revision. Out: those after a revision, unless some of them have been forgotten.

use std::collections::VecDeque;
use std::sync::Arc;

use super::TooOld;
use super::collection::Event;
use super::object::Stored;

/// How many changes are remembered, and about how many bytes of objects they may keep alive. Controllers run after every
/// request, so that few are ever needed.
const CAPACITY: usize = 4096;
const LIMIT: usize = 16 * 1024 * 1024;

/// A write to one of the collections, in the hands of one who follows everything: what several look into is read once.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) collection: Arc<str>,
    pub(crate) event: Arc<Event>,
    /// The object before the write; `None` for a creation.
    pub(crate) before: Option<Stored>,
    /// The object after the write.
    pub(crate) after: Stored,
}

impl Change {
    fn read((collection, event): &(Arc<str>, Arc<Event>)) -> Self {
        let (collection, event) = (collection.clone(), event.clone());
        Self { collection, before: event.before(), after: event.after(), event }
    }
}

#[derive(Debug, Default)]
pub(super) struct Log {
    changes: VecDeque<(Arc<str>, Arc<Event>)>,
    /// All changes after this revision are remembered.
    oldest: u64,
    weight: usize,
}

impl Log {
    pub(super) fn push(&mut self, collection: Arc<str>, event: Arc<Event>) {
        self.weight += event.weight();
        self.changes.push_back((collection, event));
        while self.changes.len() > CAPACITY || (self.weight > LIMIT && self.changes.len() > 1) {
            let Some((_, forgotten)) = self.changes.pop_front() else { break };
            self.weight -= forgotten.weight();
            self.oldest = forgotten.revision;
        }
    }

    pub(super) fn after(&self, revision: u64, limit: usize) -> Result<Vec<Change>, TooOld> {
        if revision < self.oldest {
            return Err(TooOld { asked: revision, oldest: self.oldest });
        }
        let start = self.changes.partition_point(|(_, event)| event.revision <= revision);
        Ok(self.changes.iter().skip(start).take(limit).map(Change::read).collect())
    }
}
