//! Read-your-writes: which keys are being reconciled, and what their own writes still have to do with them.
//!
//! A reconciler reads from caches and writes to the server. If a key had its next turn before the caches show what the last
//! one wrote, the turn would act on an old state: create a second child, or undo its own update. So a key whose writes the
//! caches do not show yet is put off until they do; no worker waits meanwhile. In turn, the events of a turn's own writes
//! lead to no further turn: the reconciler knows what it wrote. (client-go and controller-runtime have neither;
//! hand-written *expectations* in kube-controller-manager's `controller_utils.go` do the first half.)
//!
//! In: events that lead to a key, the begin and end of turns, and their writes. Out: keys in the work queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use foldhash::quality::RandomState;
use hashbrown::HashMap;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::share::{Begun, Shards, Share};
use super::writes::{State, Write};
use crate::kind::ObjectKey;
use crate::metrics::ControllerMetrics;
use crate::queue::{DEFAULT_PRIORITY, WorkQueue};

/// How long a key waits for its writes to appear in the caches. A cache may never show them, because its selectors leave
/// the object out; or the watch is behind, and then waiting longer would stop the controller.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many events of one turn are kept apart. Beyond that there is another turn, whoever caused them.
pub(super) const MAX_CAUSES: usize = 64;

/// The turns of a controller.
pub(super) struct Turns {
    queue: WorkQueue<ObjectKey>,
    share: Share,
    keys: Mutex<Keys>,
    /// Events that led to no turn because they showed the key's own writes, and turns that were put off.
    skipped: AtomicU64,
    deferred: AtomicU64,
    metrics: Option<Arc<ControllerMetrics>>,
}

#[derive(Default)]
struct Keys {
    turns: HashMap<ObjectKey, Turn, RandomState>,
    /// The keys that wait for an object to appear as they wrote it.
    waiting: HashMap<Place, Vec<ObjectKey>, RandomState>,
}

/// A key that is being reconciled, or waits for its writes.
struct Turn {
    running: bool,
    /// The events since the turn began, with their priorities.
    causes: Vec<(Cause, i32)>,
    /// Whether there were events that may not be forgotten, with their priority.
    again: Option<i32>,
    /// The last lists that came since the turn began: of which resource, and at which version.
    lists: Vec<(Arc<str>, Arc<str>)>,
    /// What the caches do not show yet.
    unseen: Vec<Write>,
    ended: Instant,
    /// Whether the key was taken from the queue meanwhile, with its priority.
    put_off: Option<i32>,
}

/// An object: its resource, and its key.
type Place = (Arc<str>, ObjectKey);

/// An event that led to a key: the object, and the version that it has now.
#[derive(Clone, Debug)]
pub(super) struct Cause {
    pub(super) resource: Arc<str>,
    pub(super) key: ObjectKey,
    pub(super) version: Option<Arc<str>>,
}

/// What a cache shows of an object; none if it is not there.
pub(super) type Look<'l> = &'l dyn Fn(&Write) -> Option<bool>;

impl Turns {
    /// The turns of the keys of `share`.
    pub(super) fn new(queue: WorkQueue<ObjectKey>, share: Share, metrics: Option<Arc<ControllerMetrics>>) -> Self {
        let (skipped, deferred) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { queue, share, keys: Mutex::default(), skipped, deferred, metrics }
    }

