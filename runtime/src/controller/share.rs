//! The keys that a controller may work on: all, or those of the shards that this replica holds.
//!
//! A shard is taken in this order: first the caches have its objects, then its keys may have turns, then all of them are
//! queued that the cache has. A change that comes between is taken in, and one that came before is in the cache, so none is
//! forgotten. A shard is let go in the other order: first no turn of its keys can begin, then the end of those that run is
//! waited for.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use parking_lot::{RwLock, RwLockReadGuard};
use tokio_util::sync::CancellationToken;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::reconciler::Reconciler;
use super::worker::Worker;
use crate::kind::{Kind, ObjectKey};
use crate::outcome::Outcome;
use crate::queue::LOW_PRIORITY;
use crate::sharding::{Participant, Partition, Tenure};

/// The keys that may have turns. By default all.
#[derive(Default)]
pub(super) struct Share(Option<Held>);

/// The shards of which keys may have turns.
struct Held {
    partition: Partition,
    tenures: RwLock<BTreeMap<u32, Tenure>>,
}

/// The keys that may have turns, for as long as this is not dropped.
pub(super) struct Shards<'s>(Option<(&'s Partition, RwLockReadGuard<'s, BTreeMap<u32, Tenure>>)>);

/// A turn that has begun. Its shard is not given up before this is dropped.
pub(super) struct Begun(Option<(CancellationToken, TaskTrackerToken)>);

impl Share {
    /// The keys of the shards that are taken.
    pub(super) fn of(partition: Partition) -> Self {
        Self(Some(Held { partition, tenures: RwLock::default() }))
    }

    pub(super) fn read(&self) -> Shards<'_> {
        Shards(self.0.as_ref().map(|held| (&held.partition, held.tenures.read())))
    }

    /// Whether a key is in a shard, held or not.
    fn is_in(&self, key: &ObjectKey, shard: u32) -> bool {
        self.0.as_ref().is_some_and(|held| held.partition.shard_of(key) == shard)
    }

    /// Lets the keys of a shard have turns, unless it was let go already.
    pub(super) fn take(&self, shard: u32, tenure: Tenure) {
        self.change(|tenures| {
            if !tenure.revoked.is_cancelled() {
                tenures.insert(shard, tenure);
            }
        });
    }

    pub(super) fn let_go(&self, shard: u32) {
        self.change(|tenures| drop(tenures.remove(&shard)));
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<u32, Tenure>)) {
        if let Some(held) = &self.0 {
            change(&mut held.tenures.write());
        }
    }
}

impl Shards<'_> {
    /// Whether a key may have turns.
    pub(super) fn have(&self, key: &ObjectKey) -> bool {
        let Some((partition, tenures)) = &self.0 else { return true };
        tenures.contains_key(&partition.shard_of(key))
    }

    /// Begins a turn; none if the key may not have one.
    pub(super) fn begin(&self, key: &ObjectKey) -> Option<Begun> {
        let Some((partition, tenures)) = &self.0 else { return Some(Begun(None)) };
        let tenure = tenures.get(&partition.shard_of(key))?;
        Some(Begun(Some((tenure.cancelled.clone(), tenure.turns.token()))))
    }
}

impl Begun {
    /// Runs the turn to its end, or until it is cancelled.
    pub(super) async fn run(&self, turn: impl Future<Output = Outcome>) -> Outcome {
        let Some((cancelled, _)) = &self.0 else { return turn.await };
        tokio::select! {
            biased;
            () = cancelled.cancelled() => {
                tracing::warn!("the shard was given up, and the turn is cancelled");
                Outcome::Aborted
            }
            outcome = turn => outcome,
        }
    }
}

impl<K: Kind, R: Reconciler<K>> Participant for Worker<K, R> {
    fn take(&self, shard: u32, tenure: Tenure) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            join_all(self.sources.iter().map(|source| source.listed(tenure.selection))).await;
            let keys = self.turns.share();
            keys.take(shard, tenure);
            let all: Vec<ObjectKey> =
                self.informer.read(|snapshot| snapshot.keys().filter(|key| keys.is_in(key, shard)).cloned().collect());
            self.queue.add_all(all, LOW_PRIORITY);
        })
    }

    fn let_go(&self, shard: u32) {
        self.turns.share().let_go(shard);
    }

    fn left(&self, shard: u32) {
        let keys = self.turns.share();
        self.turns.forget(|key| keys.is_in(key, shard));
        self.deletions.forget(|key| keys.is_in(key, shard));
    }

    fn patience(&self) -> Duration {
        self.patience
    }
}
