//! What goes wrong, and how often it did.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// A fault that was injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A connection is refused.
    Refused,
    /// 401: the credentials have expired, for a while.
    Unauthorized,
    /// 429 with `Retry-After`.
    TooManyRequests,
    /// 500.
    InternalError,
    /// 503, with and without `Retry-After`.
    Unavailable,
    /// 410 instead of a list or a watch.
    Gone,
    /// An answer takes long.
    Slow,
    /// The connection is cut before the server gets the request.
    RequestLost,
    /// The server does what it was asked, and the connection is cut before it answers.
    AnswerLost,
    /// The connection is cut in the middle of the answer.
    AnswerCut,
    /// Half-open: in the middle of the answer no more bytes come, and the connection is not closed.
    AnswerSilent,
    /// The answer, a 503, comes before the request was read, and then the connection is closed.
    AnsweredEarly,
    /// After the answer the connection seems to stay open, but the next request finds that it is not.
    DeadConnection,
    /// A watch is cut in the middle of an event.
    EventCut,
    /// A watch is cut between two events.
    WatchCut,
    /// The server ends a watch as if its time was over.
    WatchEnded,
    /// Half-open: no more events come, and the connection is not closed.
    WatchSilent,
    /// An ERROR event with 410.
    WatchGone,
    /// An ERROR event with 500.
    WatchError,
    /// Events are held back.
    WatchSlow,
    /// The controller ends without a word, and a new one starts with nothing.
    ControllerKilled,
    /// The API server ends without a word and comes back: `kill -9` of kube-apiserver.
    ServerKilled,
    /// `kill -9` of etcd.
    EtcdKilled,
    /// The embedded server forgets its history.
    Compacted,
    /// The embedded server ends all watches.
    Disconnected,
    /// The clock of the server or of a candidate for the lease is set.
    ClockStep,
}

/// How many faults of each kind were injected.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<BTreeMap<Fault, u64>>);

impl Tally {
    /// Counts one.
    pub(super) fn add(&self, fault: Fault) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(fault).or_default() += 1;
    }

    /// All of them.
    pub(super) fn total(&self) -> u64 {
        self.counts().values().sum()
    }

    /// Those of each kind.
    pub(super) fn counts(&self) -> BTreeMap<Fault, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
