//! [`SharedInformer`], which connects a reflector, a store and handlers.

use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::distribution::{Distribution, Listener, Phase};
use super::feed::Feed;
use super::handler::{EventHandler, HandlerTask};
use super::options::InformerOptions;
use super::registration::{HandlerOptions, Registration};
use crate::kind::Kind;
use crate::lister::Lister;
use crate::reflector::Reflector;
use crate::store::{IndexError, Store, Writer};
use crate::watch::ListWatch;

/// The shortest resync period, and below the longest, which keeps the clock from overflowing.
const SHORTEST_RESYNC: Duration = Duration::from_secs(1);
const LONGEST_RESYNC: Duration = Duration::from_hours(24 * 365);

/// Why an operation on an informer failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The informer has stopped, or the handler was removed.
    #[error("the informer has stopped")]
    Stopped,
    /// The informer was started before. It can only run once.
    #[error("the informer was started before")]
    Started,
}

/// A store that follows the server, with handlers that are called with its changes. Cheap to clone; all clones are one
/// informer.
///
/// Handlers and indexes can be added before and after the start. Once the informer has stopped, the store keeps its
/// last state.
pub struct SharedInformer<K> {
    shared: Arc<Shared<K>>,
}

/// The state that the reflector and the handlers share.
pub(super) struct Shared<K> {
    pub(super) writer: Writer<K>,
    pub(super) options: InformerOptions<K>,
    pub(super) synced: watch::Sender<bool>,
    list_watch: Arc<dyn ListWatch<K>>,
    distribution: Mutex<Distribution<K>>,
    handlers: TaskTracker,
    next_id: AtomicU64,
}

impl<K: Kind> SharedInformer<K> {
    /// An informer with a source, usually a [`Client`](crate::client::Client). Nothing is requested before it runs.
    pub fn new(list_watch: impl ListWatch<K>, options: InformerOptions<K>) -> Self {
        let shared = Shared {
            writer: Writer::new(),
            options,
            synced: watch::Sender::new(false),
            list_watch: Arc::new(list_watch),
            distribution: Mutex::new(Distribution::new()),
            handlers: TaskTracker::new(),
            next_id: AtomicU64::new(0),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Follows the server until `stop` is cancelled, and returns when all handlers have ended. Can only be called once.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), Error> {
        {
            let mut distribution = self.shared.lock();
            if distribution.phase != Phase::Created {
                return Err(Error::Started);
            }
            distribution.phase = Phase::Running;
        }
        // Also when the reflector panics or this future is dropped: otherwise handlers and waiters would wait for ever.
        let stopped = StopOnDrop(&self.shared);
        let feed = Feed(Arc::clone(&self.shared));
        let reflector = self.shared.options.reflector.clone();
        Reflector::new(Arc::clone(&self.shared.list_watch), feed, reflector).run(stop).await;
        drop(stopped);
        self.shared.handlers.close();
        self.shared.handlers.wait().await;
        Ok(())
    }

    /// Adds a handler, which is first called with all present objects. Must be called within a tokio runtime.
    pub fn add_handler(&self, handler: impl EventHandler<K>, options: HandlerOptions) -> Result<Registration, Error> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let queued = Arc::new(AtomicUsize::new(0));
        let removed = CancellationToken::new();
        let synced = watch::Sender::new(false);
        let registration = Registration { synced: synced.subscribe(), removed: removed.clone() };
        let id = self.shared.next_id.fetch_add(1, Ordering::Relaxed);
        let mut distribution = self.shared.lock();
        if distribution.phase == Phase::Stopped {
            return Err(Error::Stopped);
        }
        let listener = Listener::new(id, sender, Arc::clone(&queued), removed.clone());
        distribution.add(listener, &self.shared.writer.store().snapshot());
        let resync = options.resync.map(|period| period.clamp(SHORTEST_RESYNC, LONGEST_RESYNC));
        let task = HandlerTask { handler, queue: receiver, queued, synced, removed, resync };
        // Weak, so that the handlers end when nobody holds the informer any more.
        let shared = Arc::downgrade(&self.shared);
        self.shared.handlers.spawn(task.run(move || {
            let Some(shared) = shared.upgrade() else { return };
            let mut distribution = shared.lock();
            distribution.resync(id, &shared.writer.store().snapshot());
        }));
        Ok(registration)
    }

    /// Adds an index: each object is found under all values that `function` returns for it.
    pub fn add_index(
        &self,
        name: &str,
        function: impl Fn(&K) -> Vec<String> + Send + Sync + 'static,
    ) -> Result<(), IndexError> {
        if self.shared.lock().phase == Phase::Stopped {
            return Err(IndexError::Stopped);
        }
        self.shared.writer.add_index(name, Arc::new(function))
    }

    /// The store.
    pub fn store(&self) -> Store<K> {
        self.shared.writer.store()
    }

    /// A lister over the store.
    pub fn lister(&self) -> Lister<K> {
        Lister::new(self.store())
    }

    /// Whether the store has had its first complete list.
    pub fn has_synced(&self) -> bool {
        *self.shared.synced.borrow()
    }

    /// Waits for [`has_synced`](Self::has_synced). Returns an error if the informer stops before that.
    pub async fn wait_for_sync(&self) -> Result<(), Error> {
        let mut synced = self.shared.synced.subscribe();
        loop {
            if *synced.borrow_and_update() {
                return Ok(());
            }
            if self.shared.lock().phase == Phase::Stopped || synced.changed().await.is_err() {
                return Err(Error::Stopped);
            }
        }
    }
}

impl<K> Shared<K> {
    pub(super) fn lock(&self) -> MutexGuard<'_, Distribution<K>> {
        self.distribution.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct StopOnDrop<'s, K: Kind>(&'s Shared<K>);

impl<K: Kind> Drop for StopOnDrop<'_, K> {
    fn drop(&mut self) {
        self.0.lock().stop();
        // The value is the same, but this wakes those who wait, so that they see the phase.
        self.0.synced.send_modify(|_| {});
    }
}

impl<K> Clone for SharedInformer<K> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<K: Kind> fmt::Debug for SharedInformer<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedInformer")
            .field("kind", &K::kind(&()))
            .field("store", &self.store())
            .field("has_synced", &self.has_synced())
            .finish_non_exhaustive()
    }
}
