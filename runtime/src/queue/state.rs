//! The state of a work queue, without the tasks that wait for it.
//!
//! client-go has a *dirty* and a *processing* set beside the queue. Here each item has one state instead, with the same
//! effect: no item is ever with two workers, and no change is forgotten.

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

/// The state of an item that the queue knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Queued,
    Processing,
    /// With a worker, and added again meanwhile: it will be queued when the worker is done.
    ProcessingAgain,
}

/// The answer to a worker that asks for an item.
pub(super) enum Next<T> {
    Item(T),
    ShutDown,
    /// There is no item yet. The next one is due at this time, if any is.
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

    /// Adds an item. Returns whether it was queued: then a worker must be woken.
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

    /// Adds an item at the time `due`. Returns whether it is now the one that is due first: then workers must be woken.
    pub(super) fn add_at(&mut self, item: T, due: Instant) -> bool {
        !self.shutting_down && self.delay.add(item, due)
    }

    /// Queues the items that are due. No worker needs to be woken, because those that wait sleep only until the first
    /// item is due.
    pub(super) fn promote(&mut self, now: Instant) {
        while let Some(item) = self.delay.pop_due(now) {
            self.add(item);
        }
    }

    /// Hands the oldest item to a worker.
    pub(super) fn take(&mut self) -> Next<T> {
        let Some(item) = self.queue.pop_front() else {
            // Items that were added again while a worker has them will be queued by `done`, so workers must stay for
            // them.
            let finished = self.shutting_down && self.again == 0;
            return if finished { Next::ShutDown } else { Next::Wait(self.delay.next_due()) };
        };
        if let Some(turn) = self.items.get_mut(&item) {
            *turn = Turn::Processing;
            self.processing += 1;
        }
        Next::Item(item)
    }

    /// Notes that a worker is done with an item. Returns whether it was queued again because it was added meanwhile.
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
