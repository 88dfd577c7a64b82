//! How long a failed item waits before its next turn.
//!
//! The limiters of client-go's `default_rate_limiters.go`, with the same figures. Each keeps its own counts and can be
//! shared between threads.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// Decides the delay of each retry.
pub trait RateLimiter<T>: Send + Sync + 'static {
    /// Counts another failure of the item, and returns how long it should wait.
    fn when(&self, item: &T) -> Duration;
    /// Forgets the item's failures, because it succeeded or will not be tried again.
    fn forget(&self, item: &T);
    /// How often the item has failed since it was last forgotten.
    fn num_requeues(&self, item: &T) -> u32;
}

/// The default of controllers: each item waits 5 ms after its first failure and twice as long after each further one, up
/// to 1000 s. As in controller-runtime's priority queue, there is no limit for all items together: one object that fails
/// all the time does not slow the others down.
pub fn default_controller_rate_limiter<T: Clone + Eq + Hash + Send + 'static>() -> ExponentialRateLimiter<T> {
    ExponentialRateLimiter::new(Duration::from_millis(5), Duration::from_secs(1000))
}

/// The number of failures of each item. An item without failures takes no memory.
struct Failures<T>(Mutex<HashMap<T, u32>>);

impl<T: Clone + Eq + Hash> Failures<T> {
    fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    /// Counts one more failure, and returns how many there were before.
    fn count(&self, item: &T) -> u32 {
        let mut failures = self.0.lock();
        if let Some(count) = failures.get_mut(item) {
            *count = count.saturating_add(1);
            return *count - 1;
        }
        failures.insert(item.clone(), 1);
        0
    }

    fn forget(&self, item: &T) {
        self.0.lock().remove(item);
    }

    fn get(&self, item: &T) -> u32 {
        self.0.lock().get(item).copied().unwrap_or(0)
    }
}

impl<T> fmt::Debug for Failures<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Failures")
    }
}

/// Waits `base` after an item's first failure, and twice as long after each further one, up to `max`.
#[derive(Debug)]
pub struct ExponentialRateLimiter<T> {
    failures: Failures<T>,
    base: Duration,
    max: Duration,
}

impl<T: Clone + Eq + Hash> ExponentialRateLimiter<T> {
    /// A limiter that waits `base`, 2 `base`, 4 `base`, … up to `max`.
    pub fn new(base: Duration, max: Duration) -> Self {
        Self { failures: Failures::new(), base, max }
    }
}

impl<T: Clone + Eq + Hash + Send + 'static> RateLimiter<T> for ExponentialRateLimiter<T> {
    fn when(&self, item: &T) -> Duration {
        let failures = self.failures.count(item);
        let factor = 1_u32.checked_shl(failures).unwrap_or(u32::MAX);
        self.base.saturating_mul(factor).min(self.max)
    }

    fn forget(&self, item: &T) {
        self.failures.forget(item);
    }

    fn num_requeues(&self, item: &T) -> u32 {
        self.failures.get(item)
    }
}

/// Waits `fast` after each of an item's first failures, and `slow` after later ones.
#[derive(Debug)]
pub struct FastSlowRateLimiter<T> {
    failures: Failures<T>,
    fast: Duration,
    slow: Duration,
    fast_tries: u32,
}

impl<T: Clone + Eq + Hash> FastSlowRateLimiter<T> {
    /// A limiter that waits `fast` after each of the first `fast_tries` failures.
    pub fn new(fast: Duration, slow: Duration, fast_tries: u32) -> Self {
        Self { failures: Failures::new(), fast, slow, fast_tries }
    }
}

impl<T: Clone + Eq + Hash + Send + 'static> RateLimiter<T> for FastSlowRateLimiter<T> {
    fn when(&self, item: &T) -> Duration {
        if self.failures.count(item) < self.fast_tries { self.fast } else { self.slow }
    }

    fn forget(&self, item: &T) {
        self.failures.forget(item);
    }

    fn num_requeues(&self, item: &T) -> u32 {
        self.failures.get(item)
    }
}

/// A token bucket for all items together. Every item takes a token; if there is none, it waits for the next one.
#[derive(Debug)]
pub struct BucketRateLimiter {
    /// The time at which the bucket is (or was) full again.
    full_at: Mutex<Option<Instant>>,
    interval: Duration,
    burst: u32,
}

impl BucketRateLimiter {
    /// A bucket that gains `per_second` tokens each second and holds at most `burst`. It starts full. A rate of zero or
    /// less means one token a day.
    pub fn new(per_second: f64, burst: u32) -> Self {
        let slowest = Duration::from_hours(24);
        let interval =
            Duration::try_from_secs_f64(per_second.recip()).map_or(slowest, |interval| interval.min(slowest));
        Self { full_at: Mutex::new(None), interval, burst }
    }
}

impl<T> RateLimiter<T> for BucketRateLimiter {
    fn when(&self, _: &T) -> Duration {
        let now = Instant::now();
        let mut full_at = self.full_at.lock();
        // Each token taken delays the time at which the bucket is full. The item waits for the part of that delay that
        // exceeds a whole burst.
        let refilled = full_at.map_or(now, |full_at| full_at.max(now)) + self.interval;
        *full_at = Some(refilled);
        refilled.saturating_duration_since(now).saturating_sub(self.interval.saturating_mul(self.burst))
    }

    fn forget(&self, _: &T) {}

    fn num_requeues(&self, _: &T) -> u32 {
        0
    }
}

/// The longest delay of several limiters.
pub struct MaxOfRateLimiter<T> {
    limiters: Vec<Box<dyn RateLimiter<T>>>,
}

impl<T> MaxOfRateLimiter<T> {
    /// Combines limiters. Each of them counts every failure.
    pub fn new(limiters: Vec<Box<dyn RateLimiter<T>>>) -> Self {
        Self { limiters }
    }
}

impl<T: 'static> RateLimiter<T> for MaxOfRateLimiter<T> {
    fn when(&self, item: &T) -> Duration {
        self.limiters.iter().map(|limiter| limiter.when(item)).max().unwrap_or_default()
    }

    fn forget(&self, item: &T) {
        for limiter in &self.limiters {
            limiter.forget(item);
        }
    }

    fn num_requeues(&self, item: &T) -> u32 {
        self.limiters.iter().map(|limiter| limiter.num_requeues(item)).max().unwrap_or(0)
    }
}

impl<T> fmt::Debug for MaxOfRateLimiter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MaxOfRateLimiter").field("limiters", &self.limiters.len()).finish()
    }
}

/// The delays of another limiter, but none longer than `max` (client-go's `WithMaxWaitRateLimiter`).
#[derive(Debug)]
pub struct MaxWaitRateLimiter<L> {
    limiter: L,
    max: Duration,
}

impl<L> MaxWaitRateLimiter<L> {
    /// Limits the delays of `limiter` to `max`.
    pub fn new(limiter: L, max: Duration) -> Self {
        Self { limiter, max }
    }
}

impl<T, L: RateLimiter<T>> RateLimiter<T> for MaxWaitRateLimiter<L> {
    fn when(&self, item: &T) -> Duration {
        self.limiter.when(item).min(self.max)
    }

    fn forget(&self, item: &T) {
        self.limiter.forget(item);
    }

    fn num_requeues(&self, item: &T) -> u32 {
        self.limiter.num_requeues(item)
    }
}
