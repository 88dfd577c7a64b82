//! One worker: takes a key, calls the reconciler, and decides when the key comes again.

use std::error::Error as StdError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use super::context::{Context, Shared};
use super::deletions::Deletions;
use super::observer::Observer;
use super::reconciler::{Action, Reconciler, Retry};
use super::source::Source;
use super::turns::Turns;
use super::writes::TurnWrites;
use crate::cached::Cached;
use crate::client::{self, WriteLog};
use crate::finalizer::{self, Step};
use crate::informer::SharedInformer;
use crate::kind::{Kind, ObjectKey};
use crate::metrics::ControllerMetrics;
use crate::outcome::Outcome;
use crate::queue::WorkQueue;

/// The state that all workers of a controller share.
pub(super) struct Worker<K: Kind, R> {
    pub(super) name: Arc<str>,
    pub(super) reconciler: R,
    pub(super) shared: Arc<Shared<K>>,
    pub(super) informer: SharedInformer<K>,
    pub(super) queue: WorkQueue<ObjectKey>,
    pub(super) turns: Arc<Turns>,
    pub(super) sources: Arc<[Box<dyn Source>]>,
    pub(super) deletions: Arc<Deletions<K>>,
    pub(super) finalizer: Option<Box<str>>,
    pub(super) observer: Option<Arc<dyn Observer>>,
    pub(super) timeout: Option<Duration>,
    /// How long turns may run after their shard was let go.
    pub(super) patience: Duration,
    pub(super) metrics: Option<Arc<ControllerMetrics>>,
}

/// A turn that has begun. Its end is measured and reported however it comes: the worker may be dropped in the middle.
struct UnderWay<'w, K: Kind, R> {
    worker: &'w Worker<K, R>,
    key: &'w ObjectKey,
    began: Instant,
    outcome: Outcome,
}

/// Why a turn did not succeed.
enum Failure<E> {
    /// The reconciler's error.
    Error(E),
    /// The finalizer could not be added or removed.
    Finalizer(client::Error),
    TimedOut(Duration),
}

impl<K: Kind, R: Reconciler<K>> Worker<K, R> {
    /// Takes keys until the queue is shut down and empty.
    pub(super) async fn run(self: Arc<Self>) {
        while let Some(key) = self.queue.get().await {
            let Some(begun) = self.turns.begin(&key, key.priority()) else { continue };
            let mut under_way = UnderWay::begin(&self, &key);
            let writes = Arc::new(TurnWrites::default());
            let (controller, kind) = (&*self.name, &*self.shared.client.resource().kind);
            let (namespace, name) = (key.namespace(), key.name());
            let span = tracing::info_span!("reconcile", controller, kind, namespace, name);
            let turn = begun.run(self.turn(&key, key.priority(), &writes)).instrument(span);
            let turn = AssertUnwindSafe(turn).catch_unwind().await;
            under_way.outcome = turn.unwrap_or_else(|panic| {
                let error = crate::panic::message(&*panic);
                tracing::error!(controller = %self.name, key = %*key, error, "the reconciler panicked");
                self.retry(&key, key.priority());
                Outcome::Panicked
            });
            self.turns.end(&key, writes.take(), &|write| self.sources.iter().find_map(|source| source.shows(write)));
        }
    }

    async fn turn(&self, key: &ObjectKey, priority: i32, writes: &Arc<TurnWrites>) -> Outcome {
        let log: Arc<dyn WriteLog> = Arc::clone(writes) as Arc<dyn WriteLog>;
        let context = Context::of_turn(Arc::clone(&self.shared), log);
        let process = self.process(key, &context);
        let processed = match self.timeout {
            Some(limit) => timeout(limit, process).await.unwrap_or(Err(Failure::TimedOut(limit))),
            None => process.await,
        };
        match processed {
            Ok(action) => self.succeeded(key, priority, action),
            Err(Failure::Error(error)) => {
                let retry = self.reconciler.retry(&error);
                let error: Box<dyn StdError + Send + Sync> = error.into();
                self.failed(key, priority, &*error, retry)
            }
            Err(Failure::Finalizer(error)) => self.failed(key, priority, &error, None),
            Err(Failure::TimedOut(limit)) => {
                tracing::error!(controller = %self.name, %key, ?limit, "reconciliation took too long");
                self.retry(key, priority);
                Outcome::TimedOut
            }
        }
    }

    /// First cleans up after deleted objects with this key, then reconciles the present one.
    async fn process(&self, key: &ObjectKey, context: &Context<K>) -> Result<Action, Failure<R::Error>> {
        while let Some(last) = self.deletions.first(key) {
            // If the same object is in the cache again, it was not deleted: it stopped matching the selectors for a
            // while.
            let present = context.lister().get(key);
            if present.is_none_or(|present| present.uid() != last.uid()) {
                tracing::debug!(controller = %self.name, %key, "cleaning up");
                self.clean_up(key, &last, context).await.map_err(Failure::Error)?;
            }
            self.deletions.pop(key);
        }
        let Some(object) = context.lister().get(key).map(|object| object.arc()) else { return Ok(Action::Done) };
        if let Some(name) = &self.finalizer {
            match finalizer::ensure(context.client(), &*object, name).await.map_err(Failure::Finalizer)? {
                Step::Reconcile => {}
                Step::CleanUp => {
                    let cleaned = self.reconciler.deleted(key, Arc::clone(&object), context).await;
                    cleaned.map_err(Failure::Error)?;
                    finalizer::remove(context.client(), &*object, name).await.map_err(Failure::Finalizer)?;
                    return Ok(Action::Done);
                }
                Step::Gone => return Ok(Action::Done),
            }
        }
        self.reconciler.reconcile(object, context).await.map_err(Failure::Error)
    }

