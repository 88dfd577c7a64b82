//! [`SharedInformer`], which connects a reflector, a store and handlers.

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::backlog::Backlog;
use super::distribution::{Listener, Phase};
use super::error::Error;
use super::feed::Feed;
use super::handler::{EventHandler, HandlerTask};
use super::health::{Ended, Health};
use super::options::InformerOptions;
use super::registration::{HandlerOptions, Occasion, Registration, Tap};
use super::state::State;
use crate::kind::Kind;
use crate::lister::Lister;
use crate::reflector::{Following, Reflector, Selection};
use crate::store::{Change, Index, IndexError, Snapshot, Store};
use crate::watch::ListWatch;

/// The shortest resync period, and below the longest, which keeps the clock from overflowing.
const SHORTEST_RESYNC: Duration = Duration::from_secs(1);
const LONGEST_RESYNC: Duration = Duration::from_hours(24 * 365);

/// A store that follows the server, with handlers that are called with its changes. Cheap to clone; all clones are one
/// informer.
///
/// Handlers and indexes can be added before and after the start. Once the informer has stopped, the store keeps its
/// last state.
pub struct SharedInformer<K: Kind> {
    shared: Arc<Shared<K>>,
}

struct Shared<K: Kind> {
    state: Arc<State<K>>,
    options: InformerOptions<K>,
    sources: Vec<InformerSource<K>>,
    /// Which part of the objects is wanted, if that can change.
    selection: Option<watch::Receiver<Selection>>,
    kind: Arc<str>,
    handlers: TaskTracker,
    stop: CancellationToken,
    next_id: AtomicU64,
}

/// A list and watch, and the namespace that it covers; none for all, or for a cluster-scoped kind.
type InformerSource<K> = (Option<Arc<str>>, Arc<dyn ListWatch<K>>);

impl<K: Kind> SharedInformer<K> {
    /// An informer with a source, usually a [`Client`](crate::client::Client). Nothing is requested before it runs.
    pub fn new(list_watch: impl ListWatch<K>, options: InformerOptions<K>) -> Self {
        let kind = Arc::from(list_watch.kind());
        Self::of_sources(kind, vec![(None, Arc::new(list_watch))], options, None)
    }

    /// An informer of sources, each with the namespace that it covers; none for all. It has the part of the objects that is
    /// wanted by `selection`, or all.
    pub(crate) fn selecting<L: ListWatch<K>>(
        sources: impl IntoIterator<Item = (Option<Arc<str>>, L)>,
        options: InformerOptions<K>,
        selection: Option<watch::Receiver<Selection>>,
    ) -> Self {
        let sources = sources.into_iter().map(|(namespace, source)| (namespace, Arc::new(source) as Arc<_>));
        let sources: Vec<InformerSource<K>> = sources.collect();
        let kind = sources.first().map_or("", |(_, source)| source.kind()).into();
        Self::of_sources(kind, sources, options, selection)
    }

    fn of_sources(
        kind: Arc<str>,
        sources: Vec<InformerSource<K>>,
        options: InformerOptions<K>,
        selection: Option<watch::Receiver<Selection>>,
    ) -> Self {
        let shared = Shared {
            state: Arc::new(State::of_sources(sources.len())),
            options,
            kind,
            sources,
            selection,
            handlers: TaskTracker::new(),
            stop: CancellationToken::new(),
            next_id: AtomicU64::new(0),
        };
        if let Some(metrics) = &shared.options.reflector.metrics {
            // Weak, so that an informer that nobody holds is not counted any more.
            let state = Arc::downgrade(&shared.state);
            metrics.read_from(move || state.upgrade()?.reading());
        }
        Self { shared: Arc::new(shared) }
    }

