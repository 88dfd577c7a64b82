//! [`Grant`]: the time in which this replica holds a shard.

use futures::future::join_all;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::partition::{Concerned, Partition, Tenure};
use crate::leader::Leadership;
use crate::metrics::{Held, ShardingMetrics};

/// A shard that is held. However this ends, no turn of the shard begins afterwards, and those that still run are cancelled.
struct Grant {
    partition: Partition,
    shard: u32,
    _held: Option<Held>,
}

/// Turns that run although their shard was let go. They are cancelled when this is dropped.
struct Rest(Vec<Tenure>);

/// Lets the controllers work on a shard until `leading` is cancelled, and returns when their last turn on it has ended. Turns may
/// take their time after a stop, but not after the lease was lost.
pub(super) async fn hold(
    partition: Partition,
    shard: u32,
    leadership: Leadership,
    leading: CancellationToken,
    metrics: Option<ShardingMetrics>,
) {
    tracing::info!(sharding = partition.name(), shard, "the shard is taken");
    let concerned = partition.hold(shard, leadership.clone());
    let grant = Grant { partition, shard, _held: metrics.as_ref().map(ShardingMetrics::holding) };
    tokio::select! {
        biased;
        () = leading.cancelled() => {}
        () = take(shard, concerned) => leading.cancelled().await,
    }
    let rest = Rest(grant.partition.let_go(shard));
    rest.end(&leadership).await;
    tracing::info!(sharding = grant.partition.name(), shard, "the work on the shard has ended");
}

async fn take(shard: u32, concerned: Concerned) {
    join_all(concerned.iter().map(|(participant, tenure)| participant.take(shard, tenure.clone()))).await;
}

impl Rest {
    /// Waits until the last turn has ended, and cancels those that take too long.
    async fn end(&self, leadership: &Leadership) {
        join_all(self.0.iter().map(|tenure| async {
            tenure.turns.close();
            tokio::select! {
                biased;
                () = leadership.lost() => {}
                _ = timeout(tenure.patience, tenure.turns.wait()) => {}
            }
            tenure.cancelled.cancel();
            tenure.turns.wait().await;
        }))
        .await;
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        for tenure in &self.0 {
            tenure.cancelled.cancel();
        }
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        drop(Rest(self.partition.let_go(self.shard)));
        self.partition.left(self.shard);
    }
}
