//! When lists of the past can no longer be asked for.
//!
//! In: the time. Out: a store that forgets old revisions every five minutes, as kube-apiserver has etcd compacted: continue tokens
//! live for five to ten minutes. Watches are not concerned: a real server has what they need in memory.
//!
//! Source: `compact` in `k8s.io/apiserver/pkg/storage/etcd3/compact.go`.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::store::Store;

/// `--etcd-compaction-interval` of kube-apiserver.
const INTERVAL: SignedDuration = SignedDuration::from_mins(5);

/// The revision of the store at the last time that this was looked at.
#[derive(Debug, Default)]
pub(crate) struct Compaction {
    last: Mutex<Option<(Timestamp, u64)>>,
}

impl Compaction {
    /// Forgets the revisions before the one that was the newest at the last time, if that was five minutes ago or more.
    pub(crate) fn run(&self, store: &Store, now: Timestamp) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (time, revision) = *last.get_or_insert_with(|| (now, store.revision()));
        if now.duration_since(time) >= INTERVAL {
            *last = Some((now, store.forget_snapshots_before(revision)));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::Write;

    #[test]
    fn what_is_older_than_five_minutes_is_forgotten_at_the_next_turn() {
        let (store, compaction) = (Store::default(), Compaction::default());
        let at = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let write = |key| store.write("things", key, Write::Create(json!({}))).unwrap();
        write("a");
        compaction.run(&store, at(0));
        write("b");
        compaction.run(&store, at(5));
        assert!(store.snapshot_at("things", 1).is_ok(), "it was the newest five minutes ago");
        compaction.run(&store, at(9));
        assert!(store.snapshot_at("things", 1).is_ok());
        assert_eq!(store.revision(), 3, "the compaction was written, too");
        compaction.run(&store, at(10));
        assert!(store.snapshot_at("things", 2).is_err());
        assert!(store.snapshot_at("things", 3).is_ok());
        assert_eq!(store.events_after("things", 1, 9).unwrap().len(), 1, "watches go on");
    }
}
