//! Runs a controller: sources, gate, workers, and the way to the end.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{join_all, select_all};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_util::sync::CancellationToken;

use super::builder::Controller;
use super::context::Shared;
use super::reconciler::Reconciler;
use super::share::Share;
use super::source::Source;
use super::turns::Turns;
use super::worker::Worker;
use crate::events::EventRecorder;
use crate::informer::{self, Ended};
use crate::kind::{Kind, ObjectKey};
use crate::queue::{LOW_PRIORITY, WorkQueue};
use crate::sharding::{Participant, Seat};
use crate::shutdown::Shutdown;

/// How long to wait for the last events to be written.
const EVENT_FLUSH: Duration = Duration::from_secs(5);
const SHORTEST_RESYNC: Duration = Duration::from_secs(1);

/// Why a controller ended although nobody asked it to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The caches were not complete in time. Either an informer was not started, or its lists fail.
    #[error("no complete list within {after:?} of: {}", .missing.join(", "))]
    CacheSync {
        /// The kinds, each with the last error if there was one.
        missing: Vec<String>,
        /// How long the controller waited.
        after: Duration,
    },
    /// All replicas would have the same objects.
    #[error("{kind} is not namespaced: its controller cannot have shards of namespaces")]
    NotNamespaced {
        /// The kind of the controller's objects.
        kind: String,
    },
    /// An informer stopped or failed.
    #[error("{kind}: {error}")]
    Informer {
        /// The kind of its objects.
        kind: String,
        /// How it ended.
        #[source]
        error: informer::Error,
    },
}

impl<K: Kind, R: Reconciler<K>> Controller<K, R> {
    /// Runs until a shutdown is requested. Starts the factory's informers.
    ///
    /// Workers start once all objects of the first complete lists, of every kind, are queued. After a shutdown request no
    /// more changes are taken, but queued objects are still reconciled. A second request, or the drain timeout, cancels
    /// reconciliations that are still running. When this returns, all workers and the event writer have ended.
    pub async fn run(self, shutdown: &Shutdown) -> Result<(), Error> {
        self.run_after(shutdown, std::future::ready(())).await
    }

    /// Like [`run`](Self::run), but the workers only start once `ready` is. The caches are filled meanwhile. A shutdown
    /// request does not wait for it.
    pub async fn run_after(mut self, shutdown: &Shutdown, ready: impl Future<Output = ()>) -> Result<(), Error> {
        let mut seat = self.seat.take();
        let resource = self.client.resource();
        if seat.as_ref().is_some_and(|seat| seat.partition().layout().by_namespace) && !resource.namespaced {
            return Err(Error::NotNamespaced { kind: resource.kind.to_string() });
        }
        self.factory.start();
        let (workers, resync, drain_timeout) = (self.workers, self.resync, self.drain_timeout);
        let patience = self.cache_sync_timeout;
        let (recorder, writer) = EventRecorder::new(self.client.connection().clone(), &self.name);
        let share = seat.as_ref().map_or_else(Share::default, |seat| Share::of(seat.partition().clone()));
        let worker = Arc::new(self.worker(recorder, share));
        let Worker { name, queue, turns, sources, .. } = &*worker;
        // However this function ends (it may panic or be dropped), nothing is added to the queue afterwards.
        let mut taps = Vec::new();
        for source in &**sources {
            taps.push(source.attach(turns).map_err(|error| of_kind(&**source, error))?);
        }
        tokio::select! {
            biased;
            () = shutdown.stopping() => return Ok(()),
            synced = wait_for_sync(sources, patience) => synced?,
        }
        tokio::select! {
            biased;
            () = shutdown.stopping() => return Ok(()),
            () = ready => {}
        }
        tracing::info!(controller = %name, workers, "the controller has started");
        let end_of_events = CancellationToken::new();
        let mut writer = tokio::spawn(writer.run_until(end_of_events.clone().cancelled_owned()));
        let taken = join_shards(seat.as_mut(), &worker);
        let crew: JoinSet<()> = (0..workers).map(|_| Arc::clone(&worker).run()).collect();
        let outcome = tokio::select! {
            // In this order, because the request that stops the controller may stop the informers as well.
            biased;
            () = shutdown.stopping() => Ok(()),
            error = end_of(sources) => Err(error),
            never = resync_every(resync, &worker) => match never {},
            never = taken => match never {},
        };
        drop(taps);
        drain(queue, crew, shutdown, drain_timeout).await;
        end_of_events.cancel();
        if timeout(EVENT_FLUSH, &mut writer).await.is_err() {
            tracing::warn!(controller = %name, "the last events are lost");
            writer.abort();
            let _ = writer.await;
        }
        tracing::info!(
            controller = %name, skipped = turns.skipped(), deferred = turns.deferred(), "the controller has stopped"
        );
        outcome
    }

