//! All informers of a program, started and stopped together.
//!
//! Everybody who asks a [`SharedInformerFactory`] for the same objects gets the same [`SharedInformer`], so a program has
//! one watch and one cache for them. The same objects are those of the same kind, namespace and selectors, in the same form.
//! This is client-go's `SharedInformerFactory`.
//!
//! ```
//! use std::time::Duration;
//!
//! use crdgen_runtime::factory::{NotSynced, SharedInformerFactory};
//! use k8s_openapi::api::core::v1::ConfigMap;
//!
//! async fn count(connection: kube::Client) -> Result<usize, NotSynced> {
//!     let informers = SharedInformerFactory::new(connection).namespaced("default");
//!     let config_maps = informers.informer::<ConfigMap>().lister();
//!     informers.start();
//!     informers.wait_for_cache_sync(Duration::from_secs(30)).await?;
//!     let count = config_maps.list().len();
//!     informers.shutdown().await;
//!     Ok(count)
//! }
//! ```

mod any_informer;
#[cfg(test)]
mod tests;

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::FutureExt;
use futures::future::join_all;
use kube::core::PartialObjectMeta;
use parking_lot::{Mutex, MutexGuard};
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::any_informer::AnyInformer;
use crate::cached::Form;
use crate::client::Client;
use crate::informer::{Health, InformerOptions, SharedInformer, Transform};
use crate::kind::{ApiResource, Kind, StaticKind};
use crate::metrics::Metrics;
use crate::reflector::ReflectorConfig;
use crate::sharding::{self, Partition};

/// How long [`shutdown`](SharedInformerFactory::shutdown) waits for handlers that are in the middle of a call.
const PATIENCE: Duration = Duration::from_secs(30);

/// Creates informers. Cheap to clone; all clones share their informers, which stop when the last clone is dropped: keep one
/// for as long as they are used. A [`Controller`](crate::controller::Controller) has one.
#[derive(Clone)]
pub struct SharedInformerFactory {
    client: kube::Client,
    /// In order. All if there are none.
    namespaces: Arc<[Arc<str>]>,
    reflector: ReflectorConfig,
    /// Whose shards the informers have; none for all objects.
    partition: Option<Partition>,
    metrics: Option<Metrics>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    informers: Mutex<BTreeMap<InformerId, Entry>>,
    /// A [`Transform`] for each type of objects.
    transforms: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
    /// The tokio runtime on which informers run, once the factory has been started.
    runtime: OnceLock<Handle>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Nobody could stop the informers any more.
impl Drop for Shared {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// What makes two requests for an informer the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct InformerId {
    resource: ApiResource,
    object: TypeId,
    namespaces: Arc<[Arc<str>]>,
    label_selector: Option<String>,
    field_selector: Option<String>,
    keeps_managed_fields: bool,
    is_compact: bool,
    /// The partition whose shards it has.
    partition: Option<usize>,
}

struct Entry {
    informer: Arc<dyn AnyInformer>,
    started: bool,
}

/// Some informers did not get a complete list in time, or have failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no complete list in time of: {}", .missing.join(", "))]
pub struct NotSynced {
    /// What they are of: the kind, the namespace and selectors if there are any, and the last error.
    pub missing: Vec<String>,
}

impl SharedInformerFactory {
    /// A factory for all namespaces, with the default reflector settings.
    pub fn new(client: kube::Client) -> Self {
        let reflector = ReflectorConfig::default();
        let shared = Arc::default();
        Self { client, namespaces: Arc::default(), reflector, partition: None, metrics: None, shared }
    }

    /// The same factory, but for informers of one namespace.
    #[must_use]
    pub fn namespaced(&self, namespace: &str) -> Self {
        self.of_namespaces([namespace])
    }

    /// The same factory, but for informers of these namespaces, each of which is listed and watched on its own: for whoever
    /// may not read the others. Of none, and of an empty name, all are meant.
    #[must_use]
    pub fn of_namespaces<N: AsRef<str>>(&self, namespaces: impl IntoIterator<Item = N>) -> Self {
        let names: BTreeSet<Arc<str>> = namespaces.into_iter().map(|name| Arc::from(name.as_ref())).collect();
        let names = if names.contains("") { BTreeSet::new() } else { names };
        Self { namespaces: names.into_iter().collect(), ..self.clone() }
    }

    /// The same factory, but for informers of objects with these labels, in the syntax of `kubectl -l`.
    #[must_use]
    pub fn labelled(&self, selector: &str) -> Self {
        self.with(|reflector| reflector.label_selector = Some(selector.to_owned()))
    }

