//! A look at the workers from outside, for tests and metrics.

use crate::client::ObjectKey;

/// How the work on a key ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Nothing more to do.
    Done,
    /// It asked for another turn.
    Requeued,
    /// It failed, and is tried again.
    Failed,
    /// It failed for good.
    Terminal,
    /// It panicked, and is tried again.
    Panicked,
}

/// Told of each turn of each worker, on the worker's task: it must be quick. Its panics are logged and stop nobody.
pub trait Observer: Send + Sync + 'static {
    /// A worker has taken a key.
    fn started(&self, key: &ObjectKey);

    /// The worker is done with it, and has queued it again if it is to be.
    fn finished(&self, key: &ObjectKey, outcome: Outcome);
}
