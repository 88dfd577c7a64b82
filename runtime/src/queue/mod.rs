//! The work queue between informers and workers, with the semantics of client-go's `util/workqueue`.
//!
//! In: items (usually keys) from any number of producers. Out: each item to one worker at a time, in the order added,
//! once however often it was added meanwhile. Failed items wait by a [`RateLimiter`]. Time is tokio's.

mod delay;
mod rate_limit;
mod state;
mod work_queue;

#[cfg(test)]
mod tests;

pub use rate_limit::{
    BucketRateLimiter, ExponentialRateLimiter, FastSlowRateLimiter, MaxOfRateLimiter, RateLimiter,
    default_controller_rate_limiter,
};
pub use work_queue::{Item, WorkQueue};
