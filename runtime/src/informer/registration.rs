//! The handle on a handler that was added to an informer.

use std::fmt;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Error;

/// How a handler is served.
#[derive(Clone, Copy, Debug, Default)]
pub struct HandlerOptions {
    /// How often the handler gets an update for every object, changed or not, out of the store and without a request to
    /// the server. At least one second, and not before the handler has dealt with what waits for it. None: never.
    pub resync: Option<Duration>,
}

/// A handler's place in an informer. Dropping it leaves the handler where it is.
#[derive(Clone)]
pub struct Registration {
    pub(super) synced: watch::Receiver<bool>,
    pub(super) removed: CancellationToken,
}

impl Registration {
    /// Whether the handler has returned from its calls for all objects of the first list. The store has them earlier,
    /// so a controller must wait for this and not for the informer.
    pub fn has_synced(&self) -> bool {
        *self.synced.borrow()
    }

    /// Waits for [`has_synced`](Self::has_synced). An error if the handler is removed or the informer stops before.
    pub async fn wait_for_sync(&self) -> Result<(), Error> {
        self.synced.clone().wait_for(|synced| *synced).await.map_err(|_| Error::Stopped)?;
        Ok(())
    }

    /// Waits until the handler is removed or the informer has stopped.
    pub async fn ended(&self) {
        self.removed.cancelled().await;
    }

    /// Removes the handler. A call that is running ends; none follows. Removing twice does nothing more.
    pub fn remove(&self) {
        self.removed.cancel();
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("has_synced", &self.has_synced())
            .field("removed", &self.removed.is_cancelled())
            .finish_non_exhaustive()
    }
}
