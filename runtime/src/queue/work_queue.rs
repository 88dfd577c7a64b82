//! [`WorkQueue`], which producers and workers share.

use std::fmt;
use std::hash::Hash;
use std::ops::Deref;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::rate_limit::RateLimiter;
use super::state::{Next, State};

/// A queue of distinct items for concurrent workers. Cheap to clone; all clones are one queue.
///
/// - An item that is added while it is queued stays queued once. If it is added while a worker has it, it is queued
///   exactly once more when the worker is done.
/// - Two workers never have the same item.
/// - Items come out in the order in which they became ready.
/// - After a shutdown nothing more can be added. Queued items are still handed out, and then `get` returns `None`.
pub struct WorkQueue<T: Clone + Eq + Hash + 'static> {
    shared: Arc<Shared<T>>,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    limiter: Box<dyn RateLimiter<T>>,
    /// Wakes workers: one of them for a new item, all of them for a shutdown or an earlier due time.
    ready: Notify,
    /// Wakes tasks that wait until the queue is drained.
    idle: Notify,
}

/// An item that a worker has taken. Dropping it tells the queue that the work on it is done.
#[must_use = "an item that is dropped is done"]
pub struct Item<T: Clone + Eq + Hash + 'static> {
    value: T,
    shared: Arc<Shared<T>>,
}

impl<T: Clone + Eq + Hash + 'static> WorkQueue<T> {
    /// An empty queue. `limiter` decides how long items wait that are added by
    /// [`add_rate_limited`](Self::add_rate_limited).
    pub fn new(limiter: impl RateLimiter<T>) -> Self {
        let shared = Shared {
            state: Mutex::new(State::new()),
            limiter: Box::new(limiter),
            ready: Notify::new(),
            idle: Notify::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Adds an item, unless it is queued already.
    pub fn add(&self, item: T) {
        if self.shared.lock().add(item) {
            self.shared.ready.notify_one();
        }
    }

    /// Adds an item after `delay`. If it is waiting already, the earlier of the two times counts.
    pub fn add_after(&self, item: T, delay: Duration) {
        if delay.is_zero() {
            return self.add(item);
        }
        let now = Instant::now();
        // A delay that the clock cannot represent becomes thirty years.
        let due = now.checked_add(delay).unwrap_or_else(|| now + Duration::from_hours(24 * 365 * 30));
        if self.shared.lock().add_at(item, due) {
            self.shared.ready.notify_waiters();
        }
    }

    /// Counts a failure of the item, and adds it after the delay that the limiter decides.
    pub fn add_rate_limited(&self, item: T) {
        let delay = self.shared.limiter.when(&item);
        self.add_after(item, delay);
    }

    /// Forgets the failures of an item. If it is queued, it stays queued.
    pub fn forget(&self, item: &T) {
        self.shared.limiter.forget(item);
    }

    /// How often the item has failed since it was last forgotten.
    pub fn num_requeues(&self, item: &T) -> u32 {
        self.shared.limiter.num_requeues(item)
    }

    /// Waits for an item. Returns `None` after a shutdown, once no items are left. Dropping the future loses no item.
    pub async fn get(&self) -> Option<Item<T>> {
        loop {
            // Start to wait before looking for an item: `notify_one` stores only a single wake-up for tasks that do not
            // wait yet, and two workers that look at the same time need one each.
            let mut woken = pin!(self.shared.ready.notified());
            woken.as_mut().enable();
            let wait = match self.shared.next() {
                Next::Item(value) => return Some(Item { value, shared: Arc::clone(&self.shared) }),
                Next::ShutDown => return None,
                Next::Wait(until) => until,
            };
            match wait {
                None => woken.await,
                Some(until) => tokio::select! { () = woken => {}, () = sleep_until(until) => {} },
            }
        }
    }

    /// The number of items that are ready and that no worker has taken.
    pub fn len(&self) -> usize {
        let mut state = self.shared.lock();
        state.promote(Instant::now());
        state.queued()
    }

    /// Whether no item is ready.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// From now on no items can be added, and those that are due later are dropped. Queued items are still handed out.
    ///
    /// If a [`shut_down_with_drain`](Self::shut_down_with_drain) is running, it returns.
    pub fn shut_down(&self) {
        self.shared.lock().shut_down();
        self.shared.ready.notify_waiters();
        self.shared.idle.notify_waiters();
    }

    /// Like [`shut_down`](Self::shut_down), but then waits until no item is queued or with a worker, or until
    /// `shut_down` is called. Workers must keep taking and dropping items for this.
    pub async fn shut_down_with_drain(&self) {
        let mut idle = pin!(self.shared.idle.notified());
        idle.as_mut().enable();
        let busy = {
            let mut state = self.shared.lock();
            state.shut_down();
            !state.is_idle()
        };
        self.shared.ready.notify_waiters();
        if busy {
            idle.await;
        }
    }

    /// Whether a shutdown has begun.
    pub fn is_shutting_down(&self) -> bool {
        self.shared.lock().is_shutting_down()
    }
}

impl<T: Clone + Eq + Hash + 'static> Shared<T> {
    fn next(&self) -> Next<T> {
        let mut state = self.lock();
        state.promote(Instant::now());
        state.take()
    }

    fn done(&self, item: &T) {
        let mut state = self.lock();
        if state.done(item) {
            self.ready.notify_one();
        }
        if state.is_shutting_down() {
            // Workers may have stayed only because of this item.
            self.ready.notify_waiters();
            if state.is_idle() {
                self.idle.notify_waiters();
            }
        }
    }
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone + Eq + Hash + 'static> Deref for Item<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Clone + Eq + Hash + 'static> Drop for Item<T> {
    fn drop(&mut self) {
        self.shared.done(&self.value);
    }
}

impl<T: Clone + Eq + Hash + 'static> Clone for WorkQueue<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T: Clone + Eq + Hash + 'static> fmt::Debug for WorkQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.shared.lock();
        f.debug_struct("WorkQueue")
            .field("queued", &state.queued())
            .field("processing", &state.processing())
            .field("shutting_down", &state.is_shutting_down())
            .finish_non_exhaustive()
    }
}

impl<T: Clone + Eq + Hash + 'static + fmt::Debug> fmt::Debug for Item<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Item").field(&self.value).finish()
    }
}