    /// Follows the server until `stop` is cancelled, and returns when all handlers have ended. Can only be called once.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), Error> {
        let Shared { state, options, sources, handlers, stop: own_stop, selection, .. } = &*self.shared;
        {
            let mut distribution = state.lock();
            if distribution.phase != Phase::Created {
                return Err(Error::Started);
            }
            distribution.phase = Phase::Running;
        }
        let ended = EndOnDrop(state);
        let reflectors = sources.iter().enumerate().map(|(source, (scope, list_watch))| {
            let (state, scope, transform) = (Arc::clone(state), scope.clone(), options.transform.clone());
            let feed = Feed { state, source, scope, transform, metrics: options.reflector.metrics.clone() };
            let following = selection.clone().map(|wanted| {
                let state = Arc::clone(&feed.state);
                let listed = move |number| state.listed.send_modify(|listed| listed[source] = number);
                Following { wanted, listed: Box::new(listed) }
            });
            let reflector = Reflector::new(Arc::clone(list_watch), feed, options.reflector.clone());
            reflector.following(following).run(stop.clone())
        });
        tokio::select! {
            _ = join_all(reflectors) => {}
            () = own_stop.cancelled() => {}
        }
        drop(ended);
        handlers.close();
        handlers.wait().await;
        Ok(())
    }

    /// Adds a handler, which is first called with all present objects. Must be called within a tokio runtime.
    pub fn add_handler(&self, handler: impl EventHandler<K>, options: HandlerOptions) -> Result<Registration, Error> {
        let backlog = Arc::new(Backlog::new(options.merge_above));
        let removed = CancellationToken::new();
        let synced = watch::Sender::new(false);
        let registration = Registration { synced: synced.subscribe(), removed: removed.clone() };
        let id = self.shared.next_id.fetch_add(1, Ordering::Relaxed);
        let state = &self.shared.state;
        let mut distribution = state.lock();
        if distribution.phase == Phase::Stopped {
            return Err(Error::Stopped);
        }
        let listener = Listener::new(Arc::clone(&self.shared.kind), id, Arc::clone(&backlog), removed.clone());
        state.writer.store().read(|snapshot| distribution.add(listener, snapshot));
        let resync = options.resync.map(|period| period.clamp(SHORTEST_RESYNC, LONGEST_RESYNC));
        let kind = Arc::clone(&self.shared.kind);
        let task = HandlerTask { kind, handler, backlog, synced, removed, resync };
        // Weak, so that the handlers end when nobody holds the informer any more.
        let state = Arc::downgrade(state);
        self.shared.handlers.spawn(task.run(move || {
            let Some(state) = state.upgrade() else { return };
            let mut distribution = state.lock();
            state.writer.store().read(|snapshot| distribution.resync(id, snapshot));
        }));
        Ok(registration)
    }

    /// Calls `call` with all present objects, and from then on with the changes of each write as it is published, before
    /// anybody else hears of them. It must be quick, and must not panic.
    pub(crate) fn tap(&self, call: impl FnMut(&[Change<K>], Occasion) + Send + 'static) -> Result<Tap, Error> {
        let state = &self.shared.state;
        let mut distribution = state.lock();
        if distribution.phase == Phase::Stopped {
            return Err(Error::Stopped);
        }
        let removed = CancellationToken::new();
        state.writer.store().read(|snapshot| distribution.tap(removed.clone(), Box::new(call), snapshot));
        Ok(Tap(removed))
    }

    /// Reads the store while nothing is published: the taps have been called with all that it shows.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Snapshot<K>) -> T) -> T {
        let state = &self.shared.state;
        let _distribution = state.lock();
        state.writer.store().read(read)
    }

    /// Adds an index: each object is found under all values that `function` returns for it. The function must depend on
    /// nothing but the object. Objects that are there already are indexed at once.
    ///
    /// ```
    /// # use crdgen_runtime::{informer::SharedInformer, store::{Index, IndexError}};
    /// # use k8s_openapi::api::core::v1::Pod;
    /// fn by_node(pods: &SharedInformer<Pod>) -> Result<Index<Pod, String>, IndexError> {
    ///     pods.add_index("node", |pod: &Pod| pod.spec.as_ref().and_then(|spec| spec.node_name.clone()))
    /// }
    ///
    /// fn pods_of(by_node: &Index<Pod, String>, node: &str) -> usize {
    ///     by_node.get(node).len()
    /// }
    /// ```
    pub fn add_index<V, I>(
        &self,
        name: &str,
        function: impl Fn(&K) -> I + Send + Sync + 'static,
    ) -> Result<Index<K, V>, IndexError>
    where
        V: Hash + Eq + Send + Sync + 'static,
        I: IntoIterator<Item = V>,
    {
        if self.shared.state.lock().phase == Phase::Stopped {
            return Err(IndexError::Stopped);
        }
        self.shared.state.writer.add_index(name, function)
    }

    /// The kind of the objects.
    pub fn kind(&self) -> &str {
        &self.shared.kind
    }

    /// The store.
    pub fn store(&self) -> Store<K> {
        self.shared.state.writer.store()
    }

    /// A lister over the store.
    pub fn lister(&self) -> Lister<K> {
        Lister::new(self.store())
    }

    /// How the informer is doing. [`has_synced`](Self::has_synced) and [`wait_for_sync`](Self::wait_for_sync) agree with it.
    pub fn health(&self) -> Health {
        self.shared.state.health.borrow().clone()
    }

    /// Whether the store has had its first complete list, and the informer has not failed since.
    pub fn has_synced(&self) -> bool {
        self.shared.state.health.borrow().synced
    }

    /// Waits for [`has_synced`](Self::has_synced). Returns an error if the informer ends before that, or has failed.
    pub async fn wait_for_sync(&self) -> Result<(), Error> {
        let mut health = self.shared.state.health.subscribe();
        let health = health.wait_for(|health| health.synced || health.ended.is_some()).await;
        match health.as_deref() {
            Ok(Health { synced: true, .. }) => Ok(()),
            Ok(Health { ended: Some(Ended::Failed), .. }) => Err(Error::Failed),
            _ => Err(Error::Stopped),
        }
    }

    /// Waits until the store has all objects of the selection of this number, or of a later one. An informer that selects nothing
    /// has them always.
    pub(crate) async fn has_listed(&self, number: u64) {
        if self.shared.selection.is_some() {
            let mut listed = self.shared.state.listed.subscribe();
            // Fails only if the sender is gone, and this has it.
            let _ = listed.wait_for(|listed| listed.iter().all(|listed| *listed >= number)).await;
        }
    }

    #[cfg(test)]
    pub(super) fn state(&self) -> &Arc<State<K>> {
        &self.shared.state
    }

    /// Waits until the informer has ended.
    pub async fn wait_for_end(&self) -> Ended {
        let mut health = self.shared.state.health.subscribe();
        let health = health.wait_for(|health| health.ended.is_some()).await;
        health.ok().and_then(|health| health.ended).unwrap_or(Ended::Stopped)
    }

    /// Stops the informer and its handlers. A factory that is asked for the same objects afterwards makes another one.
    pub fn stop(&self) {
        self.shared.stop.cancel();
    }
}

/// Ends the handlers also when the reflector panics or its future is dropped: else handlers and waiters would wait for
/// ever.
struct EndOnDrop<'s, K: Kind>(&'s State<K>);

impl<K: Kind> Drop for EndOnDrop<'_, K> {
    fn drop(&mut self) {
        self.0.end(if std::thread::panicking() { Ended::Failed } else { Ended::Stopped });
    }
}

impl<K: Kind> Clone for SharedInformer<K> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<K: Kind> fmt::Debug for SharedInformer<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedInformer")
            .field("kind", &self.shared.kind)
            .field("store", &self.store())
            .field("health", &self.health())
            .finish_non_exhaustive()
    }
}
