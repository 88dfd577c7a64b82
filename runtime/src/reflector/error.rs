//! Why a reflector starts again.

use std::time::Duration;

use crate::client;

/// Why a reflector had to list again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A list or watch failed.
    #[error(transparent)]
    Client(#[from] client::Error),
    /// The server closed the watch within a second and without an event. It may not know the resource version any more.
    #[error("the watch ended within a second and without an event")]
    VeryShortWatch,
    /// A watch that should begin with all objects fell silent before it had sent them.
    #[error("the watch did not send all objects")]
    NoInitialEvents,
    /// A watch that should begin with all objects ended before it had sent them.
    #[error("the watch ended before it had sent all objects")]
    InitialEventsCut,
    /// The server's present version is lower than one that it had before: it was restored from a backup, or forgot
    /// everything. A watch from the higher version would stay silent until the server has caught up with it.
    #[error("the server's resource version went back from {known} to {now}")]
    WentBack {
        /// The version up to which all changes were seen.
        known: String,
        /// The version that the server has now.
        now: String,
    },
}

impl Error {
    /// The delay that the server asked for.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Client(error) => error.retry_after(),
            _ => None,
        }
    }
}
