//! [`Partition`]: which shards this replica holds, and the controllers that work on them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::hash::Layout;
use crate::kind::KeyRef;
use crate::leader::Leadership;
use crate::reflector::Selection;

/// The shards that a replica holds. Cheap to clone; all clones are one. It is what connects controllers with the
/// [`Replica`](super::Replica).
#[derive(Clone)]
pub struct Partition {
    shared: Arc<Shared>,
}

struct Shared {
    name: Arc<str>,
    shards: AtomicU32,
    by_namespace: AtomicBool,
    state: Mutex<State>,
    /// How many controllers are still to join.
    absent: watch::Sender<usize>,
    /// What the informers of shards ask for.
    selection: watch::Sender<Selection>,
}

#[derive(Default)]
struct State {
    participants: BTreeMap<u64, Arc<dyn Participant>>,
    next: u64,
    held: BTreeMap<u32, Holding>,
    /// The shards whose objects are needed: those that are held, and those whose last turns still run.
    needed: BTreeSet<u32>,
}

/// A shard that is held.
struct Holding {
    leadership: Leadership,
    revoked: CancellationToken,
    tenures: Vec<Tenure>,
}

/// A controller that works on the keys of shards.
pub(crate) trait Participant: Send + Sync {
    /// Begins with the work on a shard, once its caches have the objects; not if it was revoked meanwhile.
    fn take(&self, shard: u32, tenure: Tenure) -> BoxFuture<'_, ()>;

    /// Begins no more work on a shard.
    fn let_go(&self, shard: u32);

    /// Forgets a shard, whose last turn has ended.
    fn left(&self, shard: u32);

    /// How long turns may still run after a shard was let go.
    fn patience(&self) -> Duration;
}

/// The right of one controller to work on one shard.
#[derive(Clone)]
pub(crate) struct Tenure {
    /// Cancelled when no more work may begin.
    pub(crate) revoked: CancellationToken,
    /// Cancelled when work that runs must end.
    pub(crate) cancelled: CancellationToken,
    /// The turns that run.
    pub(crate) turns: TaskTracker,
    /// The number of the selection that has the objects of the shard.
    pub(crate) selection: u64,
    pub(super) patience: Duration,
}

/// A place for a controller among those that work on the shards. The replica does not begin before all places are taken, or given
/// up. Dropping it lets all shards go.
pub(crate) struct Seat {
    partition: Partition,
    joined: Option<(u64, Arc<dyn Participant>)>,
}

/// What follows from taking or letting go of a shard: the controllers, each with its right.
pub(crate) type Concerned = Vec<(Arc<dyn Participant>, Tenure)>;

impl Partition {
    pub(super) fn new(name: &str, layout: Layout) -> Self {
        let shared = Shared {
            name: Arc::from(name),
            shards: AtomicU32::new(layout.shards),
            by_namespace: AtomicBool::new(layout.by_namespace),
            state: Mutex::default(),
            absent: watch::Sender::new(0),
            selection: watch::Sender::default(),
        };
        let partition = Self { shared: Arc::new(shared) };
        partition.select(&BTreeSet::new());
        partition
    }

    /// Changes what is hashed, before anything is.
    pub(super) fn change(&self, change: impl FnOnce(&mut Layout)) {
        let mut layout = self.layout();
        change(&mut layout);
        self.shared.shards.store(layout.shards, Ordering::Relaxed);
        self.shared.by_namespace.store(layout.by_namespace, Ordering::Relaxed);
        self.select(&BTreeSet::new());
    }

    pub(crate) fn layout(&self) -> Layout {
        let shards = self.shared.shards.load(Ordering::Relaxed);
        Layout { shards, by_namespace: self.shared.by_namespace.load(Ordering::Relaxed) }
    }

