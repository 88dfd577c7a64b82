//! From an informer and a reconciler to running workers, and back to rest.

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
use crate::client::{Client, Kind, ObjectKey};
use crate::events::EventRecorder;
use crate::informer::{self, HandlerOptions, Registration, SharedInformer};
use crate::queue::{RateLimiter, WorkQueue, default_controller_rate_limiter};
use crate::shutdown::Shutdown;

/// How long the last events may take to be written.
const EVENT_FLUSH: Duration = Duration::from_secs(5);

/// A reconciler, fed by an informer through a work queue.
pub struct Controller<K, R> {
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

/// Why a controller ended without having been asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The cache was not complete in time. The informer was not started, or its lists fail.
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

impl<K: Kind, R: Reconciler<K>> Controller<K, R> {
    /// A controller with one worker, to which every change counts.
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

    /// The name that events and managed fields carry; by default the kind in lower case and `-controller`.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    /// How many objects are reconciled at once; one at least.
    #[must_use]
    pub fn workers(self, workers: usize) -> Self {
        Self { workers: workers.max(1), ..self }
    }

    /// Reconciles only updates that pass, such as [`generation_changed`](super::generation_changed). New and deleted
    /// objects always count, and so do the turns that the reconciler asks for.
    #[must_use]
    pub fn updates(self, passes: impl Fn(&K, &K) -> bool + Send + Sync + 'static) -> Self {
        Self { updates: Some(Arc::new(passes)), ..self }
    }

    /// Reconciles every object this often, changed or not.
    #[must_use]
    pub fn resync(self, period: Duration) -> Self {
        Self { handler: HandlerOptions { resync: Some(period) }, ..self }
    }

    /// Delays failed objects differently than [`default_controller_rate_limiter`].
    #[must_use]
    pub fn rate_limiter(self, limiter: impl RateLimiter<ObjectKey>) -> Self {
        Self { queue: WorkQueue::new(limiter), ..self }
    }

    /// Tells `observer` of each turn.
    #[must_use]
    pub fn observer(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer: Some(observer), ..self }
    }

    /// How long to wait for the first list before giving up; two minutes by default.
    #[must_use]
    pub fn cache_sync_timeout(self, patience: Duration) -> Self {
        Self { cache_sync_timeout: patience, ..self }
    }

    /// How long queued work may take after a shutdown; 30 seconds by default.
    #[must_use]
    pub fn drain_timeout(self, patience: Duration) -> Self {
        Self { drain_timeout: patience, ..self }
    }

    /// The queue, to add keys for other reasons: a change of an owned object, say.
    pub fn queue(&self) -> WorkQueue<ObjectKey> {
        self.queue.clone()
    }

    /// Runs until `shutdown`. The informer must be running, or be started meanwhile.
    ///
    /// Work begins when the handler has seen the first complete list. On a shutdown the intake stops, what is queued is
    /// still worked off, and all workers and the event writer have ended when this returns; a second request, or the
    /// drain timeout, breaks off what is running.
    pub async fn run(self, shutdown: &Shutdown) -> Result<(), Error> {
        let deletions = Arc::new(Deletions::new());
        let intake =
            Intake { queue: self.queue.clone(), deletions: Arc::clone(&deletions), updates: self.updates.clone() };
        let registration = self.informer.add_handler(intake, self.handler)?;
        // However this ends, a panic or being dropped included: nobody takes from the queue afterwards.
        let _removed = RemoveOnDrop(&registration);
        if !self.wait_for_sync(&registration, shutdown).await? {
            return Ok(());
        }
        let (recorder, writer) = EventRecorder::new(self.connection.clone(), &self.name);
        let mut writer = tokio::spawn(writer.run());
        let (queue, drain_timeout) = (self.queue.clone(), self.drain_timeout);
        tracing::info!(controller = self.name, workers = self.workers, "the controller works");
        let workers = self.spawn_workers(recorder, deletions);
        let outcome = tokio::select! {
            // The informer may be stopped by the same request.
            biased;
            () = shutdown.stopping() => Ok(()),
            () = registration.ended() => Err(informer::Error::Stopped.into()),
        };
        registration.remove();
        drain(&queue, workers, shutdown, drain_timeout).await;
        // The workers held the recorder, so the writer ends when it has written what they published.
        if timeout(EVENT_FLUSH, &mut writer).await.is_err() {
            tracing::warn!(kind = %K::kind(&()), "the last events are lost");
            writer.abort();
            let _ = writer.await;
        }
        tracing::info!(kind = %K::kind(&()), "the controller has stopped");
        outcome
    }

    /// Waits until the intake has been told of all objects; false if a shutdown comes first.
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

/// Lets the workers finish what is queued, for a while, and returns when all have ended.
async fn drain(queue: &WorkQueue<ObjectKey>, mut workers: JoinSet<()>, shutdown: &Shutdown, patience: Duration) {
    tokio::select! {
        finished = timeout(patience, queue.shut_down_with_drain()) => if finished.is_err() {
            tracing::warn!(?patience, "queued work did not end in time");
        },
        () = shutdown.forced() => tracing::warn!("queued work is broken off"),
    }
    queue.shut_down();
    workers.shutdown().await;
}

impl<K: Kind, R> fmt::Debug for Controller<K, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Controller")
            .field("name", &self.name)
            .field("workers", &self.workers)
            .field("informer", &self.informer)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}
