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
    /// A watch that should begin with all objects ended, or fell silent, before it had sent them.
    #[error("the watch did not send all objects")]
    NoInitialEvents,
}

impl Error {
    /// The delay that the server asked for.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Client(error) => error.retry_after(),
            Self::VeryShortWatch | Self::NoInitialEvents => None,
        }
    }
}
