//! The last changes of all collections together, for those who follow everything: controllers.
//!
//! In: changes, each with its revision. Out: those after a revision, unless some of them have been forgotten.

use std::collections::VecDeque;
use std::sync::Arc;

use super::TooOld;
use super::collection::Event;

/// How many changes are remembered, and about how many bytes of objects they may keep alive. Controllers run after every
/// request, so that few are ever needed.
const CAPACITY: usize = 4096;
const LIMIT: usize = 16 * 1024 * 1024;

/// A write to one of the collections.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) collection: Arc<str>,
    pub(crate) event: Arc<Event>,
}

#[derive(Debug, Default)]
pub(super) struct Log {
    changes: VecDeque<Change>,
    /// All changes after this revision are remembered.
    oldest: u64,
    weight: usize,
}

impl Log {
    pub(super) fn push(&mut self, change: Change) {
        self.weight += change.event.after.weight();
        self.changes.push_back(change);
        while self.changes.len() > CAPACITY || (self.weight > LIMIT && self.changes.len() > 1) {
            let Some(forgotten) = self.changes.pop_front() else { break };
            self.weight -= forgotten.event.after.weight();
            self.oldest = forgotten.event.revision;
        }
    }

    pub(super) fn after(&self, revision: u64, limit: usize) -> Result<Vec<Change>, TooOld> {
        if revision < self.oldest {
            return Err(TooOld { asked: revision, oldest: self.oldest });
        }
        let start = self.changes.partition_point(|change| change.event.revision <= revision);
        Ok(self.changes.iter().skip(start).take(limit).cloned().collect())
    }
}
