//! [`Controller`]: what it reconciles, from which events, and how.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::deletions::Deletions;
use super::observer::Observer;
use super::predicate::Predicate;
use super::reconciler::Reconciler;
use super::source::{Source, Watched, owner_of};
use crate::cached::Cached;
use crate::client::Client;
use crate::factory::SharedInformerFactory;
use crate::informer::SharedInformer;
use crate::kind::{ApiResource, Kind, ObjectKey, StaticKind};
use crate::metrics::{ControllerMetrics, Metrics};
use crate::queue::{RateLimiter, WorkQueue, default_controller_rate_limiter};
use crate::sharding::{Partition, Seat};

/// A reconciler, fed by informers through a work queue.
///
/// ```
/// # use std::sync::Arc;
/// # use crdgen_runtime::{controller::{Action, Context, Controller, Error, Reconciler}, factory::SharedInformerFactory};
/// # use crdgen_runtime::{client, shutdown::Shutdown, ObjectKey};
/// # use k8s_openapi::api::{apps::v1::Deployment, core::v1::{ConfigMap, Pod, Secret}};
/// # struct Website;
/// # impl Reconciler<ConfigMap> for Website {
/// #     type Error = client::Error;
/// #     async fn reconcile(&self, _: Arc<ConfigMap>, _: &Context<ConfigMap>) -> Result<Action, client::Error> {
/// #         Ok(Action::Done)
/// #     }
/// # }
/// async fn run(informers: &SharedInformerFactory, shutdown: &Shutdown) -> Result<(), Error> {
///     Controller::new("website", informers, Website)
///         .owns::<Deployment>()
///         .watches(|secret: &Secret| {
///             let website = secret.metadata.labels.as_ref()?.get("website")?;
///             Some(ObjectKey::new(secret.metadata.namespace.as_deref(), website))
///         })
///         .workers(4)
///         .run(shutdown)
///         .await
/// }
/// ```
pub struct Controller<K: Kind, R> {
    pub(super) name: Arc<str>,
    pub(super) factory: SharedInformerFactory,
    pub(super) client: Client<K>,
    pub(super) informer: SharedInformer<K>,
    pub(super) reconciler: R,
    pub(super) own: Watched<K>,
    pub(super) others: Vec<Box<dyn Source>>,
    pub(super) deletions: Arc<Deletions<K>>,
    pub(super) finalizer: Option<Box<str>>,
    pub(super) workers: usize,
    pub(super) resync: Option<Duration>,
    pub(super) queue: WorkQueue<ObjectKey>,
    pub(super) observer: Option<Arc<dyn Observer>>,
    pub(super) cache_sync_timeout: Duration,
    pub(super) drain_timeout: Duration,
    pub(super) reconcile_timeout: Option<Duration>,
    pub(super) metrics: Option<ControllerMetrics>,
    pub(super) seat: Option<Seat>,
}

impl<K: StaticKind, R: Reconciler<K>> Controller<K, R> {
    /// A controller with one worker, which reconciles after every change. Its name is that of its field manager, its
    /// events, its log lines and its metrics. Informers come from `factory`, which [`run`](Self::run) starts.
    pub fn new(name: &str, factory: &SharedInformerFactory, reconciler: R) -> Self {
        Self::on(name, factory, ApiResource::of::<K>(), factory.informer(), reconciler)
    }
}

impl<K: Kind, R: Reconciler<K>> Controller<K, R> {
    /// A controller of a kind that is only known at run time.
    pub fn of(name: &str, factory: &SharedInformerFactory, resource: ApiResource, reconciler: R) -> Self {
        let informer = factory.informer_of(resource.clone());
        Self::on(name, factory, resource, informer, reconciler)
    }

    /// A controller on an informer that is not, or not only, the factory's. Whoever made it runs it.
    pub fn on(
        name: &str,
        factory: &SharedInformerFactory,
        resource: ApiResource,
        informer: SharedInformer<K>,
        reconciler: R,
    ) -> Self {
        let deletions = Arc::new(Deletions::new());
        Self {
            name: Arc::from(name),
            factory: factory.clone(),
            own: Watched::own(informer.clone(), &resource, Arc::clone(&deletions)),
            client: Client::of(factory.client().clone(), resource).field_manager(name),
            informer,
            reconciler,
            others: Vec::new(),
            deletions,
            finalizer: None,
            workers: 1,
            resync: None,
            queue: WorkQueue::new(default_controller_rate_limiter()),
            observer: None,
            cache_sync_timeout: Duration::from_mins(2),
            drain_timeout: Duration::from_secs(30),
            reconcile_timeout: None,
            metrics: None,
            seat: None,
        }
    }

    /// Reconciles the owner whenever an object of kind `W` changes that has an object of this controller's kind as its
    /// controller (`metadata.ownerReferences` with `controller: true`).
    #[must_use]
    pub fn owns<W: StaticKind>(self) -> Self {
        let informer = self.factory.informer::<W>();
        self.owns_in(informer, &ApiResource::of::<W>(), None)
    }

    /// Like [`owns`](Self::owns), for events of `W` that pass a predicate.
    #[must_use]
    pub fn owns_if<W: StaticKind>(self, predicate: Predicate<W>) -> Self {
        let informer = self.factory.informer::<W>();
        self.owns_in(informer, &ApiResource::of::<W>(), Some(predicate))
    }