    fn worker(self, recorder: EventRecorder, share: Share) -> Worker<K, R> {
        let metrics = self.metrics.map(Arc::new);
        if let Some(metrics) = &metrics {
            metrics.workers(self.workers);
        }
        let mut sources: Vec<Box<dyn Source>> = vec![Box::new(self.own)];
        sources.extend(self.others);
        Worker {
            name: self.name,
            reconciler: self.reconciler,
            shared: Arc::new(Shared { client: self.client, lister: self.informer.lister(), recorder }),
            informer: self.informer,
            turns: Arc::new(Turns::new(self.queue.clone(), share, metrics.clone())),
            metrics,
            queue: self.queue,
            sources: sources.into(),
            deletions: self.deletions,
            finalizer: self.finalizer,
            observer: self.observer,
            timeout: self.reconcile_timeout,
            patience: self.drain_timeout,
        }
    }
}

/// Waits until all objects of the first lists are queued.
async fn wait_for_sync(sources: &[Box<dyn Source>], patience: Duration) -> Result<(), Error> {
    let waits = sources.iter().map(|source| async move {
        match timeout(patience, source.synced()).await {
            Ok(synced) => synced.map(|()| None).map_err(|error| of_kind(&**source, error)),
            Err(_) => Ok(Some(source.complaint())),
        }
    });
    let mut missing = Vec::new();
    for outcome in join_all(waits).await {
        missing.extend(outcome?);
    }
    if missing.is_empty() { Ok(()) } else { Err(Error::CacheSync { missing, after: patience }) }
}

/// Waits until the first of the informers has ended.
async fn end_of(sources: &[Box<dyn Source>]) -> Error {
    let ends = sources.iter().map(|source| {
        Box::pin(async move {
            let error = match source.ended().await {
                Ended::Stopped => informer::Error::Stopped,
                Ended::Failed => informer::Error::Failed,
            };
            of_kind(&**source, error)
        })
    });
    select_all(ends).await.0
}

/// Joins those that work on shards, and takes the shards that are held already.
async fn join_shards<K: Kind, R: Reconciler<K>>(seat: Option<&mut Seat>, worker: &Arc<Worker<K, R>>) -> Infallible {
    if let Some(seat) = seat {
        let participant: Arc<dyn Participant> = Arc::clone(worker) as _;
        let held = seat.join(participant);
        join_all(held.into_iter().map(|(shard, tenure)| worker.take(shard, tenure))).await;
    }
    std::future::pending().await
}

/// Queues every object again and again, behind those that have changed.
async fn resync_every<K: Kind, R>(period: Option<Duration>, worker: &Worker<K, R>) -> Infallible {
    let Some(period) = period.map(|period| period.max(SHORTEST_RESYNC)) else { return std::future::pending().await };
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let keys = worker.shared.lister.store().read(|snapshot| {
            let shards = worker.turns.shards();
            snapshot.keys().filter(|key| shards.have(key)).cloned().collect::<Vec<_>>()
        });
        worker.queue.add_all(keys, LOW_PRIORITY);
    }
}

/// Lets the workers finish queued work for up to `patience`, and returns when all of them have ended.
async fn drain(queue: &WorkQueue<ObjectKey>, mut crew: JoinSet<()>, shutdown: &Shutdown, patience: Duration) {
    queue.shut_down();
    let ended = async { while crew.join_next().await.is_some() {} };
    tokio::select! {
        finished = timeout(patience, ended) => if finished.is_err() {
            tracing::warn!(?patience, "queued work did not end in time");
        },
        () = shutdown.forced() => tracing::warn!("a second shutdown request: running reconciliations are cancelled"),
    }
    crew.shutdown().await;
}

fn of_kind(source: &dyn Source, error: informer::Error) -> Error {
    Error::Informer { kind: source.kind().to_owned(), error }
}