    /// The name of the sharding.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// The shard of a key: a number from zero on.
    pub fn shard_of<'k>(&self, key: impl Into<KeyRef<'k>>) -> u32 {
        self.layout().shard_of(key.into())
    }

    /// The shards that this replica holds, in order.
    pub fn held(&self) -> Vec<u32> {
        self.lock().held.keys().copied().collect()
    }

    /// Whether all is well: a replica that has not renewed the lease of a shard for longer than its duration and `tolerance`
    /// should have let go of it, and hangs (client-go's `HealthzAdaptor`).
    pub fn is_healthy(&self, tolerance: Duration) -> bool {
        self.lock().held.values().all(|held| held.leadership.is_healthy(tolerance))
    }

    /// A place for a controller.
    pub(crate) fn seat(&self) -> Seat {
        self.shared.absent.send_modify(|absent| *absent += 1);
        Seat { partition: self.clone(), joined: None }
    }

    /// Waits until every place is taken or given up.
    pub(crate) async fn complete(&self) {
        // Fails only if the sender is gone, and this has it.
        let _ = self.shared.absent.subscribe().wait_for(|absent| *absent == 0).await;
    }

    /// Notes that a shard is held, and returns who works on it now.
    pub(crate) fn hold(&self, shard: u32, leadership: Leadership) -> Concerned {
        let mut state = self.lock();
        state.needed.insert(shard);
        let selection = self.select(&state.needed);
        let revoked = CancellationToken::new();
        let participants: Vec<_> = state.participants.values().cloned().collect();
        let tenures =
            participants.iter().map(|participant| Tenure::new(revoked.clone(), selection, participant.patience()));
        let tenures: Vec<Tenure> = tenures.collect();
        state.held.insert(shard, Holding { leadership, revoked, tenures: tenures.clone() });
        participants.into_iter().zip(tenures).collect()
    }

    /// Lets a shard go: from now on no work on it begins. Returns the rights under which some may still run.
    pub(crate) fn let_go(&self, shard: u32) -> Vec<Tenure> {
        let mut state = self.lock();
        let Some(holding) = state.held.remove(&shard) else { return Vec::new() };
        let participants: Vec<_> = state.participants.values().cloned().collect();
        drop(state);
        holding.revoked.cancel();
        for participant in participants {
            participant.let_go(shard);
        }
        holding.tenures
    }

    /// Tells the controllers that the last turn of a shard has ended. Its objects are not needed any more.
    pub(crate) fn left(&self, shard: u32) {
        let mut state = self.lock();
        state.needed.remove(&shard);
        self.select(&state.needed);
        let participants: Vec<_> = state.participants.values().cloned().collect();
        drop(state);
        for participant in participants {
            participant.left(shard);
        }
    }

    /// What the informers of shards ask for, now and later.
    pub(crate) fn selection(&self) -> watch::Receiver<Selection> {
        self.shared.selection.subscribe()
    }

    /// What no other partition has while this one is there.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.shared) as usize
    }

    /// Lets the informers of shards ask for these. Returns the number of the selection that has them.
    fn select(&self, shards: &BTreeSet<u32>) -> u64 {
        let layout = self.layout();
        let selector = layout.by_namespace.then(|| layout.selector(shards.iter().copied())).flatten();
        self.shared.selection.send_if_modified(|selection| {
            let changes = selection.shard_selector.as_deref() != selector.as_deref();
            if changes {
                let number = selection.number + 1;
                *selection = Selection { number, shard_selector: selector.map(Arc::from) };
            }
            changes
        });
        self.shared.selection.borrow().number
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock()
    }
}

impl Tenure {
    /// A right until `revoked` is cancelled, after which turns may run on for as long as `patience`.
    pub(crate) fn new(revoked: CancellationToken, selection: u64, patience: Duration) -> Self {
        let (cancelled, turns) = (CancellationToken::new(), TaskTracker::new());
        Self { revoked, cancelled, turns, selection, patience }
    }
}

impl Seat {
    /// Joins those that work on the shards. Returns those that are held already, which are to be taken.
    pub(crate) fn join(&mut self, participant: Arc<dyn Participant>) -> Vec<(u32, Tenure)> {
        let mut state = self.partition.lock();
        let number = state.next;
        state.next += 1;
        state.participants.insert(number, Arc::clone(&participant));
        let selection = self.partition.shared.selection.borrow().number;
        let held = state.held.iter_mut().map(|(shard, holding)| {
            let tenure = Tenure::new(holding.revoked.clone(), selection, participant.patience());
            holding.tenures.push(tenure.clone());
            (*shard, tenure)
        });
        let held = held.collect();
        drop(state);
        self.joined = Some((number, participant));
        self.partition.shared.absent.send_modify(|absent| *absent -= 1);
        held
    }

    pub(crate) fn partition(&self) -> &Partition {
        &self.partition
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some((number, participant)) = self.joined.take() else {
            self.partition.shared.absent.send_modify(|absent| *absent -= 1);
            return;
        };
        let mut state = self.partition.lock();
        state.participants.remove(&number);
        let held: Vec<u32> = state.held.keys().copied().collect();
        drop(state);
        for shard in held {
            participant.let_go(shard);
        }
    }
}

impl fmt::Debug for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layout = self.layout();
        f.debug_struct("Partition")
            .field("name", &self.shared.name)
            .field("shards", &layout.shards)
            .field("by_namespace", &layout.by_namespace)
            .field("held", &self.held())
            .finish()
    }
}