    /// Like [`owns`](Self::owns), on an informer of objects of `resource`: one of dynamic objects, of metadata alone, or of
    /// another scope.
    #[must_use]
    pub fn owns_in<W: Kind>(
        self,
        informer: SharedInformer<W>,
        resource: &ApiResource,
        predicate: Option<Predicate<W>>,
    ) -> Self {
        let owner = self.client.resource().clone();
        self.source(Watched::other(informer, resource, move |object| owner_of(object, &owner), predicate))
    }

    /// Reconciles the keys that `map` returns whenever an object of kind `W` changes; after an update those of the old and
    /// of the new object. `map` runs while the cache is written, so it must be quick.
    #[must_use]
    pub fn watches<W: StaticKind, I: IntoIterator<Item = ObjectKey>>(
        self,
        map: impl Fn(&W) -> I + Send + Sync + 'static,
    ) -> Self {
        let informer = self.factory.informer::<W>();
        self.watches_in(informer, &ApiResource::of::<W>(), map, None)
    }

    /// Like [`watches`](Self::watches), for events of `W` that pass a predicate.
    #[must_use]
    pub fn watches_if<W: StaticKind, I: IntoIterator<Item = ObjectKey>>(
        self,
        predicate: Predicate<W>,
        map: impl Fn(&W) -> I + Send + Sync + 'static,
    ) -> Self {
        let informer = self.factory.informer::<W>();
        self.watches_in(informer, &ApiResource::of::<W>(), map, Some(predicate))
    }

    /// Like [`watches`](Self::watches), on an informer of objects of `resource`.
    #[must_use]
    pub fn watches_in<W: Kind, I: IntoIterator<Item = ObjectKey>>(
        self,
        informer: SharedInformer<W>,
        resource: &ApiResource,
        map: impl Fn(&W) -> I + Send + Sync + 'static,
        predicate: Option<Predicate<W>>,
    ) -> Self {
        let map = move |object: &Cached<W>| map(object).into_iter().collect();
        self.source(Watched::other(informer, resource, map, predicate))
    }

    /// Only events of the controller's own kind that pass lead to a reconciliation. The repetitions that the reconciler
    /// asks for and resyncs are none.
    #[must_use]
    pub fn events(mut self, predicate: Predicate<K>) -> Self {
        self.own.predicate = Some(predicate);
        self
    }

    /// Gives each object this finalizer before it is reconciled. [`deleted`](Reconciler::deleted) is called while an object
    /// that is being deleted still exists, and the finalizer is removed after that: no deletion is missed, whether the
    /// controller runs or not. Objects that are being deleted are not reconciled any more.
    ///
    /// The name is qualified, such as `databases.example.com/data`. See [`finalizer`](crate::finalizer).
    #[must_use]
    pub fn finalizer(mut self, name: &str) -> Self {
        // What is gone was cleaned up after before it was gone.
        self.own.deletions = None;
        Self { finalizer: Some(Box::from(name)), ..self }
    }

    /// How many objects are reconciled at the same time; at least one.
    #[must_use]
    pub fn workers(self, workers: usize) -> Self {
        Self { workers: workers.max(1), ..self }
    }

    /// Reconciles every object this often, changed or not, behind those that have changed. At least every second.
    #[must_use]
    pub fn resync(self, period: Duration) -> Self {
        Self { resync: Some(period), ..self }
    }

    /// How long failed objects wait; by default as [`default_controller_rate_limiter`] decides.
    #[must_use]
    pub fn rate_limiter(self, limiter: impl RateLimiter<ObjectKey>) -> Self {
        self.queue.set_rate_limiter(limiter);
        self
    }

    /// Calls `observer` before and after each reconciliation.
    #[must_use]
    pub fn observer(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer: Some(observer), ..self }
    }

    /// Measures the controller and its queue, under its name.
    #[must_use]
    pub fn metrics(self, metrics: &Metrics) -> Self {
        self.queue.set_metrics(metrics, &self.name);
        Self { metrics: Some(metrics.controller(&self.name)), ..self }
    }

    /// Like [`metrics`](Self::metrics), unless it is measured already.
    pub(crate) fn measured_by(self, metrics: &Metrics) -> Self {
        if self.metrics.is_some() { self } else { self.metrics(metrics) }
    }

    /// Reconciles only keys of the shards that this replica holds. See [`sharding`](crate::sharding). All controllers of a
    /// partition should be run: the replica begins once they have complete caches.
    #[must_use]
    pub fn partition(self, partition: &Partition) -> Self {
        Self { seat: Some(partition.seat()), ..self }
    }

    /// Like [`partition`](Self::partition), unless there is no place for it.
    pub(crate) fn seated(mut self, seat: Option<Seat>) -> Self {
        self.seat = seat.or(self.seat);
        self
    }

    /// How long to wait for the first lists; two minutes by default. After that the controller gives up.
    #[must_use]
    pub fn cache_sync_timeout(self, patience: Duration) -> Self {
        Self { cache_sync_timeout: patience, ..self }
    }

    /// How long queued work may take after a shutdown was requested; 30 seconds by default.
    #[must_use]
    pub fn drain_timeout(self, patience: Duration) -> Self {
        Self { drain_timeout: patience, ..self }
    }

    /// How long a reconciliation may take. It is cancelled then, and retried as after an error. There is no limit by
    /// default.
    #[must_use]
    pub fn reconcile_timeout(self, limit: Duration) -> Self {
        Self { reconcile_timeout: Some(limit), ..self }
    }

    /// The queue, for adding keys for reasons that no informer knows.
    pub fn queue(&self) -> WorkQueue<ObjectKey> {
        self.queue.clone()
    }

    /// The controller's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn source(mut self, source: impl Source + 'static) -> Self {
        self.others.push(Box::new(source));
        self
    }
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
