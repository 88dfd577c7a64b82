//! The registration of a handler with an informer.

use std::fmt;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::error::Error;

/// The settings of a handler.
#[derive(Clone, Copy, Debug, Default)]
pub struct HandlerOptions {
    /// How often the handler is called with an update of every object, changed or not. The objects come from the store,
    /// without a request to the server. At least one second; it is put off while the handler's queue is not empty.
    /// `None` means never.
    pub resync: Option<Duration>,
    /// When more changes than this wait for the handler, those of the same object become one, from the state that the
    /// handler saw last to the newest one, so that a handler that falls behind takes no more memory than the objects do. It
    /// still hears of each object, in order, and of each deletion. With zero it hears of states only, not of changes.
    /// `None` means never: every change is kept, as in client-go.
    pub merge_above: Option<usize>,
}

/// A handler that was added to an informer. Dropping this value does not remove the handler.
#[derive(Clone)]
pub struct Registration {
    pub(super) synced: watch::Receiver<bool>,
    pub(super) removed: CancellationToken,
}

impl Registration {
    /// Whether the handler's calls for all objects of the first list have returned. The store has the objects earlier,
    /// so a controller must wait for this and not for the informer.
    pub fn has_synced(&self) -> bool {
        *self.synced.borrow()
    }

    /// Waits for [`has_synced`](Self::has_synced). Returns an error if the handler is removed or the informer stops
    /// before that.
    pub async fn wait_for_sync(&self) -> Result<(), Error> {
        self.synced.clone().wait_for(|synced| *synced).await.map_err(|_| Error::Stopped)?;
        Ok(())
    }

    /// Waits until the handler is removed or the informer has stopped.
    pub async fn ended(&self) {
        self.removed.cancelled().await;
    }

    /// Removes the handler. A running call is completed, and no other follows. Removing it again does nothing.
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

/// Where changes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// The objects were there before.
    Initial,
    /// A list: each change may be several, of which only the last state is known.
    List,
    /// A watch: each change is one write.
    Watch,
}

/// A function that an informer calls with changes while it publishes them. Dropping this value removes it.
#[derive(Debug)]
pub(crate) struct Tap(pub(super) CancellationToken);

impl Drop for Tap {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
