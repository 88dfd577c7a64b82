//! The handlers of an informer, and the distribution of changes to their queues. All of it happens under the informer's
//! lock, so that a new handler sees each object exactly once: among the initial ones or as a change.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::backlog::{Backlog, Notice};
use super::registration::Occasion;
use crate::kind::Kind;
use crate::store::{Change, Snapshot};

/// The length of a handler's queue from which on a warning is logged. It is repeated each time the length has doubled.
const LONG_QUEUE: usize = 10_000;

/// The most changes in one batch. The last handler that is through with a batch drops it, which takes about a microsecond
/// for each object that is gone.
const BATCH: usize = 256;

/// The handlers of an informer, and the phase that it is in.
pub(super) struct Distribution<K: Kind> {
    pub(super) phase: Phase,
    /// Whether the store has had its first list.
    pub(super) synced: bool,
    pub(super) listeners: Vec<Listener<K>>,
    taps: Vec<TapEnd<K>>,
}

/// What is called with changes while they are published, and where they come from.
type TapFunction<K> = Box<dyn FnMut(&[Change<K>], Occasion) + Send>;

/// The informer's end of a [`Tap`](super::Tap).
struct TapEnd<K: Kind> {
    removed: CancellationToken,
    call: TapFunction<K>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Created,
    Running,
    Stopped,
}

/// The informer's end of a handler's queue.
pub(super) struct Listener<K: Kind> {
    kind: Arc<str>,
    pub(super) id: u64,
    backlog: Arc<Backlog<K>>,
    removed: CancellationToken,
    alarm: Alarm,
}

/// Decides when the length of a queue is worth a warning.
struct Alarm {
    /// The length of the next warning.
    at: usize,
}

impl<K: Kind> Distribution<K> {
    pub(super) fn new() -> Self {
        Self { phase: Phase::Created, synced: false, listeners: Vec::new(), taps: Vec::new() }
    }

    /// Adds a handler, and puts all present objects into its queue as initial ones.
    pub(super) fn add(&mut self, listener: Listener<K>, snapshot: &Snapshot<K>) {
        self.listeners.retain(|listener| !listener.removed.is_cancelled());
        let present: Vec<_> = snapshot.objects().map(Change::Added).collect();
        listener.send_changes(Arc::new(present), true);
        if self.synced {
            listener.send(Notice::Synced);
        }
        self.listeners.push(listener);
    }

    /// Adds a tap, which is called with all present objects first.
    pub(super) fn tap(&mut self, removed: CancellationToken, mut call: TapFunction<K>, snapshot: &Snapshot<K>) {
        let present: Vec<_> = snapshot.objects().map(Change::Added).collect();
        call(&present, Occasion::Initial);
        self.taps.retain(|tap| !tap.removed.is_cancelled());
        self.taps.push(TapEnd { removed, call });
    }

    /// Calls the taps, and puts changes into the queues of all handlers, which share them.
    pub(super) fn distribute(&mut self, changes: Vec<Change<K>>, occasion: Occasion) {
        let occasion = if self.synced { occasion } else { Occasion::Initial };
        self.taps.retain(|tap| !tap.removed.is_cancelled());
        for tap in &mut self.taps {
            (tap.call)(&changes, occasion);
        }
        if self.listeners.is_empty() {
            return;
        }
        self.listeners.retain(|listener| !listener.removed.is_cancelled());
        for listener in &mut self.listeners {
            listener.warn_if_long();
        }
        let mut changes = changes.into_iter().peekable();
        while changes.peek().is_some() {
            let batch: Arc<Vec<_>> = Arc::new(changes.by_ref().take(BATCH).collect());
            for listener in &self.listeners {
                listener.send_changes(Arc::clone(&batch), !self.synced);
            }
        }
    }

    /// Notes that the store has had its first list, and notifies the handlers.
    pub(super) fn mark_synced(&mut self) {
        if !std::mem::replace(&mut self.synced, true) {
            for listener in &self.listeners {
                listener.send(Notice::Synced);
            }
        }
    }

    /// Puts all present objects into the queue of one handler, as updates without a change.
    pub(super) fn resync(&mut self, id: u64, snapshot: &Snapshot<K>) {
        let Some(listener) = self.listeners.iter().find(|listener| listener.id == id) else { return };
        let unchanged = snapshot.objects().map(|object| Change::Updated { old: object.clone(), new: object });
        listener.send_changes(Arc::new(unchanged.collect()), false);
    }

    /// The changes that wait in the queues of all handlers.
    pub(super) fn queued(&self) -> usize {
        self.listeners.iter().map(|listener| listener.backlog.len()).sum()
    }

    /// Ends all handlers. Notifications that are still in their queues are dropped.
    pub(super) fn stop(&mut self) {
        self.phase = Phase::Stopped;
        self.listeners.clear();
        self.taps.clear();
    }
}

impl<K: Kind> Drop for Listener<K> {
    fn drop(&mut self) {
        self.removed.cancel();
        self.backlog.close();
    }
}

impl<K: Kind> Listener<K> {
    pub(super) fn new(kind: Arc<str>, id: u64, backlog: Arc<Backlog<K>>, removed: CancellationToken) -> Self {
        Self { kind, id, backlog, removed, alarm: Alarm { at: LONG_QUEUE } }
    }

    fn send_changes(&self, changes: Arc<Vec<Change<K>>>, initial: bool) {
        if !changes.is_empty() {
            self.send(Notice::Changes { changes, initial });
        }
    }

    fn send(&self, notice: Notice<K>) {
        self.backlog.push(notice);
    }

    /// Logs a warning if the queue has grown too long. Called for changes only: the first list of a large cluster is
    /// long without anything being wrong.
    fn warn_if_long(&mut self) {
        let queued = self.backlog.len();
        if self.alarm.rings(queued) {
            tracing::warn!(kind = %self.kind, handler = self.id, queued, "an event handler falls behind");
        }
    }
}

impl Alarm {
    /// Whether to warn now: at a long queue, each time that its length has doubled, and again once it was short meanwhile.
    fn rings(&mut self, queued: usize) -> bool {
        if queued >= self.at {
            self.at = queued.saturating_mul(2);
            return true;
        }
        if queued < LONG_QUEUE / 2 {
            self.at = LONG_QUEUE;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_worth_a_warning_when_it_is_long_and_each_time_it_has_doubled() {
        let mut alarm = Alarm { at: LONG_QUEUE };
        let mut rings = |lengths: &[usize]| lengths.iter().map(|queued| alarm.rings(*queued)).collect::<Vec<_>>();
        assert_eq!(rings(&[0, 9_999, 10_000, 10_001, 19_999, 20_000]), [false, false, true, false, false, true]);
        assert_eq!(rings(&[39_999, 5_000, 10_000, 39_999, 40_000]), [false, false, false, false, true], "still long");
        assert_eq!(rings(&[4_999, 9_999, 10_000]), [false, false, true]);
    }
}
