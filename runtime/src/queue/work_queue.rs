//! [`WorkQueue`], which producers and workers share.

use std::fmt;
use std::hash::Hash;
use std::ops::Deref;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::task::coop::poll_proceed;
use tokio::time::{Instant, Sleep, sleep_until};

use super::items::Id;
use super::rate_limit::RateLimiter;
use super::state::{Next, State, Woken};
use super::waiters::Ticket;
use crate::metrics::Metrics;

/// The priority of items that are added without one. Initial objects and resyncs have [`LOW_PRIORITY`].
pub const DEFAULT_PRIORITY: i32 = 0;
/// The priority of what can wait behind live changes: controller-runtime's `handler.LowPriority`.
pub const LOW_PRIORITY: i32 = -100;

/// A queue of distinct items for concurrent workers. Cheap to clone; all clones are one queue.
///
/// - An item that is added while it is queued stays queued once. If it is added while a worker has it, it is queued
///   exactly once more when the worker is done.
/// - Two workers never have the same item.
/// - Items of the same priority come out in the order in which they became ready.
/// - After a shutdown nothing more can be added. Queued items are still handed out, and then `get` returns `None`.
pub struct WorkQueue<T: Clone + Eq + Hash + 'static> {
    shared: Arc<Shared<T>>,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    limiter: Mutex<Arc<dyn RateLimiter<T>>>,
    /// Wakes tasks that wait until the queue is drained.
    idle: Notify,
}

/// An item that a worker has taken. Dropping it tells the queue that the work on it is done.
#[must_use = "an item that is dropped is done"]
pub struct Item<T: Clone + Eq + Hash + 'static> {
    value: T,
    id: Id,
    priority: i32,
    shared: Arc<Shared<T>>,
}

impl<T: Clone + Eq + Hash + 'static> WorkQueue<T> {
    /// An empty queue. `limiter` decides how long items wait that are added by
    /// [`add_rate_limited`](Self::add_rate_limited).
    pub fn new(limiter: impl RateLimiter<T>) -> Self {
        let shared =
            Shared { state: Mutex::new(State::new()), limiter: Mutex::new(Arc::new(limiter)), idle: Notify::new() };
        Self { shared: Arc::new(shared) }
    }

    /// Adds an item, unless it is queued already.
    pub fn add(&self, item: T) {
        self.add_all([item], DEFAULT_PRIORITY);
    }

    /// Adds several items at once with a priority. Items of a higher priority are handed out first, but those of the lowest
    /// one have an eighth of the turns. An item that is queued already keeps the higher of the two priorities.
    pub fn add_all(&self, items: impl IntoIterator<Item = T>, priority: i32) {
        let woken = self.shared.state.lock().add(items, priority);
        wake(woken);
    }

    /// Adds an item after `delay`. If it is waiting already, the earlier of the two times counts.
    pub fn add_after(&self, item: T, delay: Duration) {
        self.add_later(item, delay, DEFAULT_PRIORITY);
    }

    /// Adds an item with a priority after `delay`. While it waits, it does not count as queued.
    pub fn add_later(&self, item: T, delay: Duration, priority: i32) {
        if delay.is_zero() {
            return self.add_all([item], priority);
        }
        let now = Instant::now();
        // A delay that the clock cannot represent becomes thirty years.
        let due = now.checked_add(delay).unwrap_or_else(|| now + Duration::from_hours(24 * 365 * 30));
        let woken = self.shared.state.lock().add_at(item, due, priority);
        wake(woken);
    }

    /// Counts a failure of the item, and returns the delay that the limiter decides.
    pub fn next_delay(&self, item: &T) -> Duration {
        self.shared.state.lock().retried();
        self.shared.limiter().when(item)
    }

    /// Measures this queue from now on, under this name.
    pub fn set_metrics(&self, metrics: &Metrics, name: &str)
    where
        T: Send,
    {
        self.shared.state.lock().set_metrics(metrics.queue(name));
        let shared = Arc::downgrade(&self.shared);
        metrics.before_reading(move || {
            let shared = shared.upgrade();
            if let Some(shared) = &shared {
                shared.state.lock().refresh_metrics();
            }
            shared.is_some()
        });
    }

    /// Lets another limiter decide from now on. Failures so far are forgotten.
    pub fn set_rate_limiter(&self, limiter: impl RateLimiter<T>) {
        *self.shared.limiter.lock() = Arc::new(limiter);
    }

    /// Counts a failure of the item, and adds it after the delay that the limiter decides.
    pub fn add_rate_limited(&self, item: T) {
        let delay = self.next_delay(&item);
        self.add_after(item, delay);
    }

    /// Forgets the failures of an item. If it is queued, it stays queued.
    pub fn forget(&self, item: &T) {
        self.shared.limiter().forget(item);
    }

    /// How often the item has failed since it was last forgotten.
    pub fn num_requeues(&self, item: &T) -> u32 {
        self.shared.limiter().num_requeues(item)
    }

    /// Waits for an item. Returns `None` after a shutdown, once no items are left. Dropping the future loses no item.
    pub async fn get(&self) -> Option<Item<T>> {
        Get { shared: &self.shared, ticket: None, timer: None }.await
    }

    /// The number of items that are ready and that no worker has taken.
    pub fn len(&self) -> usize {
        let mut state = self.shared.state.lock();
        let woken = state.promote();
        let queued = state.queued();
        drop(state);
        wake(woken);
        queued
    }

    /// Whether no item is ready.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// From now on no items can be added, and those that are due later are dropped. Queued items are still handed out.
    ///
    /// If a [`shut_down_with_drain`](Self::shut_down_with_drain) is running, it returns.
    pub fn shut_down(&self) {
        let woken = self.shared.state.lock().shut_down();
        wake(woken);
        self.shared.idle.notify_waiters();
    }

    /// Like [`shut_down`](Self::shut_down), but then waits until no item is with a worker, or until `shut_down` is called.
    /// As in client-go, items that nobody had taken by then are not waited for.
    pub async fn shut_down_with_drain(&self) {
        let mut idle = pin!(self.shared.idle.notified());
        idle.as_mut().enable();
        let (woken, busy) = {
            let mut state = self.shared.state.lock();
            (state.shut_down(), state.processing() > 0)
        };
        wake(woken);
        if busy {
            idle.await;
        }
    }

    /// Whether a shutdown has begun.
    pub fn is_shutting_down(&self) -> bool {
        self.shared.state.lock().is_shutting_down()
    }
}

