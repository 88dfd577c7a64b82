//! All informers of a program: one per kind and namespace, started and stopped together.
//!
//! Everybody who asks a [`SharedInformerFactory`] for the same kind gets the same [`SharedInformer`], so a program has
//! one watch and one cache for it. This is client-go's `SharedInformerFactory`.
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

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::client::Client;
use crate::informer::{InformerOptions, SharedInformer};
use crate::kind::{Kind, StaticKind};
use crate::reflector::ReflectorConfig;

/// Creates informers. Cheap to clone; all clones share their informers.
#[derive(Clone)]
pub struct SharedInformerFactory {
    client: kube::Client,
    namespace: Option<Arc<str>>,
    reflector: ReflectorConfig,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    informers: Mutex<BTreeMap<InformerId, Entry>>,
    /// The tokio runtime on which informers run, once the factory has been started.
    runtime: OnceLock<Handle>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

type InformerId = (TypeId, Option<Arc<str>>);

struct Entry {
    informer: Arc<dyn AnyInformer>,
    started: bool,
}

/// Some informers did not get a complete list in time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no complete list in time of: {}", .missing.join(", "))]
pub struct NotSynced {
    /// The kinds; if the informer is for one namespace, with it.
    pub missing: Vec<String>,
}

impl SharedInformerFactory {
    /// A factory for all namespaces, with the default reflector settings.
    pub fn new(client: kube::Client) -> Self {
        Self { client, namespace: None, reflector: ReflectorConfig::default(), shared: Arc::default() }
    }

    /// The same factory, but for informers of one namespace.
    #[must_use]
    pub fn namespaced(&self, namespace: &str) -> Self {
        Self { namespace: Some(Arc::from(namespace)), ..self.clone() }
    }

    /// The same factory with other reflector settings. They apply to informers that do not exist yet.
    #[must_use]
    pub fn reflector(self, reflector: ReflectorConfig) -> Self {
        Self { reflector, ..self }
    }

    /// The connection that the informers use.
    pub fn client(&self) -> &kube::Client {
        &self.client
    }