    /// The same factory, but for informers of objects with these fields, such as `spec.nodeName=a`.
    #[must_use]
    pub fn with_fields(&self, selector: &str) -> Self {
        self.with(|reflector| reflector.field_selector = Some(selector.to_owned()))
    }

    /// The same factory, but for informers of objects in the namespaces of the shards that this replica holds, as far as the server
    /// selects them (KEP-5866: the gate `ShardedListAndWatch`, off by default in Kubernetes 1.36). A server that does not sends all
    /// objects; controllers work on their share of them. Kinds that are not namespaced come whole, and before the replica holds a
    /// shard the caches are empty.
    ///
    /// Such an informer lists anew whenever a shard is taken or let go. To its handlers objects that leave with a shard are deleted,
    /// and a controller whose objects lead to keys of other namespaces needs an informer of another factory for them. An error if
    /// the shards are not [those of namespaces](crate::sharding::Sharding::by_namespace).
    pub fn sharded(&self, partition: &Partition) -> Result<Self, sharding::Invalid> {
        if !partition.layout().by_namespace {
            return Err(sharding::Invalid::NotByNamespace);
        }
        Ok(Self { partition: Some(partition.clone()), ..self.clone() })
    }

    /// The same factory, but for informers whose caches are [compact](Form::Compact): the smallest, for objects that
    /// are many or large and read seldom.
    #[must_use]
    pub fn compact(&self) -> Self {
        self.with(|reflector| reflector.form = Form::Compact)
    }

    /// The same factory with other reflector settings. They apply to informers that do not exist yet; but the selectors,
    /// the form, and whether managed fields are kept, tell informers apart.
    #[must_use]
    pub fn reflector(self, reflector: ReflectorConfig) -> Self {
        Self { reflector, ..self }
    }

    /// The same factory, but for informers that are measured, each under its kind, namespace and selectors. Applies to
    /// those that do not exist yet.
    #[must_use]
    pub fn metrics(&self, metrics: &Metrics) -> Self {
        Self { metrics: Some(metrics.clone()), ..self.clone() }
    }

    /// The metrics of the informers, if they have any.
    pub(crate) fn measured_by(&self) -> Option<&Metrics> {
        self.metrics.as_ref()
    }

    /// Changes each object of a kind once, before it is stored. Applies to informers of all namespaces and selectors that
    /// do not exist yet.
    pub fn transform<K: Kind>(&self, transform: impl Fn(&mut K) + Send + Sync + 'static) {
        let transform: Transform<K> = Arc::new(transform);
        let mut transforms = self.shared.transforms.lock();
        transforms.insert(TypeId::of::<K>(), Box::new(transform));
    }

    /// The connection that the informers use.
    pub fn client(&self) -> &kube::Client {
        &self.client
    }

    /// The informer of a kind. The first call creates it. It runs from [`start`](Self::start) on, or at once if the
    /// factory has been started already: an informer that nobody starts would be a missing watch that nobody notices.
    /// controller-runtime does the same. If the informer was stopped or has failed, there is another one.
    pub fn informer<K: StaticKind>(&self) -> SharedInformer<K> {
        self.informer_of(ApiResource::of::<K>())
    }

    /// The informer of a kind that is only known at run time, with `K` the
    /// [`DynamicObject`](kube::core::DynamicObject) of kube, or a type for part of such an object.
    pub fn informer_of<K: Kind>(&self, resource: ApiResource) -> SharedInformer<K> {
        self.informer_with(Client::of(self.client.clone(), resource))
    }

    /// The informer of the metadata of a kind, which the server sends without the rest.
    pub fn metadata<K: StaticKind>(&self) -> SharedInformer<PartialObjectMeta<K>> {
        self.informer_with(Client::<K>::new(self.client.clone()).metadata_only())
    }