    /// The keys that may have turns. They stay the same until what this returns is dropped.
    pub(super) fn shards(&self) -> Shards<'_> {
        self.share.read()
    }

    /// The keys that may have turns, to change them.
    pub(super) fn share(&self) -> &Share {
        &self.share
    }

    /// Forgets what is known of keys that have left. Their turns have ended, or do so without effect.
    pub(super) fn forget(&self, left: impl Fn(&ObjectKey) -> bool) {
        let mut keys = self.keys.lock();
        keys.turns.retain(|key, turn| turn.running || !left(key));
        keys.waiting.retain(|_, waiting| {
            waiting.retain(|key| !left(key));
            !waiting.is_empty()
        });
    }

    /// How many events led to no turn because they showed the key's own writes.
    pub(super) fn skipped(&self) -> u64 {
        self.skipped.load(Ordering::Relaxed)
    }

    /// How many turns were put off until the caches showed the key's own writes.
    pub(super) fn deferred(&self) -> u64 {
        self.deferred.load(Ordering::Relaxed)
    }

    /// Notes events that lead to keys, which may have turns. `cause` is asked for events of keys that are being reconciled or
    /// wait; an event without one leads to a turn, whoever caused it.
    pub(super) fn add<E>(&self, events: Vec<(ObjectKey, E)>, priority: i32, cause: impl Fn(&E) -> Option<Cause>) {
        let mut keys = self.keys.lock();
        let mut ready = Vec::with_capacity(events.len());
        for (key, event) in events {
            match keys.turns.get_mut(&key) {
                Some(turn) if turn.running => turn.note(cause(&event), priority),
                Some(turn) if cause(&event).is_some_and(|cause| turn.wrote(&cause)) => self.skip(1),
                _ => ready.push(key),
            }
        }
        drop(keys);
        self.queue.add_all(ready, priority);
    }

    /// Whether a key waits for its writes to appear in the caches.
    pub(super) fn has_unseen(&self) -> bool {
        !self.keys.lock().waiting.is_empty()
    }

    /// Notes that a cache now shows an object in this state. Comes after [`add`](Self::add) of the same event.
    pub(super) fn see(&self, resource: &Arc<str>, key: &ObjectKey, state: &State<'_>) {
        let mut keys = self.keys.lock();
        if keys.waiting.is_empty() {
            return;
        }
        let place = (Arc::clone(resource), key.clone());
        let ready = keys.settle(&place, None, |write| write.is_shown_by(state));
        drop(keys);
        self.queue_all(ready);
    }

    /// Notes that a cache has listed all objects as they are at this version. An object that a turn wrote before that and that is
    /// not there was deleted by somebody else, though no event says so. Comes after [`add`](Self::add) and [`see`](Self::see) of
    /// the changes.
    pub(super) fn list(&self, resource: &Arc<str>, version: &str, is_there: impl Fn(&ObjectKey) -> bool) {
        let mut keys = self.keys.lock();
        for turn in keys.turns.values_mut().filter(|turn| turn.running) {
            turn.lists.retain(|(listed, _)| listed != resource);
            turn.lists.push((Arc::clone(resource), version.into()));
        }
        let absent = keys.waiting.keys().filter(|(listed, key)| listed == resource && !is_there(key));
        let absent: Vec<Place> = absent.cloned().collect();
        let settle = |place| keys.settle(place, Some(DEFAULT_PRIORITY), |write| write.is_reached_by(version));
        let ready: Vec<_> = absent.iter().flat_map(settle).collect();
        drop(keys);
        self.queue_all(ready);
    }

    /// Begins a turn. None if the key has left, or if the caches do not show its own writes yet: then it comes again by itself.
    /// Nothing does in a queue that is shutting down, so nothing is put off there.
    pub(super) fn begin(&self, key: &ObjectKey, priority: i32) -> Option<Begun> {
        let shards = self.shards();
        let Some(begun) = shards.begin(key) else {
            self.queue.forget(key);
            return None;
        };
        let mut keys = self.keys.lock();
        let turn = keys.turns.entry(key.clone()).or_insert_with(Turn::new);
        let waited = turn.ended.elapsed();
        if !turn.unseen.is_empty() && waited < PATIENCE && !self.queue.is_shutting_down() {
            turn.put_off = turn.put_off.max(Some(priority));
            drop(keys);
            self.deferred.fetch_add(1, Ordering::Relaxed);
            if let Some(metrics) = &self.metrics {
                metrics.deferred();
            }
            self.queue.add_later(key.clone(), PATIENCE.saturating_sub(waited), priority);
            return None;
        }
        if !turn.unseen.is_empty() {
            tracing::warn!(%key, ?waited, writes = turn.unseen.len(), "the cache does not show what was written");
        }
        let forgotten = std::mem::take(&mut turn.unseen);
        *turn = Turn { running: true, ..Turn::new() };
        for write in forgotten {
            keys.stop_waiting(&write, key);
        }
        Some(begun)
    }

    /// Ends a turn that has written this. `look` says whether a cache shows a write; none if there is no cache of it.
    /// A key that has left meanwhile is forgotten.
    pub(super) fn end(&self, key: &ObjectKey, writes: Vec<Write>, look: Look<'_>) {
        let shards = self.shards();
        let mut keys = self.keys.lock();
        let Some(mut turn) = keys.turns.remove(key) else { return };
        if !shards.have(key) {
            return self.queue.forget(key);
        }
        let own = |(cause, _): &(Cause, i32)| writes.iter().any(|write| write.is_shown_exactly(cause));
        let (skipped, foreign): (Vec<_>, Vec<_>) = turn.causes.drain(..).partition(own);
        self.skip(skipped.len() as u64);
        let again = foreign.iter().map(|(_, priority)| *priority).max().max(turn.again);
        // Under the lock: whatever a cache shows later is reported by `see`, which waits for it.
        let unseen = latest(writes).into_iter().filter(|write| look(write) == Some(false));
        let (gone, unseen): (Vec<_>, Vec<_>) = unseen.partition(|write| turn.has_listed(write));
        let again = if gone.is_empty() { again } else { again.max(Some(DEFAULT_PRIORITY)) };
        for write in &unseen {
            let place = (Arc::clone(&write.resource), write.key.clone());
            keys.waiting.entry(place).or_default().push(key.clone());
        }
        if !unseen.is_empty() {
            let turn = Turn { unseen, ..Turn::new() };
            keys.turns.insert(key.clone(), turn);
        }
        drop(keys);
        if let Some(priority) = again {
            self.queue.add_all([key.clone()], priority);
        }
    }

    fn queue_all(&self, keys: Vec<(ObjectKey, i32)>) {
        for (key, priority) in keys {
            self.queue.add_all([key], priority);
        }
    }

    fn skip(&self, events: u64) {
        self.skipped.fetch_add(events, Ordering::Relaxed);
        if let Some(metrics) = &self.metrics {
            metrics.skipped(events);
        }
    }
}

