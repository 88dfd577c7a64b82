//! How an informer is doing, for probes and for those who wait.

use tokio::time::Instant;

/// The state of an informer.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Health {
    /// Whether the store has had its first complete list, and follows the server.
    pub synced: bool,
    /// When the server last answered: with a list, an opened watch, or events, bookmarks among them. None before the first
    /// answer.
    pub last_contact: Option<Instant>,
    /// The last failed list or watch, if nothing has succeeded since.
    pub last_error: Option<String>,
    /// Why the informer has ended, if it has: it was stopped, or a transform or an index function panicked.
    pub ended: Option<Ended>,
}

/// How an informer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// It was stopped. The store keeps its last state.
    Stopped,
    /// A transform, an index function or the decoding of an object panicked. The store is not kept up to date any more.
    Failed,
}
