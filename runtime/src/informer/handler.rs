//! The trait of event handlers, and the task that calls a handler.

use std::future::ready;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::watch;
use tokio::task::consume_budget;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use super::backlog::{Backlog, Notice};
use crate::cached::Cached;
use crate::kind::Kind;
use crate::store::{Change, Deleted};

/// Reacts to changes of one kind.
///
/// Each handler has a task of its own, which makes the calls one after the other, in the order of the changes. When a
/// call is made, the store has that change already, and perhaps newer ones. Calls should be short: while one runs,
/// further changes wait in memory. A panic in a call is logged, and the next call follows.
pub trait EventHandler<K: Kind>: Send + 'static {
    /// An object is new. `initial` means that it existed already when the handler was added or the informer started.
    fn add(&mut self, object: &Cached<K>, initial: bool) -> impl Future<Output = ()> + Send {
        let _ = (object, initial);
        ready(())
    }

    /// An object changed. If the resource versions are equal, this is a resync. If the UIDs differ, the old object was
    /// deleted and another one of the same name created while nothing was watching.
    fn update(&mut self, old: &Cached<K>, new: &Cached<K>) -> impl Future<Output = ()> + Send {
        let _ = (old, new);
        ready(())
    }

    /// An object is gone. There is at most one such call for an object that was added.
    fn delete(&mut self, last: &Deleted<K>) -> impl Future<Output = ()> + Send {
        let _ = last;
        ready(())
    }
}

/// The task that calls one handler.
pub(super) struct HandlerTask<K: Kind, H> {
    pub(super) kind: Arc<str>,
    pub(super) handler: H,
    pub(super) backlog: Arc<Backlog<K>>,
    pub(super) synced: watch::Sender<bool>,
    pub(super) removed: CancellationToken,
    pub(super) resync: Option<Duration>,
}

impl<K: Kind, H: EventHandler<K>> HandlerTask<K, H> {
    /// Calls the handler until it is removed or the informer has stopped. `request_resync` queues every object again.
    pub(super) async fn run(mut self, request_resync: impl Fn()) {
        let mut resync = self.resync.map(|period| {
            let mut ticks = interval_at(Instant::now() + period, period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        });
        loop {
            let due = async {
                match &mut resync {
                    Some(ticks) => ticks.tick().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = self.removed.cancelled() => return,
                // Only when the queue is empty: with a resync on top of the last one, a slow handler would never catch
                // up.
                _ = due, if self.backlog.len() == 0 => request_resync(),
                notice = self.backlog.next() => match notice {
                    Some(Notice::Changes { changes, initial }) => self.deliver(&changes, initial).await,
                    Some(Notice::Synced) => drop(self.synced.send_replace(true)),
                    None => return,
                },
            }
        }
    }

    /// Calls the handler for each change, until it is removed.
    async fn deliver(&mut self, changes: &[Change<K>], initial: bool) {
        for change in changes {
            if self.removed.is_cancelled() {
                return;
            }
            self.backlog.seen();
            let handler = &mut self.handler;
            let call = async move {
                match change {
                    Change::Added(object) => handler.add(object, initial).await,
                    Change::Updated { old, new } => handler.update(old, new).await,
                    Change::Deleted(last) => handler.delete(last).await,
                }
            };
            if let Err(panic) = AssertUnwindSafe(call).catch_unwind().await {
                tracing::error!(
                    kind = %self.kind,
                    key = change.object().key().as_ref().map(tracing::field::display),
                    error = crate::panic::message(&*panic),
                    "an event handler panicked"
                );
            }
            // Long batches must not keep other tasks waiting.
            consume_budget().await;
        }
    }
}