/// A worker that waits for an item.
struct Get<'q, T: Clone + Eq + Hash + 'static> {
    shared: &'q Arc<Shared<T>>,
    /// Its place in the line, once it had to wait.
    ticket: Option<Ticket>,
    /// The timer of the next delayed item, if this worker is the one that keeps the time.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<T: Clone + Eq + Hash + 'static> Future for Get<'_, T> {
    type Output = Option<Item<T>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // A worker that always finds an item still lets other tasks have a turn.
        let turn = ready!(poll_proceed(context));
        let shared = self.shared;
        loop {
            let mut state = shared.state.lock();
            let mut woken = state.promote();
            let next = state.take();
            let due = match next {
                Next::Wait(due) => due,
                Next::Item { .. } | Next::ShutDown => {
                    woken.extend(self.ticket.take().into_iter().flat_map(|ticket| state.leave(ticket, true)));
                    drop(state);
                    wake(woken);
                    turn.made_progress();
                    let Next::Item { value, id, priority } = next else { return Poll::Ready(None) };
                    return Poll::Ready(Some(Item { value, id, priority, shared: Arc::clone(shared) }));
                }
            };
            let ticket = state.wait(self.ticket, context.waker());
            let due = due.filter(|_| state.keeps_time(ticket));
            drop(state);
            wake(woken);
            self.ticket = Some(ticket);
            let Some(due) = due else { return Poll::Pending };
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(due)));
            if timer.deadline() != due {
                timer.as_mut().reset(due);
            }
            ready!(timer.as_mut().poll(context));
        }
    }
}

impl<T: Clone + Eq + Hash + 'static> Drop for Get<'_, T> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let woken = self.shared.state.lock().leave(ticket, false);
        wake(woken);
    }
}

fn wake(woken: Woken) {
    woken.into_iter().for_each(Waker::wake);
}

impl<T: Clone + Eq + Hash + 'static> Shared<T> {
    fn done(&self, id: Id) {
        let mut state = self.state.lock();
        let done = state.done(id);
        let is_drained = done.is_idle && state.is_shutting_down();
        drop(state);
        wake(done.woken);
        if is_drained {
            self.idle.notify_waiters();
        }
    }
}

impl<T> Shared<T> {
    fn limiter(&self) -> Arc<dyn RateLimiter<T>> {
        Arc::clone(&self.limiter.lock())
    }
}

impl<T: Clone + Eq + Hash + 'static> Item<T> {
    /// The priority with which it was queued.
    pub fn priority(&self) -> i32 {
        self.priority
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
        self.shared.done(self.id);
    }
}

impl<T: Clone + Eq + Hash + 'static> Clone for WorkQueue<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T: Clone + Eq + Hash + 'static> fmt::Debug for WorkQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.shared.state.lock();
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
