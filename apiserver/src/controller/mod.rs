//! What the controllers of a real cluster do in the background. Here they run right after the request that makes it necessary,
//! before it is answered, so that a test never has to wait for a background task.
//!
//! In: the changes of the store since they ran last. Out: further writes, whose changes they read in turn until nothing
//! changes any more.

mod api_services;
pub(crate) mod definitions;
mod garbage;
pub(crate) mod namespaces;
mod protection;
pub(crate) mod simulation;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use futures::FutureExt;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::bootstrap;
use crate::object::{meta, text};
use crate::state::State;
use crate::store::Change;
use crate::strategy::{DEFINITIONS, NAMESPACES};
use api_services::API_SERVICES;
use garbage::{Garbage, Graph, Place};
use simulation::Simulation;

/// How many changes are read at a time.
const BATCH: usize = 256;

/// The namespaces that every cluster has.
const NAMES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// Makes what every cluster has, and takes up what was left undone in the store: CRDs are served, deletions go on.
pub(crate) fn start(state: &Arc<State>) {
    namespaces::make(state, &NAMES);
    api_services::make(state);
    if bootstrap::run(state).now_or_never().is_none() {
        tracing::error!("the server's own objects were not made");
    }
    if is_simulating(state) && simulation::start(state).now_or_never().is_none() {
        tracing::error!("the simulated nodes were not made");
    }
    // Nothing that runs now waits for anything, so this is done at once.
    if state.controllers.run(state).now_or_never().is_none() {
        tracing::error!("the controllers did not finish their first run");
    }
}

/// The controllers of a server. Only one request at a time runs them: if two did, the one with the older state of a CRD could
/// finish last and serve it.
#[derive(Debug)]
pub(crate) struct Controllers {
    cursor: Mutex<Cursor>,
    /// When something is due, in milliseconds.
    next: AtomicI64,
    /// Whether the task runs that waits for that.
    ticks: AtomicBool,
}

impl Default for Controllers {
    fn default() -> Self {
        Self { cursor: Mutex::default(), next: AtomicI64::new(i64::MAX), ticks: AtomicBool::new(false) }
    }
}

/// Whether workloads are simulated.
fn is_simulating(state: &State) -> bool {
    state.settings.controllers && state.settings.simulate.is_some()
}

/// How far the changes have been read, and what has to be known of the objects before.
#[derive(Debug, Default)]
struct Cursor {
    position: u64,
    /// The namespaces that are being deleted.
    namespaces: BTreeSet<String>,
    /// The CRDs that are being deleted, by the collection of their objects.
    definitions: BTreeMap<String, String>,
    owners: Graph,
    /// Objects whose owners could not be looked for, because their kinds are not served.
    unknown: BTreeSet<Place>,
    simulation: Simulation,
}

/// What the controllers have to look at.
#[derive(Debug, Default)]
struct Work {
    groups: BTreeSet<String>,
    definitions: BTreeSet<String>,
    /// Groups whose `APIService`s may not be what they should be.
    services: BTreeSet<String>,
    /// Namespaces that are being deleted.
    namespaces: BTreeSet<String>,
    /// Namespaces that may lack what every namespace has.
    furnished: BTreeSet<String>,
    /// Whether volumes or claims may be let go.
    protection: bool,
    garbage: Garbage,
}

impl Controllers {
    /// Works on everything that has changed.
    pub(crate) async fn run(&self, state: &Arc<State>) {
        let mut cursor = self.cursor.lock().await;
        loop {
            let work = match state.store.changes_after(cursor.position, BATCH) {
                Ok(changes) => match changes.last() {
                    Some(last) => {
                        let newest = last.event.revision;
                        let work = cursor.read(&changes, state);
                        cursor.position = newest;
                        work
                    }
                    None if is_simulating(state) && cursor.simulation.take_due(state.now()) => Work::default(),
                    None => break,
                },
                // At the start, or if so much was written at once that changes were forgotten.
                Err(_) => cursor.read_all(state),
            };
            cursor.work(work, state).await;
        }
        let next = cursor.simulation.next().map_or(i64::MAX, Timestamp::as_millisecond);
        self.next.store(next, Ordering::Relaxed);
    }

    /// Whether something is due although nothing has changed.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.next.load(Ordering::Relaxed) <= now.as_millisecond()
    }

    /// Whether the caller is the first who wants to start the task that waits for what is due.
    fn claim_ticker(&self) -> bool {
        !self.ticks.swap(true, Ordering::Relaxed)
    }
}

