//! [`Controller`], which connects an informer, a queue and workers, runs them, and stops them in order.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

use super::context::Context;
use super::deletions::Deletions;
use super::intake::Intake;
use super::observer::Observer;
use super::predicate::Predicate;
use super::reconciler::Reconciler;
use super::worker::Worker;
use crate::client::Client;
use crate::events::EventRecorder;
use crate::informer::{self, HandlerOptions, Registration, SharedInformer};
use crate::kind::{ObjectKey, StaticKind};
use crate::queue::{RateLimiter, WorkQueue, default_controller_rate_limiter};
use crate::shutdown::Shutdown;

/// How long to wait for the last events to be written.
const EVENT_FLUSH: Duration = Duration::from_secs(5);

/// A reconciler, fed by an informer through a work queue.
pub struct Controller<K: StaticKind, R> {
    connection: kube::Client,
    informer: SharedInformer<K>,
    reconciler: R,
    name: String,
    workers: usize,
    updates: Option<Predicate<K>>,
    handler: HandlerOptions,
    queue: WorkQueue<ObjectKey>,
    observer: Option<Arc<dyn Observer>>,
    cache_sync_timeout: Duration,
    drain_timeout: Duration,
}

/// Why a controller ended although nobody asked it to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The cache was not complete in time. Either the informer was not started, or its lists fail.
    #[error("no complete list of {kind} within {after:?}")]
    CacheSync {
        /// The kind.
        kind: String,
        /// How long the controller waited.
        after: Duration,
    },
    /// The informer stopped.
    #[error(transparent)]
    Informer(#[from] informer::Error),
}

impl<K: StaticKind, R: Reconciler<K>> Controller<K, R> {
    /// A controller with one worker, which reconciles after every change.
    pub fn new(connection: kube::Client, informer: SharedInformer<K>, reconciler: R) -> Self {
        Self {
            connection,
            informer,
            reconciler,
            name: format!("{}-controller", K::kind(&()).to_lowercase()),
            workers: 1,
            updates: None,
            handler: HandlerOptions::default(),
            queue: WorkQueue::new(default_controller_rate_limiter()),
            observer: None,
            cache_sync_timeout: Duration::from_mins(2),
            drain_timeout: Duration::from_secs(30),
        }
    }

    /// The name in events and managed fields; by default the kind in lower case with `-controller`.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    /// How many objects are reconciled at the same time; at least one.
    #[must_use]
    pub fn workers(self, workers: usize) -> Self {
        Self { workers: workers.max(1), ..self }
    }

    /// Only updates for which `passes` is true lead to a reconciliation; see
    /// [`generation_changed`](super::generation_changed). New and deleted objects always do, and so do the repetitions
    /// that the reconciler asks for.
    #[must_use]
    pub fn updates(self, passes: impl Fn(&K, &K) -> bool + Send + Sync + 'static) -> Self {
        Self { updates: Some(Arc::new(passes)), ..self }
    }

    /// Reconciles every object this often, changed or not.
    #[must_use]
    pub fn resync(self, period: Duration) -> Self {
        Self { handler: HandlerOptions { resync: Some(period) }, ..self }
    }

    /// How long failed objects wait; by default as [`default_controller_rate_limiter`] decides.
    #[must_use]
    pub fn rate_limiter(self, limiter: impl RateLimiter<ObjectKey>) -> Self {
        Self { queue: WorkQueue::new(limiter), ..self }
    }

