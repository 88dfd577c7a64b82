//! Observers of the workers, for tests and metrics.

use crate::kind::ObjectKey;
use crate::outcome::Outcome;

/// Called before and after each reconciliation, on the worker's task, so it must be quick. A panic in it is logged and
/// does not stop the worker.
pub trait Observer: Send + Sync + 'static {
    /// A worker has taken a key.
    fn started(&self, key: &ObjectKey);

    /// The worker is done with the key, and has queued it again if necessary. Comes once for each [`started`](Self::started),
    /// also if the turn is cancelled.
    fn finished(&self, key: &ObjectKey, outcome: Outcome);
}