impl Keys {
    /// Ends the waiting for those writes of an object that are `done`. Returns the keys that can have a turn now, with their
    /// priorities: those that were put off, and all of them if there is a reason for a turn `again`.
    fn settle(&mut self, place: &Place, again: Option<i32>, done: impl Fn(&Write) -> bool) -> Vec<(ObjectKey, i32)> {
        let (resource, key) = place;
        let Some(waiting) = self.waiting.remove(place) else { return Vec::new() };
        let mut still = Vec::new();
        let mut ready = Vec::new();
        for reconciled in waiting {
            let Some(turn) = self.turns.get_mut(&reconciled) else { continue };
            let before = turn.unseen.len();
            turn.unseen.retain(|write| !(write.is_of(resource, key) && done(write)));
            let again = again.filter(|_| turn.unseen.len() < before);
            if turn.unseen.iter().any(|write| write.is_of(resource, key)) {
                still.push(reconciled.clone());
            }
            let is_over = turn.unseen.is_empty() && !turn.running;
            let priority = if is_over { turn.put_off.max(again) } else { again };
            ready.extend(priority.map(|priority| (reconciled.clone(), priority)));
            if is_over {
                self.turns.remove(&reconciled);
            }
        }
        if !still.is_empty() {
            self.waiting.insert(place.clone(), still);
        }
        ready
    }

    fn stop_waiting(&mut self, write: &Write, key: &ObjectKey) {
        let place = (Arc::clone(&write.resource), write.key.clone());
        let Some(waiting) = self.waiting.get_mut(&place) else { return };
        waiting.retain(|other| other != key);
        if waiting.is_empty() {
            self.waiting.remove(&place);
        }
    }
}

impl Turn {
    /// One that ends now.
    fn new() -> Self {
        Self {
            running: false,
            causes: Vec::new(),
            again: None,
            lists: Vec::new(),
            unseen: Vec::new(),
            ended: Instant::now(),
            put_off: None,
        }
    }

    fn note(&mut self, cause: Option<Cause>, priority: i32) {
        match cause {
            Some(cause) if self.causes.len() < MAX_CAUSES => self.causes.push((cause, priority)),
            _ => self.again = self.again.max(Some(priority)),
        }
    }

    /// Whether a list that came since the turn began is newer than a write.
    fn has_listed(&self, write: &Write) -> bool {
        self.lists.iter().any(|(resource, version)| *resource == write.resource && write.is_reached_by(version))
    }

    /// Whether the event shows exactly what the key itself wrote.
    fn wrote(&self, cause: &Cause) -> bool {
        self.unseen.iter().any(|write| write.is_shown_exactly(cause))
    }
}

/// The last write of each object.
fn latest(writes: Vec<Write>) -> Vec<Write> {
    let mut latest: Vec<Write> = Vec::new();
    for write in writes {
        latest.retain(|earlier| !earlier.is_of(&write.resource, &write.key));
        latest.push(write);
    }
    latest
}