    fn informer_with<K: Kind>(&self, client: Client<K>) -> SharedInformer<K> {
        let resource = client.resource().clone();
        let partition = self.partition.as_ref().filter(|_| resource.namespaced);
        let id = InformerId {
            object: TypeId::of::<K>(),
            namespaces: if resource.namespaced { Arc::clone(&self.namespaces) } else { Arc::default() },
            resource,
            label_selector: self.reflector.label_selector.clone(),
            field_selector: self.reflector.field_selector.clone(),
            keeps_managed_fields: self.reflector.keep_managed_fields,
            is_compact: self.reflector.form == Form::Compact,
            partition: partition.map(Partition::address),
        };
        let mut informers = self.lock();
        let existing = informers.get(&id).filter(|entry| entry.informer.health().ended.is_none());
        if let Some(informer) = existing.and_then(|entry| (&*entry.informer as &dyn Any).downcast_ref()) {
            return SharedInformer::clone(informer);
        }
        let transforms = self.shared.transforms.lock();
        let transform = transforms.get(&TypeId::of::<K>()).and_then(|transform| transform.downcast_ref()).cloned();
        drop(transforms);
        let mut reflector = self.reflector.clone();
        if let Some(metrics) = &self.metrics {
            reflector.metrics = Some(metrics.informer(&id.to_string(), &id.resource));
        }
        let options = InformerOptions { reflector, transform };
        let selection = partition.map(Partition::selection);
        let informer = match &*id.namespaces {
            [] => SharedInformer::selecting([(None, client)], options, selection),
            names => {
                let sources = names.iter().map(|name| (Some(Arc::clone(name)), client.namespaced(name)));
                SharedInformer::selecting(sources, options, selection)
            }
        };
        informers.insert(id, Entry { informer: Arc::new(informer.clone()), started: false });
        self.start_new(&mut informers);
        informer
    }

    /// Starts all informers, and from now on each one when it is created. Must be called within a tokio runtime.
    pub fn start(&self) {
        self.shared.runtime.get_or_init(Handle::current);
        self.start_new(&mut self.lock());
    }

    fn start_new(&self, informers: &mut BTreeMap<InformerId, Entry>) {
        let Some(runtime) = self.shared.runtime.get() else { return };
        for (id, entry) in informers {
            if std::mem::replace(&mut entry.started, true) {
                continue;
            }
            let informer = Arc::clone(&entry.informer);
            let (name, stop) = (id.to_string(), self.shared.stop.child_token());
            let task = async move {
                tracing::debug!(informer = name, "started");
                match AssertUnwindSafe(informer.run(stop)).catch_unwind().await {
                    Ok(()) => tracing::debug!(informer = name, "stopped"),
                    Err(panic) => {
                        let error = crate::panic::message(&*panic);
                        tracing::error!(informer = name, error, "ended by a panic in a transform or an index function");
                    }
                }
            };
            self.shared.tasks.spawn_on(task, runtime);
        }
    }

    /// Waits until every informer has its first complete list, but no longer than `patience`.
    ///
    /// Handlers may not have been called with all objects by then; see [`Registration`](crate::informer::Registration).
    pub async fn wait_for_cache_sync(&self, patience: Duration) -> Result<(), NotSynced> {
        let informers = self.informers();
        let waits = informers.iter().map(|(name, informer)| async move {
            let synced = timeout(patience, informer.synced()).await.unwrap_or(false);
            (!synced).then(|| informer.health().complaint(name))
        });
        let missing: Vec<String> = join_all(waits).await.into_iter().flatten().collect();
        if missing.is_empty() { Ok(()) } else { Err(NotSynced { missing }) }
    }

    /// How each informer is doing, by its name: the kind, the namespace and selectors if there are any.
    pub fn health(&self) -> Vec<(String, Health)> {
        self.informers().into_iter().map(|(name, informer)| (name, informer.health())).collect()
    }

    /// Stops all informers, and returns when their tasks and handlers have ended. Stop controllers before that. A handler
    /// that is still in a call after half a minute is left behind, with an error in the log.
    pub async fn shutdown(&self) {
        self.shared.stop.cancel();
        self.shared.tasks.close();
        if timeout(PATIENCE, self.shared.tasks.wait()).await.is_err() {
            tracing::error!(tasks = self.shared.tasks.len(), waited = ?PATIENCE, "handlers do not end, and are left behind");
        }
    }

    fn informers(&self) -> Vec<(String, Arc<dyn AnyInformer>)> {
        self.lock().iter().map(|(id, entry)| (id.to_string(), Arc::clone(&entry.informer))).collect()
    }

    fn with(&self, change: impl FnOnce(&mut ReflectorConfig)) -> Self {
        let mut factory = self.clone();
        change(&mut factory.reflector);
        factory
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<InformerId, Entry>> {
        self.shared.informers.lock()
    }
}

impl fmt::Display for InformerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.resource.kind)?;
        if !self.namespaces.is_empty() {
            write!(f, " in {}", self.namespaces.join(", "))?;
        }
        for selector in [&self.label_selector, &self.field_selector].into_iter().flatten() {
            write!(f, " with {selector}")?;
        }
        if self.partition.is_some() {
            f.write_str(" of shards")?;
        }
        Ok(())
    }
}

impl fmt::Debug for SharedInformerFactory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.lock().keys().map(ToString::to_string).collect();
        f.debug_struct("SharedInformerFactory").field("informers", &names).finish_non_exhaustive()
    }
}
