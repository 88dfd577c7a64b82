//! How a turn of a controller ended: what its metrics count, and what its observers hear.

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
    /// It was cancelled in the middle, because the controller ended or its shard was given up.
    Aborted,
}
