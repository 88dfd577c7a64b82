//! Any course of calls: the queue does what a simple list would do.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::FutureExt;
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::time::{Instant, advance};

use crate::queue::{ExponentialRateLimiter, Item, WorkQueue};

/// What is known of an item.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// Its priority and its place, if it is queued.
    queued: Option<(i32, u64)>,
    is_busy: bool,
    /// Its priority, if it was added while a worker had it.
    again: Option<i32>,
    /// When it is due, and its priority and place then.
    later: Option<(Instant, i32, u64)>,
}

#[derive(Default)]
struct Model {
    items: BTreeMap<u32, Known>,
    places: u64,
}

impl Model {
    fn add(&mut self, item: u32, priority: i32) {
        self.places += 1;
        let place = self.places;
        let known = self.items.entry(item).or_default();
        if known.is_busy {
            known.again = known.again.max(Some(priority));
        } else if known.queued.is_none_or(|(present, _)| present < priority) {
            known.queued = Some((priority, place));
        }
    }

    fn add_later(&mut self, item: u32, due: Instant, priority: i32) {
        self.places += 1;
        let place = self.places;
        let later = &mut self.items.entry(item).or_default().later;
        *later = Some(match *later {
            Some((known, before, place)) if known <= due => (known, before.max(priority), place),
            Some((_, before, _)) => (due, before.max(priority), place),
            None => (due, priority, place),
        });
    }

    /// Queues what is due, in the order of the times.
    fn promote(&mut self) {
        let now = Instant::now();
        let due = |(item, known): (&u32, &Known)| {
            known.later.filter(|(due, ..)| *due <= now).map(|(due, priority, place)| (due, place, *item, priority))
        };
        let mut ready: Vec<_> = self.items.iter().filter_map(due).collect();
        ready.sort_unstable();
        for (_, _, item, priority) in ready {
            self.items.entry(item).or_default().later = None;
            self.add(item, priority);
        }
    }

    fn queued(&self) -> usize {
        self.items.values().filter(|known| known.queued.is_some()).count()
    }

    /// The items that may come next: the oldest of the highest or of the lowest priority.
    fn next(&self) -> Vec<u32> {
        let queued = || {
            self.items.iter().filter_map(|(item, known)| known.queued.map(|(priority, place)| (priority, place, *item)))
        };
        let of = |wanted: Option<i32>| {
            queued().filter(|(priority, ..)| Some(*priority) == wanted).map(|(_, place, item)| (place, item)).min()
        };
        let highest = of(queued().map(|(priority, ..)| priority).max());
        let lowest = of(queued().map(|(priority, ..)| priority).min());
        highest.into_iter().chain(lowest).map(|(_, item)| item).collect()
    }

    fn done(&mut self, item: u32) {
        let known = self.items.entry(item).or_default();
        known.is_busy = false;
        if let Some(priority) = known.again.take() {
            self.add(item, priority);
        }
    }
}

/// A queue beside its model, and the items that workers have.
struct Both {
    queue: WorkQueue<u32>,
    model: Model,
    busy: Vec<Item<u32>>,
    random: SmallRng,
}

impl Both {
    fn new(seed: u64) -> Self {
        let limiter = ExponentialRateLimiter::new(Duration::from_millis(1), Duration::from_secs(1));
        let random = SmallRng::seed_from_u64(seed);
        Self { queue: WorkQueue::new(limiter), model: Model::default(), busy: Vec::new(), random }
    }

    /// Makes one call at random.
    async fn step(&mut self) {
        let (item, priority) = (self.random.random_range(0..8), self.random.random_range(-2..2));
        match self.random.random_range(0..10) {
            0..3 => {
                self.queue.add_all([item], priority);
                self.model.add(item, priority);
            }
            3 | 4 => {
                let delay = Duration::from_millis(self.random.random_range(1..200));
                self.queue.add_later(item, delay, priority);
                self.model.add_later(item, Instant::now() + delay, priority);
            }
            5 => advance(Duration::from_millis(self.random.random_range(1..100))).await,
            6 | 7 if !self.busy.is_empty() => {
                let item = self.busy.swap_remove(self.random.random_range(0..self.busy.len()));
                self.model.done(*item);
            }
            _ => self.take(),
        }
        self.model.promote();
        assert_eq!(self.queue.len(), self.model.queued());
    }

    fn take(&mut self) {
        self.model.promote();
        let expected = self.model.next();
        let taken = self.queue.get().now_or_never().flatten();
        assert_eq!(taken.is_some(), !expected.is_empty(), "{taken:?} of {expected:?}");
        let Some(taken) = taken else { return };
        assert!(expected.contains(&taken), "{taken:?} of {expected:?}");
        let known = self.model.items.entry(*taken).or_default();
        assert_eq!(known.queued.take().map(|(priority, _)| priority), Some(taken.priority()), "{taken:?}");
        known.is_busy = true;
        self.busy.push(taken);
    }
}

#[tokio::test(start_paused = true)]
async fn any_course_of_calls_ends_as_a_simple_list_would() {
    // TestFuzzPriorityQueue
    for seed in 0..30 {
        let mut both = Both::new(seed);
        for _ in 0..500 {
            both.step().await;
        }
    }
}
