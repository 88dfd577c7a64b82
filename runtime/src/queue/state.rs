//! What a work queue remembers, apart from who waits for it.
//!
//! client-go keeps a *dirty* and a *processing* set beside the queue; here each item has one state instead. The rule is
//! the same: no item is ever with two workers, and no change is forgotten.

use std::collections::VecDeque;
use std::collections::hash_map::{Entry, HashMap};
use std::hash::Hash;

use tokio::time::Instant;

use super::delay::Delay;

#[derive(Debug)]
pub(super) struct State<T> {
    queue: VecDeque<T>,
    items: HashMap<T, Turn>,
    /// How many items are with a worker, and how many of those were added again meanwhile.
    processing: usize,
    again: usize,
    delay: Delay<T>,
    shutting_down: bool,
}

/// Where an item is that is known to the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Queued,
    Processing,
    /// With a worker, and to be queued again when that is done.
    ProcessingAgain,
}

/// What a worker that asks for an item gets.
pub(super) enum Next<T> {
    Item(T),
    ShutDown,
    /// Nothing yet; look again at this moment, if there is one.
    Wait(Option<Instant>),
}

impl<T: Clone + Eq + Hash> State<T> {
    pub(super) fn new() -> Self {
        Self {
            queue: VecDeque::new(),
            items: HashMap::new(),
            processing: 0,
            again: 0,
            delay: Delay::new(),
            shutting_down: false,
        }
    }

    /// Marks an item as needing work. Returns whether it was queued, so that a worker is to be woken.
    pub(super) fn add(&mut self, item: T) -> bool {
        if self.shutting_down {
            return false;
        }
        match self.items.entry(item) {
            Entry::Vacant(entry) => {
                self.queue.push_back(entry.key().clone());
                entry.insert(Turn::Queued);
                return true;
            }
            Entry::Occupied(mut entry) if *entry.get() == Turn::Processing => {
                entry.insert(Turn::ProcessingAgain);
                self.again += 1;
            }
            Entry::Occupied(_) => {}
        }
        false
    }

    /// Has an item added at `due`. Returns whether it is now the next one that is due, so that workers look again.
    pub(super) fn add_at(&mut self, item: T, due: Instant) -> bool {
        !self.shutting_down && self.delay.add(item, due)
    }

    /// Queues what is due by now. No worker is to be woken: those that wait do so until the first item is due.
    pub(super) fn promote(&mut self, now: Instant) {
        while let Some(item) = self.delay.pop_due(now) {
            self.add(item);
        }
    }

    /// Hands the oldest item to a worker.
    pub(super) fn take(&mut self) -> Next<T> {
        let Some(item) = self.queue.pop_front() else {
            // Items that were added again come back by `done`, so workers stay for them.
            let finished = self.shutting_down && self.again == 0;
            return if finished { Next::ShutDown } else { Next::Wait(self.delay.next_due()) };
        };
        if let Some(turn) = self.items.get_mut(&item) {
            *turn = Turn::Processing;
            self.processing += 1;
        }
        Next::Item(item)
    }

    /// Takes an item back. Returns whether it was queued again, because it was added meanwhile.
    pub(super) fn done(&mut self, item: &T) -> bool {
        let Some(turn) = self.items.get_mut(item) else { return false };
        self.processing -= 1;
        if *turn == Turn::ProcessingAgain {
            *turn = Turn::Queued;
            self.again -= 1;
            self.queue.push_back(item.clone());
            return true;
        }
        self.items.remove(item);
        false
    }

    pub(super) fn shut_down(&mut self) {
        self.shutting_down = true;
        self.delay.clear();
    }

    pub(super) fn is_shutting_down(&self) -> bool {
        self.shutting_down
    }

    /// How many items are queued.
    pub(super) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// How many items are with a worker.
    pub(super) fn processing(&self) -> usize {
        self.processing
    }

    /// Whether no item is queued or with a worker.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.processing == 0
    }
}
