//! Which part of the objects a reflector asks for, when that changes while it runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// How long after a change to wait for others: a list for each would bring the same again and again.
pub(super) const SETTLE: Duration = Duration::from_millis(200);

/// A part of the objects, with a number that grows with each change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) number: u64,
    /// Ranges of hashes (`shardSelector`, KEP-5866). None asks for all objects.
    pub(crate) shard_selector: Option<Arc<str>>,
}

/// What a reflector follows: the part that is wanted now. Whenever it changes, the reflector lists again.
pub(crate) struct Following {
    pub(crate) wanted: watch::Receiver<Selection>,
    /// Called with the number of a part when the sink has all its objects.
    pub(crate) listed: Box<dyn Fn(u64) + Send + Sync>,
}

impl Following {
    /// The part that is wanted now, and what waits until there is another one.
    pub(super) fn now(&self) -> (Selection, impl Future<Output = ()> + use<>) {
        let mut wanted = self.wanted.clone();
        let now = wanted.borrow_and_update().clone();
        (now, async move {
            if wanted.changed().await.is_err() {
                // Nobody can change it any more.
                std::future::pending::<()>().await;
            }
        })
    }
}
