//! The work queue between informers and workers, with the semantics of client-go's `util/workqueue`.
//!
//! Any number of producers add items, which are usually keys, and any number of workers take them. An item that is
//! added several times before a worker takes it is processed once; one that is added while a worker has it is processed
//! once more afterwards, and never by two workers at a time. Failed items wait for a time that a [`RateLimiter`]
//! decides. All waiting is by tokio's clock, which tests can pause.
//!
//! ```
//! use crdgen_runtime::queue::{WorkQueue, default_controller_rate_limiter};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let queue = WorkQueue::new(default_controller_rate_limiter());
//! queue.add("a");
//! queue.add("b");
//! queue.add("a");
//! queue.shut_down();
//!
//! let mut seen = Vec::new();
//! while let Some(item) = queue.get().await {
//!     seen.push(*item);
//!     // Dropping the item tells the queue that the work on it is done.
//! }
//! assert_eq!(seen, ["a", "b"]);
//! # }
//! ```

mod classes;
mod delay;
mod items;
mod rate_limit;
mod state;
mod waiters;
mod work_queue;

#[cfg(test)]
mod tests;

pub use rate_limit::{
    BucketRateLimiter, ExponentialRateLimiter, FastSlowRateLimiter, MaxOfRateLimiter, MaxWaitRateLimiter, RateLimiter,
    default_controller_rate_limiter,
};
pub use work_queue::{DEFAULT_PRIORITY, Item, LOW_PRIORITY, WorkQueue};
