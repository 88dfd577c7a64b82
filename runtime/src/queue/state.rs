//! The state of a work queue: which items wait, which are with a worker, and who waits for one.
//!
//! client-go has a *dirty* and a *processing* set beside the queue. Here each item has one state instead, with the same
//! effect: no item is ever with two workers, and no change is forgotten.

use std::hash::Hash;
use std::task::Waker;

use foldhash::quality::RandomState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use tokio::time::Instant;

use super::classes::Classes;
use super::delay::Delay;
use super::waiters::{Ticket, Waiters};

pub(super) struct State<T> {
    classes: Classes<T>,
    items: HashMap<T, Known, RandomState>,
    /// How many items are queued, are with a worker, and of those were added again meanwhile.
    queued: usize,
    processing: usize,
    again: usize,
    delay: Delay<T>,
    waiters: Waiters,
    shutting_down: bool,
}

/// What the queue knows of an item.
#[derive(Clone, Copy, Debug)]
struct Known {
    turn: Turn,
    priority: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Queued,
    Processing,
    /// With a worker, and added again meanwhile: it will be queued when the worker is done.
    ProcessingAgain,
}

/// The answer to a worker that asks for an item.
pub(super) enum Next<T> {
    Item {
        value: T,
        priority: i32,
    },
    ShutDown,
    /// There is no item yet. The next one is due at this time, if any is.
    Wait(Option<Instant>),
}

/// Workers that have something to do now. To be woken once the lock is released.
pub(super) type Woken = Vec<Waker>;

impl<T: Clone + Eq + Hash> State<T> {
    pub(super) fn new() -> Self {
        Self {
            classes: Classes::new(),
            items: HashMap::default(),
            queued: 0,
            processing: 0,
            again: 0,
            delay: Delay::new(),
            waiters: Waiters::new(),
            shutting_down: false,
        }
    }

    /// Adds items.
    pub(super) fn add(&mut self, items: impl IntoIterator<Item = T>, priority: i32) -> Woken {
        let before = self.queued;
        for item in items {
            self.enter(item, priority);
        }
        self.waiters.take(self.queued - before)
    }

    /// Adds an item at the time `due`.
    pub(super) fn add_at(&mut self, item: T, due: Instant, priority: i32) -> Woken {
        let first = !self.shutting_down && self.delay.add(item, due, priority);
        if first { self.waiters.for_the_time() } else { Woken::new() }
    }

    /// Queues the items that are due.
    pub(super) fn promote(&mut self) -> Woken {
        if self.delay.is_empty() {
            return Woken::new();
        }
        let (now, before) = (Instant::now(), self.queued);
        while let Some((item, priority)) = self.delay.pop_due(now) {
            self.enter(item, priority);
        }
        self.waiters.take(self.queued - before)
    }

    /// Hands the next item to a worker.
    pub(super) fn take(&mut self) -> Next<T> {
        while let Some((value, class)) = self.classes.pop() {
            let Some(known) = self.items.get_mut(&value) else { continue };
            // Else it is the copy that the item has left in a lower class.
            if known.turn == Turn::Queued && known.priority == class {
                known.turn = Turn::Processing;
                self.queued -= 1;
                self.processing += 1;
                return Next::Item { value, priority: class };
            }
        }
        // Items that were added again while a worker has them will be queued by `done`, so workers must stay for them.
        let finished = self.shutting_down && self.again == 0;
        if finished { Next::ShutDown } else { Next::Wait(self.delay.next_due()) }
    }

    /// Notes that a worker is done with an item, which is queued again if it was added meanwhile. Returns also whether
    /// nobody is at work any more.
    pub(super) fn done(&mut self, item: &T) -> (Woken, bool) {
        let Some(known) = self.items.get_mut(item) else { return (Woken::new(), false) };
        self.processing -= 1;
        if known.turn == Turn::ProcessingAgain {
            known.turn = Turn::Queued;
            let priority = known.priority;
            self.again -= 1;
            self.queued += 1;
            self.classes.push(item.clone(), priority);
            return (self.waiters.take(1), false);
        }
        self.items.remove(item);
        // Workers may have stayed only because of this item.
        let woken = if self.shutting_down { self.waiters.all() } else { Woken::new() };
        (woken, self.processing == 0)
    }

    pub(super) fn shut_down(&mut self) -> Woken {
        self.shutting_down = true;
        self.delay.clear();
        self.waiters.all()
    }

    /// Lets a worker wait. `ticket` is the one that it waited with before.
    pub(super) fn wait(&mut self, ticket: Option<Ticket>, waker: &Waker) -> Ticket {
        self.waiters.wait(ticket, waker)
    }

    /// Whether this worker is the one that waits for the time of the next delayed item; the first that asks is.
    pub(super) fn keeps_time(&mut self, ticket: Ticket) -> bool {
        self.waiters.keeps_time(ticket)
    }

    /// Ends the waiting of a worker, which may have an item now. If it was woken and goes away without one, or if it kept
    /// the time, another takes its place.
    pub(super) fn leave(&mut self, ticket: Ticket, has_item: bool) -> Woken {
        let left = self.waiters.leave(ticket);
        let gives_up = left.was_woken && !has_item && self.queued > 0;
        let needed = gives_up || (left.kept_time && !self.delay.is_empty());
        if needed { self.waiters.take(1) } else { Woken::new() }
    }

    pub(super) fn is_shutting_down(&self) -> bool {
        self.shutting_down
    }

    /// How many items are queued.
    pub(super) fn queued(&self) -> usize {
        self.queued
    }

    /// How many items are with a worker.
    pub(super) fn processing(&self) -> usize {
        self.processing
    }

    fn enter(&mut self, item: T, priority: i32) {
        if self.shutting_down {
            return;
        }
        match self.items.entry(item) {
            Entry::Vacant(entry) => {
                self.classes.push(entry.key().clone(), priority);
                entry.insert(Known { turn: Turn::Queued, priority });
                self.queued += 1;
            }
            Entry::Occupied(mut entry) => {
                let raised = priority > entry.get().priority;
                match entry.get().turn {
                    Turn::Queued if raised => {
                        self.classes.push(entry.key().clone(), priority);
                        entry.get_mut().priority = priority;
                    }
                    Turn::Processing => {
                        *entry.get_mut() = Known { turn: Turn::ProcessingAgain, priority };
                        self.again += 1;
                    }
                    Turn::ProcessingAgain if raised => entry.get_mut().priority = priority,
                    Turn::Queued | Turn::ProcessingAgain => {}
                }
            }
        }
    }
}
