//! Observers of the workers, for tests and metrics.

use crate::kind::ObjectKey;

/// How the work on a key ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Nothing more to do.
    Done,
    /// The reconciler asked to be called again soon.
    Requeued,
    /// The reconciler asked to be called again after a certain time.
    RequeuedAfter,
    /// It failed and will be retried.
    Failed,
    /// It failed and will not be retried.
    Terminal,
    /// It panicked and will be retried.
    Panicked,
    /// It took longer than it may, was cancelled, and will be retried.
    TimedOut,
}

/// Called before and after each reconciliation, on the worker's task, so it must be quick. A panic in it is logged and
/// does not stop the worker.
pub trait Observer: Send + Sync + 'static {
    /// A worker has taken a key.
    fn started(&self, key: &ObjectKey);

    /// The worker is done with the key, and has queued it again if necessary.
    fn finished(&self, key: &ObjectKey, outcome: Outcome);
}
