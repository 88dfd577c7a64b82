//! The changes that wait for a handler.
//!
//! They wait as the batches in which they were made, which all handlers share. A handler that asked for it gets less if it
//! falls behind: from a number of waiting changes on, those of the same object become one, from the first old state to the
//! last new one. No object and no deletion is left out.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use foldhash::quality::RandomState;
use hashbrown::HashMap;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::kind::{Kind, ObjectKey};
use crate::store::Change;

/// The most merged changes that are handed out at once. The rest can still be merged.
const BATCH: usize = 256;

/// An entry in the queue of a handler.
pub(super) enum Notice<K: Kind> {
    /// Changes, which handlers may share.
    Changes { changes: Arc<Vec<Change<K>>>, initial: bool },
    /// All objects of the first list have been handed out before this.
    Synced,
}

/// The queue of a handler.
pub(super) struct Backlog<K: Kind> {
    state: Mutex<State<K>>,
    wake: Notify,
    /// From how many waiting changes on those of the same object are merged; none if they never are.
    merge_above: Option<usize>,
    /// The changes that were taken, and that the handler has not seen yet.
    in_hand: AtomicUsize,
}

struct State<K: Kind> {
    notices: VecDeque<Notice<K>>,
    merged: Merged<K>,
    /// The changes in `notices` and in `merged`.
    len: usize,
    is_closed: bool,
}

/// Changes in the order of the first one of each object. They come before whatever is in the notices.
struct Merged<K: Kind> {
    /// Each with whether it was there before the handler.
    changes: VecDeque<(Change<K>, bool)>,
    /// How many were taken from the front of `changes` so far.
    taken: usize,
    /// The number of the last change of each object.
    last: HashMap<ObjectKey, usize, RandomState>,
    /// Whether all objects of the first list are among these changes, or were handed out before.
    synced: bool,
}

impl<K: Kind> Backlog<K> {
    pub(super) fn new(merge_above: Option<usize>) -> Self {
        let merged = Merged { changes: VecDeque::new(), taken: 0, last: HashMap::default(), synced: false };
        let state = State { notices: VecDeque::new(), merged, len: 0, is_closed: false };
        Self { state: Mutex::new(state), wake: Notify::new(), merge_above, in_hand: AtomicUsize::new(0) }
    }

    /// Adds changes, or the notice that the first list is complete.
    pub(super) fn push(&self, notice: Notice<K>) {
        let mut state = self.state.lock();
        if state.is_closed {
            return;
        }
        if let Notice::Changes { changes, .. } = &notice {
            state.len += changes.len();
        }
        state.notices.push_back(notice);
        if self.merge_above.is_some_and(|limit| state.len > limit) {
            state.merge();
        }
        drop(state);
        self.wake.notify_one();
    }

    /// Takes what comes next. None once the backlog was closed. May be dropped while it waits.
    pub(super) async fn next(&self) -> Option<Notice<K>> {
        loop {
            {
                let mut state = self.state.lock();
                if state.is_closed {
                    return None;
                }
                if let Some(notice) = state.take() {
                    if let Notice::Changes { changes, .. } = &notice {
                        self.in_hand.fetch_add(changes.len(), Ordering::Relaxed);
                    }
                    return Some(notice);
                }
            }
            self.wake.notified().await;
        }
    }

    /// Notes that the handler sees the next change of those that were taken.
    pub(super) fn seen(&self) {
        self.in_hand.fetch_sub(1, Ordering::Relaxed);
    }

    /// How many changes wait.
    pub(super) fn len(&self) -> usize {
        self.state.lock().len + self.in_hand.load(Ordering::Relaxed)
    }

    /// Drops whatever waits. Nothing is added any more.
    pub(super) fn close(&self) {
        let mut state = self.state.lock();
        state.is_closed = true;
        let dropped = (std::mem::take(&mut state.notices), std::mem::take(&mut state.merged.changes));
        state.len = 0;
        drop(state);
        drop(dropped);
        self.wake.notify_one();
    }
}

impl<K: Kind> State<K> {
    fn take(&mut self) -> Option<Notice<K>> {
        let notice = self.merged.take().or_else(|| self.notices.pop_front())?;
        if let Notice::Changes { changes, .. } = &notice {
            self.len -= changes.len();
        }
        Some(notice)
    }

    /// Merges all that waits.
    fn merge(&mut self) {
        for notice in std::mem::take(&mut self.notices) {
            match notice {
                Notice::Synced => self.merged.synced = true,
                Notice::Changes { changes, initial } => {
                    for change in &*changes {
                        self.merged.add(change, initial);
                    }
                }
            }
        }
        self.len = self.merged.changes.len();
    }
}

impl<K: Kind> Merged<K> {
    fn add(&mut self, change: &Change<K>, initial: bool) {
        let Some(key) = change.object().key() else { return };
        if let Some(number) = self.last.get(&key)
            && let Some((waiting, _)) = number.checked_sub(self.taken).and_then(|at| self.changes.get_mut(at))
            && let Some(both) = both(waiting, change)
        {
            *waiting = both;
            return;
        }
        self.last.insert(key, self.taken + self.changes.len());
        self.changes.push_back((change.clone(), initial));
    }

    fn take(&mut self) -> Option<Notice<K>> {
        let Some((_, initial)) = self.changes.front() else {
            return std::mem::take(&mut self.synced).then_some(Notice::Synced);
        };
        let initial = *initial;
        let same = self.changes.iter().take(BATCH).take_while(|(_, is)| *is == initial).count();
        let changes: Vec<_> = self.changes.drain(..same).map(|(change, _)| change).collect();
        self.taken += same;
        if self.changes.is_empty() {
            self.last.clear();
        }
        Some(Notice::Changes { changes: Arc::new(changes), initial })
    }
}

/// What two changes of an object, one after the other, are together. None if both must be seen, because they are of two
/// objects of the same name, or of one that comes and goes.
fn both<K: Kind>(first: &Change<K>, second: &Change<K>) -> Option<Change<K>> {
    match (first, second) {
        (Change::Added(_), Change::Updated { old, new }) if old.uid() == new.uid() => Some(Change::Added(new.clone())),
        (Change::Updated { old, new: between }, _) if old.uid() != between.uid() => None,
        (Change::Updated { old, .. }, Change::Updated { new, .. }) => {
            Some(Change::Updated { old: old.clone(), new: new.clone() })
        }
        (Change::Updated { .. }, Change::Deleted(last)) => Some(Change::Deleted(last.clone())),
        _ => None,
    }
}
