//! The state of a work queue: which items wait, which are with a worker, and who waits for one.
//!
//! client-go has a *dirty* and a *processing* set beside the queue. Here each item has one state instead, with the same
//! effect: no item is ever with two workers, and no change is forgotten.

use std::hash::Hash;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::classes::Classes;
use super::delay::Delay;
use super::items::{Id, Items, Known, Turn};
use super::waiters::{Ticket, Waiters};
use crate::metrics::QueueMetrics;

pub(super) struct State<T> {
    /// The queued items by priority, each with the number of its place.
    classes: Classes<(Id, u64)>,
    items: Items<T>,
    /// How many places were given out.
    places: u64,
    /// How many items are queued, are with a worker, and of those were added again meanwhile.
    queued: usize,
    processing: usize,
    again: usize,
    delay: Delay<T>,
    waiters: Waiters,
    shutting_down: bool,
    metrics: Option<Arc<QueueMetrics>>,
}

/// The answer to a worker that asks for an item.
pub(super) enum Next<T> {
    Item {
        value: T,
        id: Id,
        priority: i32,
    },
    ShutDown,
    /// There is no item yet. The next one is due at this time, if any is.
    Wait(Option<Instant>),
}

/// What follows when a worker is done with an item.
pub(super) struct Done<T> {
    pub(super) woken: Woken,
    /// Nobody is at work any more.
    pub(super) is_idle: bool,
    /// What is no longer needed, to be dropped once the lock is released.
    _forgotten: Option<Known<T>>,
}

/// Workers that have something to do now. To be woken once the lock is released.
pub(super) type Woken = Vec<Waker>;

impl<T: Clone + Eq + Hash> State<T> {
    pub(super) fn new() -> Self {
        Self {
            classes: Classes::new(),
            items: Items::new(),
            places: 0,
            queued: 0,
            processing: 0,
            again: 0,
            delay: Delay::new(),
            waiters: Waiters::new(),
            shutting_down: false,
            metrics: None,
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
        while let Some(((id, place), priority)) = self.classes.pop() {
            let Some(known) = self.items.get_mut(id) else { continue };
            // Else it is a place that the item has left behind.
            if known.turn == Turn::Queued && known.place == place {
                known.turn = Turn::Processing;
                if let Some(metrics) = &self.metrics {
                    let waited = known.since.replace(Instant::now());
                    metrics.taken(waited.map(|since| since.elapsed()).unwrap_or_default());
                }
                self.queued -= 1;
                self.processing += 1;
                return Next::Item { value: known.value.clone(), id, priority };
            }
        }
        // Items that were added again while a worker has them will be queued by `done`, so workers must stay for them.
        let finished = self.shutting_down && self.again == 0;
        if finished { Next::ShutDown } else { Next::Wait(self.delay.next_due()) }
    }

    /// Notes that a worker is done with an item, which is queued again if it was added meanwhile.
    pub(super) fn done(&mut self, id: Id) -> Done<T> {
        let Some(known) = self.items.get_mut(id) else {
            return Done { woken: Woken::new(), is_idle: false, _forgotten: None };
        };
        self.processing -= 1;
        if let Some(metrics) = &self.metrics {
            let worked = known.since.replace(Instant::now());
            metrics.finished(worked.map(|since| since.elapsed()).unwrap_or_default());
        }
        if known.turn == Turn::ProcessingAgain {
            known.turn = Turn::Queued;
            self.places += 1;
            known.place = self.places;
            self.classes.push((id, known.place), known.priority);
            self.again -= 1;
            self.queued += 1;
            return Done { woken: self.waiters.take(1), is_idle: false, _forgotten: None };
        }
        let forgotten = self.items.forget(id);
        // Workers may have stayed only because of this item.
        let woken = if self.shutting_down { self.waiters.all() } else { Woken::new() };
        Done { woken, is_idle: self.processing == 0, _forgotten: forgotten }
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

    pub(super) fn set_metrics(&mut self, metrics: QueueMetrics) {
        self.metrics = Some(Arc::new(metrics));
    }

    /// Brings the gauges up to date.
    pub(super) fn refresh_metrics(&self) {
        let Some(metrics) = &self.metrics else { return };
        let mut depth: Vec<(i32, usize)> = self.classes.priorities().map(|priority| (priority, 0)).collect();
        let (mut unfinished, mut longest) = (Duration::ZERO, Duration::ZERO);
        for known in self.items.iter() {
            if known.turn != Turn::Queued {
                let worked = known.since.map(|since| since.elapsed()).unwrap_or_default();
                unfinished += worked;
                longest = longest.max(worked);
            } else if let Some((_, items)) = depth.iter_mut().find(|(priority, _)| *priority == known.priority) {
                *items += 1;
            }
        }
        metrics.refresh(&depth, unfinished, longest);
    }

    /// Notes that an item comes again after a failure.
    pub(super) fn retried(&self) {
        if let Some(metrics) = &self.metrics {
            metrics.retried();
        }
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
        let hash = self.items.hash(&item);
        let Some(id) = self.items.find(hash, &item) else {
            self.places += 1;
            let place = self.places;
            let since = self.metrics.as_ref().map(|metrics| {
                metrics.added();
                Instant::now()
            });
            let id = self.items.insert(hash, Known { value: item, turn: Turn::Queued, priority, place, since });
            self.classes.push((id, place), priority);
            self.queued += 1;
            return;
        };
        let Some(known) = self.items.get_mut(id) else { return };
        let is_raised = priority > known.priority;
        match known.turn {
            Turn::Queued if is_raised => {
                self.places += 1;
                (known.priority, known.place) = (priority, self.places);
                self.classes.push((id, known.place), priority);
            }
            Turn::Processing => {
                (known.turn, known.priority) = (Turn::ProcessingAgain, priority);
                self.again += 1;
                if let Some(metrics) = &self.metrics {
                    metrics.added();
                }
            }
            Turn::ProcessingAgain if is_raised => known.priority = priority,
            Turn::Queued | Turn::ProcessingAgain => {}
        }
    }
}