impl Cursor {
    fn read(&mut self, changes: &[Change], state: &State) -> Work {
        let mut work = Work::default();
        for change in changes {
            if is_simulating(state) {
                self.simulation.read(change);
            }
            work.protection |= protection::concerns(change);
            let Change { collection, event, after, .. } = change;
            self.owners.read(change, &mut work.garbage);
            if event.deleted && !self.unknown.is_empty() {
                self.unknown.remove(&Place::new(collection.clone(), event.key.clone()));
            }
            match &**collection {
                NAMESPACES => self.read_namespace(after.value(), event.deleted, &mut work),
                DEFINITIONS => self.read_definition(after.value(), event.deleted, &mut work),
                API_SERVICES => work.services.extend(api_services::followed(after.value()).map(str::to_owned)),
                _ => self.read_other(change, &mut work),
            }
        }
        work
    }

    /// What waits for an object that is deleted, and what has to come back.
    fn read_other(&self, change: &Change, work: &mut Work) {
        let Change { collection, event, before, .. } = change;
        let namespace = event.key.split_once('/').map(|(namespace, _)| namespace);
        if before.is_some() && namespaces::is_furniture(collection, &event.key) {
            work.furnished.extend(namespace.map(str::to_owned));
        }
        work.namespaces.extend(namespace.and_then(|name| self.namespaces.get(name)).cloned());
        if event.deleted {
            work.definitions.extend(self.definitions.get(&**collection).cloned());
        }
    }

    fn read_all(&mut self, state: &State) -> Work {
        *self = Self { position: state.store.revision(), ..Self::default() };
        let mut work = Work { protection: true, ..Work::default() };
        for namespace in state.store.snapshot(NAMESPACES).values() {
            self.read_namespace(namespace.value(), false, &mut work);
        }
        for definition in state.store.snapshot(DEFINITIONS).values() {
            self.read_definition(definition.value(), false, &mut work);
        }
        self.read_owners(state, &mut work.garbage);
        if is_simulating(state) {
            self.simulation.read_all(state);
        }
        work
    }

    fn read_owners(&mut self, state: &State, garbage: &mut Garbage) {
        for collection in state.store.collections() {
            for (key, stored) in state.store.snapshot(&collection).iter() {
                let place = Place::new(collection.clone(), key.clone());
                self.owners.read_stored(&place, &stored, garbage);
            }
        }
    }

    async fn work(&mut self, work: Work, state: &Arc<State>) {
        for group in &work.groups {
            definitions::reconcile(state, group);
        }
        for definition in &work.definitions {
            definitions::finish(state, definition).await;
        }
        for group in work.groups.union(&work.services) {
            api_services::reconcile(state, group);
        }
        if !state.settings.controllers {
            return;
        }
        for namespace in &work.furnished {
            namespaces::furnish(state, namespace).await;
        }
        for namespace in &work.namespaces {
            namespaces::finish(state, namespace).await;
        }
        if work.protection {
            protection::release(state).await;
        }
        let mut garbage = work.garbage;
        if !work.groups.is_empty() {
            // Another kind may be served now.
            garbage.attempt(std::mem::take(&mut self.unknown));
        }
        let unknown = garbage.collect(state, &self.owners).await;
        self.unknown.extend(unknown);
        if is_simulating(state) {
            self.simulation.work(state).await;
        }
    }

    fn read_namespace(&mut self, namespace: &Value, deleted: bool, work: &mut Work) {
        let name = text(namespace, "name");
        if deleted {
            self.namespaces.remove(name);
        } else if meta(namespace, "deletionTimestamp").is_some() {
            self.namespaces.insert(name.to_owned());
            work.namespaces.insert(name.to_owned());
        } else {
            work.furnished.insert(name.to_owned());
        }
    }

    fn read_definition(&mut self, definition: &Value, deleted: bool, work: &mut Work) {
        let (name, spec) = (text(definition, "name"), &definition["spec"]);
        let part = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (group, plural) = (part(&spec["group"]), part(&spec["names"]["plural"]));
        let collection = format!("{group}/{plural}");
        if deleted {
            self.definitions.remove(&collection);
        } else if meta(definition, "deletionTimestamp").is_some() {
            self.definitions.insert(collection, name.to_owned());
            work.definitions.insert(name.to_owned());
        }
        work.groups.insert(group);
    }
}
