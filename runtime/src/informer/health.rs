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

impl Health {
    /// Whether whoever reads the store sees what the server has, but for the last moments: it is complete, and followed.
    pub fn is_good(&self) -> bool {
        self.synced && self.ended.is_none()
    }

    /// What is wrong with the informer of this name: the name, with how it ended or the last error if there is one.
    pub(crate) fn complaint(&self, name: &str) -> String {
        match (self.ended, &self.last_error) {
            (Some(Ended::Failed), _) => format!("{name} (ended by a panic)"),
            (_, Some(error)) => format!("{name} ({error})"),
            (Some(Ended::Stopped), None) => format!("{name} (stopped)"),
            (None, None) => name.to_owned(),
        }
    }
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
