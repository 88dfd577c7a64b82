//! What a work queue remembers, apart from who waits for it.
//!
//! An item is *dirty* while it needs work and *processing* while a worker has it; only a dirty item that nobody
//! processes is queued. client-go's three-set rule: no item is ever with two workers, and no change is forgotten.

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;

use tokio::time::Instant;

use super::delay::Delay;

#[derive(Debug)]
pub(super) struct State<T> {
    pub(super) queue: VecDeque<T>,
    pub(super) dirty: HashSet<T>,
    pub(super) processing: HashSet<T>,
    pub(super) delay: Delay<T>,
    pub(super) shutting_down: bool,
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
            dirty: HashSet::new(),
            processing: HashSet::new(),
            delay: Delay::new(),
            shutting_down: false,
        }
    }

    /// Marks an item as needing work. Returns whether it was queued, so that a worker is to be woken.
    pub(super) fn add(&mut self, item: T) -> bool {
        if self.shutting_down || !self.dirty.insert(item.clone()) || self.processing.contains(&item) {
            return false;
        }
        self.queue.push_back(item);
        true
    }

    /// Queues what is due by now. Returns how many items were queued.
    pub(super) fn promote(&mut self, now: Instant) -> usize {
        let mut promoted = 0;
        while let Some(item) = self.delay.pop_due(now) {
            promoted += usize::from(self.add(item));
        }
        promoted
    }

    /// Hands the oldest item to a worker.
    pub(super) fn take(&mut self) -> Next<T> {
        let Some(item) = self.queue.pop_front() else {
            // An item that is processed and dirty comes back by `done`, so workers stay for it.
            let finished = self.shutting_down && self.dirty.is_empty();
            return if finished { Next::ShutDown } else { Next::Wait(self.delay.next_due()) };
        };
        self.dirty.remove(&item);
        self.processing.insert(item.clone());
        Next::Item(item)
    }

    /// Takes an item back. Returns whether it was queued again, because it was added meanwhile.
    pub(super) fn done(&mut self, item: &T) -> bool {
        self.processing.remove(item);
        let again = self.dirty.contains(item);
        if again {
            self.queue.push_back(item.clone());
        }
        again
    }

    pub(super) fn shut_down(&mut self) {
        self.shutting_down = true;
        self.delay.clear();
    }
}