    /// Calls `deleted` for one object. If it fails and must not be retried, the object is dropped from the list, and
    /// the key is queued again for whatever else there is to do.
    async fn clean_up(&self, key: &ObjectKey, last: &Cached<K>, context: &Context<K>) -> Result<(), R::Error> {
        let outcome = self.reconciler.deleted(key, last.arc(), context).await;
        if let Err(error) = &outcome
            && self.reconciler.retry(error) == Some(Retry::Never)
        {
            self.deletions.pop(key);
            self.queue.add(key.clone());
        }
        outcome
    }

    /// Queues the key again if the reconciler asked for it. As in controller-runtime, asking for a certain delay resets
    /// the count of failures, and a delay of zero is none.
    fn succeeded(&self, key: &ObjectKey, priority: i32, action: Action) -> Outcome {
        tracing::debug!(controller = %self.name, %key, ?action, "reconciled");
        match action {
            Action::RequeueAfter(delay) if !delay.is_zero() => {
                self.queue.forget(key);
                self.queue.add_later(key.clone(), delay, priority);
                Outcome::RequeuedAfter
            }
            Action::Done | Action::RequeueAfter(_) => {
                self.queue.forget(key);
                Outcome::Done
            }
            Action::Requeue => {
                self.retry(key, priority);
                Outcome::Requeued
            }
        }
    }

    fn failed(
        &self,
        key: &ObjectKey,
        priority: i32,
        error: &(dyn StdError + 'static),
        retry: Option<Retry>,
    ) -> Outcome {
        let (controller, retries) = (&self.name, self.queue.num_requeues(key));
        let retry = retry.unwrap_or_else(|| Retry::of(error));
        let error = Chain(error);
        match retry {
            Retry::Backoff => {
                tracing::warn!(%controller, %key, %error, retries, "reconciliation failed");
                self.retry(key, priority);
            }
            Retry::Quietly => {
                tracing::debug!(%controller, %key, %error, retries, "reconciliation failed, retrying");
                self.retry(key, priority);
            }
            Retry::After(delay) => {
                tracing::warn!(%controller, %key, %error, ?delay, "reconciliation failed, retrying after the server's delay");
                self.queue.add_later(key.clone(), delay, priority);
            }
            Retry::Never => {
                tracing::error!(%controller, %key, %error, "reconciliation failed and is not retried");
                self.queue.forget(key);
                return Outcome::Terminal;
            }
        }
        Outcome::Failed
    }

    /// Counts a failure, and queues the key again after the limiter's delay. If the limiter panics, after a second.
    fn retry(&self, key: &ObjectKey, priority: i32) {
        let delay = catch_unwind(AssertUnwindSafe(|| self.queue.next_delay(key))).unwrap_or_else(|panic| {
            let error = crate::panic::message(&*panic);
            tracing::error!(controller = %self.name, %key, error, "the rate limiter panicked");
            Duration::from_secs(1)
        });
        self.queue.add_later(key.clone(), delay, priority);
    }
}

impl<'w, K: Kind, R> UnderWay<'w, K, R> {
    fn begin(worker: &'w Worker<K, R>, key: &'w ObjectKey) -> Self {
        let turn = Self { worker, key, began: Instant::now(), outcome: Outcome::Aborted };
        turn.observe(|observer| observer.started(key));
        if let Some(metrics) = &worker.metrics {
            metrics.began();
        }
        turn
    }

    /// Calls the observer. If it panics, that is logged, and the worker goes on.
    fn observe(&self, tell: impl FnOnce(&dyn Observer)) {
        let Some(observer) = &self.worker.observer else { return };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| tell(&**observer))) {
            let error = crate::panic::message(&*panic);
            tracing::error!(controller = %self.worker.name, error, "the observer panicked");
        }
    }
}

impl<K: Kind, R> Drop for UnderWay<'_, K, R> {
    fn drop(&mut self) {
        if let Some(metrics) = &self.worker.metrics {
            metrics.ended(self.outcome, self.began.elapsed());
        }
        self.observe(|observer| observer.finished(self.key, self.outcome));
    }
}

/// An error with its causes, unless their words are in it already.
struct Chain<'e>(&'e (dyn StdError + 'static));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut words = self.0.to_string();
        f.write_str(&words)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !words.contains(&text) {
                write!(f, ": {text}")?;
                words = text;
            }
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{words}")]
    struct Wordy {
        words: &'static str,
        #[source]
        cause: Option<Box<Wordy>>,
    }

    #[test]
    fn an_error_is_written_with_its_causes_unless_it_has_their_words() {
        let chain = |words: &[&'static str]| {
            let nest = |cause, words: &&'static str| Some(Box::new(Wordy { words, cause }));
            let error = words.iter().rev().fold(None, nest).unwrap();
            Chain(&*error).to_string()
        };
        assert_eq!(chain(&["no database"]), "no database");
        assert_eq!(chain(&["no database", "connection refused"]), "no database: connection refused");
        assert_eq!(
            chain(&["no database: connection refused", "connection refused"]),
            "no database: connection refused"
        );
        assert_eq!(chain(&["a", "b", "c"]), "a: b: c");
    }
}