    /// Calls `observer` before and after each reconciliation.
    #[must_use]
    pub fn observer(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer: Some(observer), ..self }
    }

    /// How long to wait for the first list; two minutes by default. After that the controller gives up.
    #[must_use]
    pub fn cache_sync_timeout(self, patience: Duration) -> Self {
        Self { cache_sync_timeout: patience, ..self }
    }

    /// How long queued work may take after a shutdown was requested; 30 seconds by default.
    #[must_use]
    pub fn drain_timeout(self, patience: Duration) -> Self {
        Self { drain_timeout: patience, ..self }
    }

    /// The queue, for adding keys for other reasons, such as a change of an object that the key's object owns.
    pub fn queue(&self) -> WorkQueue<ObjectKey> {
        self.queue.clone()
    }

    /// Runs until a shutdown is requested. The informer must be running, or be started in the meantime.
    ///
    /// Workers start once all objects of the first complete list are queued. After a shutdown request no more changes
    /// are taken from the informer, but queued objects are still reconciled. A second request, or the drain timeout,
    /// cancels reconciliations that are still running. When this returns, all workers and the event writer have ended.
    pub async fn run(self, shutdown: &Shutdown) -> Result<(), Error> {
        let deletions = Arc::new(Deletions::new());
        let intake =
            Intake { queue: self.queue.clone(), deletions: Arc::clone(&deletions), updates: self.updates.clone() };
        let registration = self.informer.add_handler(intake, self.handler)?;
        // However this function ends (it may panic or be dropped), nobody takes keys from the queue afterwards.
        let _removed = RemoveOnDrop(&registration);
        if !self.wait_for_sync(&registration, shutdown).await? {
            return Ok(());
        }
        let (recorder, writer) = EventRecorder::new(self.connection.clone(), &self.name);
        let mut writer = tokio::spawn(writer.run());
        let (queue, drain_timeout) = (self.queue.clone(), self.drain_timeout);
        tracing::info!(controller = self.name, workers = self.workers, "the controller has started");
        let workers = self.spawn_workers(recorder, deletions);
        let outcome = tokio::select! {
            // In this order, because the request that stops the controller may stop the informer as well.
            biased;
            () = shutdown.stopping() => Ok(()),
            () = registration.ended() => Err(informer::Error::Stopped.into()),
        };
        registration.remove();
        drain(&queue, workers, shutdown, drain_timeout).await;
        // The workers held all recorders, so the writer ends once it has written their events.
        if timeout(EVENT_FLUSH, &mut writer).await.is_err() {
            tracing::warn!(kind = %K::kind(&()), "the last events are lost");
            writer.abort();
            let _ = writer.await;
        }
        tracing::info!(kind = %K::kind(&()), "the controller has stopped");
        outcome
    }

    /// Waits until all objects of the first list are queued; false if a shutdown is requested before that.
    async fn wait_for_sync(&self, registration: &Registration, shutdown: &Shutdown) -> Result<bool, Error> {
        tokio::select! {
            biased;
            () = shutdown.stopping() => Ok(false),
            synced = timeout(self.cache_sync_timeout, registration.wait_for_sync()) => match synced {
                Ok(synced) => synced.map(|()| true).map_err(Error::from),
                Err(_) => {
                    Err(Error::CacheSync { kind: K::kind(&()).into_owned(), after: self.cache_sync_timeout })
                }
            },
        }
    }

    fn spawn_workers(self, recorder: EventRecorder, deletions: Arc<Deletions<K>>) -> JoinSet<()> {
        let client = Client::new(self.connection).field_manager(&self.name);
        let worker = Arc::new(Worker {
            reconciler: self.reconciler,
            context: Context::new(client, self.informer.lister(), recorder),
            queue: self.queue,
            deletions,
            observer: self.observer,
        });
        (0..self.workers).map(|_| Arc::clone(&worker).run()).collect()
    }
}

struct RemoveOnDrop<'r>(&'r Registration);

impl Drop for RemoveOnDrop<'_> {
    fn drop(&mut self) {
        self.0.remove();
    }
}

/// Lets the workers finish queued work for up to `patience`, and returns when all of them have ended.
async fn drain(queue: &WorkQueue<ObjectKey>, mut workers: JoinSet<()>, shutdown: &Shutdown, patience: Duration) {
    queue.shut_down();
    let ended = async { while workers.join_next().await.is_some() {} };
    tokio::select! {
        finished = timeout(patience, ended) => if finished.is_err() {
            tracing::warn!(?patience, "queued work did not end in time");
        },
        () = shutdown.forced() => tracing::warn!("a second shutdown request: running reconciliations are cancelled"),
    }
    workers.shutdown().await;
}

impl<K: StaticKind, R> fmt::Debug for Controller<K, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Controller")
            .field("name", &self.name)
            .field("workers", &self.workers)
            .field("informer", &self.informer)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}
