//! One worker: takes a key, calls the reconciler, and decides when the key comes again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use futures::FutureExt;

use super::context::Context;
use super::deletions::Deletions;
use super::observer::{Observer, Outcome};
use super::reconciler::{Action, Reconciler, Retry};
use crate::kind::{ObjectKey, StaticKind};
use crate::queue::WorkQueue;

/// The state that all workers of a controller share.
pub(super) struct Worker<K: StaticKind, R> {
    pub(super) reconciler: R,
    pub(super) context: Context<K>,
    pub(super) queue: WorkQueue<ObjectKey>,
    pub(super) deletions: Arc<Deletions<K>>,
    pub(super) observer: Option<Arc<dyn Observer>>,
}

impl<K: StaticKind, R: Reconciler<K>> Worker<K, R> {
    /// Takes keys until the queue is shut down and empty.
    pub(super) async fn run(self: Arc<Self>) {
        while let Some(key) = self.queue.get().await {
            self.observe(|observer| observer.started(&key));
            let outcome = AssertUnwindSafe(self.turn(&key)).catch_unwind().await.unwrap_or_else(|panic| {
                let error = crate::panic::message(&*panic);
                tracing::error!(kind = %K::kind(&()), key = %*key, error, "the reconciler panicked");
                self.queue.add_rate_limited(key.clone());
                Outcome::Panicked
            });
            self.observe(|observer| observer.finished(&key, outcome));
        }
    }

    /// Calls the observer. If it panics, that is logged, and the worker goes on.
    fn observe(&self, tell: impl FnOnce(&dyn Observer)) {
        let Some(observer) = &self.observer else { return };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| tell(&**observer))) {
            let error = crate::panic::message(&*panic);
            tracing::error!(kind = %K::kind(&()), error, "the observer panicked");
        }
    }

    async fn turn(&self, key: &ObjectKey) -> Outcome {
        match self.process(key).await {
            Ok(action) => self.succeeded(key, action),
            Err(error) => self.failed(key, &error),
        }
    }

    /// First cleans up after deleted objects with this key, then reconciles the present one.
    async fn process(&self, key: &ObjectKey) -> Result<Action, R::Error> {
        while let Some(last) = self.deletions.first(key) {
            // If the same object is in the cache again, it was not deleted: it stopped matching the selectors for a
            // while.
            let present = self.context.lister.get(key);
            if present.is_none_or(|present| present.uid() != last.uid()) {
                tracing::debug!(kind = %K::kind(&()), %key, "cleaning up");
                self.clean_up(key, last.arc()).await?;
            }
            self.deletions.pop(key);
        }
        match self.context.lister.get(key) {
            Some(object) => self.reconciler.reconcile(object.arc(), &self.context).await,
            None => Ok(Action::Done),
        }
    }

    /// Calls `deleted` for one object. If it fails and must not be retried, the object is dropped from the list, and
    /// the key is queued again for whatever else there is to do.
    async fn clean_up(&self, key: &ObjectKey, last: Arc<K>) -> Result<(), R::Error> {
        let outcome = self.reconciler.deleted(key, last, &self.context).await;
        if let Err(error) = &outcome
            && self.reconciler.retry(error) == Retry::Never
        {
            self.deletions.pop(key);
            self.queue.add(key.clone());
        }
        outcome
    }

    /// Queues the key again if the reconciler asked for it. As in controller-runtime, asking for a certain delay resets
    /// the count of failures.
    fn succeeded(&self, key: &ObjectKey, action: Action) -> Outcome {
        tracing::debug!(kind = %K::kind(&()), %key, ?action, "reconciled");
        match action {
            Action::Done => {
                self.queue.forget(key);
                return Outcome::Done;
            }
            Action::RequeueAfter(delay) => {
                self.queue.forget(key);
                self.queue.add_after(key.clone(), delay);
            }
            Action::Requeue => self.queue.add_rate_limited(key.clone()),
        }
        Outcome::Requeued
    }

    fn failed(&self, key: &ObjectKey, error: &R::Error) -> Outcome {
        let (kind, retries) = (K::kind(&()), self.queue.num_requeues(key));
        match self.reconciler.retry(error) {
            Retry::Backoff => {
                tracing::warn!(%kind, %key, %error, retries, "reconciliation failed");
                self.queue.add_rate_limited(key.clone());
            }
            Retry::Quietly => {
                tracing::debug!(%kind, %key, %error, retries, "reconciliation failed, retrying");
                self.queue.add_rate_limited(key.clone());
            }
            Retry::After(delay) => {
                tracing::warn!(%kind, %key, %error, ?delay, "reconciliation failed, retrying after the server's delay");
                self.queue.add_after(key.clone(), delay);
            }
            Retry::Never => {
                tracing::error!(%kind, %key, %error, "reconciliation failed and is not retried");
                self.queue.forget(key);
                return Outcome::Terminal;
            }
        }
        Outcome::Failed
    }
}