    /// The informer of a kind. The first call creates it. It runs from [`start`](Self::start) on, or at once if the
    /// factory has been started already: an informer that nobody starts would be a missing watch that nobody notices.
    /// controller-runtime does the same.
    pub fn informer<K: StaticKind>(&self) -> SharedInformer<K> {
        let namespace = self.namespace.clone().filter(|_| K::api_resource().namespaced);
        let mut informers = self.lock();
        let id = (TypeId::of::<K>(), namespace);
        let existing = informers.get(&id).and_then(|entry| (&*entry.informer as &dyn Any).downcast_ref());
        if let Some(informer) = existing {
            return SharedInformer::clone(informer);
        }
        let mut client = Client::<K>::new(self.client.clone());
        if let Some(namespace) = &id.1 {
            client = client.namespaced(namespace);
        }
        let informer =
            SharedInformer::new(client, InformerOptions { reflector: self.reflector.clone(), transform: None });
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
        for ((_, namespace), entry) in informers {
            if std::mem::replace(&mut entry.started, true) {
                continue;
            }
            let informer = Arc::clone(&entry.informer);
            let (name, stop) = (name(&*informer, namespace.as_deref()), self.shared.stop.child_token());
            let task = async move {
                tracing::debug!(informer = name, "started");
                match AssertUnwindSafe(informer.run(stop)).catch_unwind().await {
                    Ok(()) => tracing::debug!(informer = name, "stopped"),
                    Err(panic) => {
                        let error = crate::panic::message(&*panic);
                        tracing::error!(
                            informer = name,
                            error,
                            "stopped by a panic in a transform or an index function"
                        );
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
        let informers: Vec<_> = self
            .lock()
            .iter()
            .map(|((_, namespace), entry)| (name(&*entry.informer, namespace.as_deref()), Arc::clone(&entry.informer)))
            .collect();
        let waits = informers.iter().map(|(name, informer)| async move {
            let synced = timeout(patience, informer.synced()).await.unwrap_or(false);
            (!synced).then(|| name.clone())
        });
        let missing: Vec<String> = join_all(waits).await.into_iter().flatten().collect();
        if missing.is_empty() { Ok(()) } else { Err(NotSynced { missing }) }
    }

    /// Stops all informers, and returns when their tasks and handlers have ended. Stop controllers before that.
    pub async fn shutdown(&self) {
        self.shared.stop.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<InformerId, Entry>> {
        self.shared.informers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An informer of any kind.
trait AnyInformer: Any + Send + Sync {
    fn kind(&self) -> String;
    fn run(&self, stop: CancellationToken) -> BoxFuture<'_, ()>;
    /// Waits for the first list. False if the informer stops before that.
    fn synced(&self) -> BoxFuture<'_, bool>;
}

impl<K: Kind> AnyInformer for SharedInformer<K> {
    fn kind(&self) -> String {
        SharedInformer::kind(self).to_owned()
    }

    fn run(&self, stop: CancellationToken) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            if let Err(error) = SharedInformer::run(self, stop).await {
                tracing::warn!(kind = SharedInformer::kind(self), %error, "the informer was started outside of its factory");
            }
        })
    }

    fn synced(&self) -> BoxFuture<'_, bool> {
        Box::pin(async move { self.wait_for_sync().await.is_ok() })
    }
}

fn name(informer: &dyn AnyInformer, namespace: Option<&str>) -> String {
    match namespace {
        Some(namespace) => format!("{} in {namespace}", informer.kind()),
        None => informer.kind(),
    }
}

impl fmt::Debug for SharedInformerFactory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let informers = self.lock();
        let names = informers.iter().map(|((_, namespace), entry)| name(&*entry.informer, namespace.as_deref()));
        f.debug_struct("SharedInformerFactory").field("informers", &names.collect::<Vec<_>>()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use k8s_openapi::api::core::v1::{ConfigMap, Node, Secret};
    use serde_json::json;

    use super::*;
    use crate::testing::{Reply, connection_with};

    /// A factory on a server that has one object of each kind but no secrets to show, and never ends a watch.
    fn factory() -> SharedInformerFactory {
        let (connection, _) = connection_with(|request, _| {
            if request.contains("/secrets") {
                return Reply::json(403, &json!({ "kind": "Status", "code": 403, "reason": "Forbidden" }));
            }
            if request.contains("sendInitialEvents") {
                return Reply::json(422, &json!({ "kind": "Status", "code": 422, "reason": "Invalid" }));
            }
            if request.contains("watch=true") {
                let mut open = Reply::chunks(200, [""; 0]);
                open.stalls = true;
                return open;
            }
            let metadata = json!({ "name": "a", "namespace": "ns", "resourceVersion": "1" });
            Reply::json(200, &json!({ "items": [{ "metadata": metadata }], "metadata": { "resourceVersion": "1" } }))
        });
        SharedInformerFactory::new(connection)
    }

    #[tokio::test(start_paused = true)]
    async fn everybody_who_asks_for_a_kind_gets_the_same_informer() {
        let factory = factory();
        let first = factory.informer::<ConfigMap>();
        factory.start();
        factory.wait_for_cache_sync(Duration::from_secs(1)).await.unwrap();
        assert_eq!(first.lister().list().len(), 1);
        assert_eq!(factory.clone().informer::<ConfigMap>().lister().list().len(), 1);
        assert!(!factory.namespaced("ns").informer::<ConfigMap>().has_synced(), "another scope is another informer");
        assert_eq!(format!("{factory:?}").matches("ConfigMap").count(), 2);
        factory.namespaced("ns").informer::<Node>();
        assert!(!format!("{factory:?}").contains("Node in ns"), "nodes have no namespace");
        factory.shutdown().await;
    }

    #[tokio::test(start_paused = true)]
    async fn informers_made_after_the_start_run_at_once() {
        let factory = factory();
        factory.start();
        factory.start();
        let informer = factory.namespaced("ns").informer::<ConfigMap>();
        factory.wait_for_cache_sync(Duration::from_secs(1)).await.unwrap();
        assert!(informer.has_synced());
        factory.shutdown().await;
    }

    #[tokio::test(start_paused = true)]
    async fn kinds_without_a_list_in_time_are_named() {
        let factory = factory();
        factory.informer::<ConfigMap>();
        factory.informer::<Secret>();
        factory.namespaced("ns").informer::<Secret>();
        factory.start();
        let error = factory.wait_for_cache_sync(Duration::from_mins(1)).await.unwrap_err();
        assert_eq!(error.to_string(), "no complete list in time of: Secret, Secret in ns");
        factory.shutdown().await;
        assert_eq!(factory.wait_for_cache_sync(Duration::from_mins(1)).await.unwrap_err(), error);
    }
}
