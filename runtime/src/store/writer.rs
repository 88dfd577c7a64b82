//! The writing side of a store: applies lists and events, and returns what changed.
//!
//! There are two copies of the tables. Readers have one; the writer changes the other, and then they change places. The
//! copy that readers leave is brought up to date at once, or before the next write if somebody still reads it. Both share
//! their objects and keys, so the second copy costs some fifty bytes an object, and no reader ever waits for a writer or
//! another reader. Only for a [`Snapshot`] that somebody holds across two writes is the whole table copied.
//!
//! It is public so that tests can fill the store of a lister by hand.

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use arc_swap::ArcSwap;
use parking_lot::{Mutex, MutexGuard};

use super::Store;
use super::change::Change;
use super::index::{Index, IndexError};
use super::slots::Id;
use super::snapshot::{Snapshot, Step, Write};
use crate::cached::Cached;
use crate::decode::Undecodable;
use crate::kind::{Kind, ObjectKey};

/// Writes to a store. Only one write runs at a time, and readers see either all of it or nothing.
pub struct Writer<K: Kind> {
    published: Arc<ArcSwap<Snapshot<K>>>,
    spare: Mutex<Spare<K>>,
}

/// The copy that readers do not see.
struct Spare<K> {
    snapshot: Arc<Snapshot<K>>,
    /// The last changes, if readers still had this copy when they were made to the other one.
    missed: Option<Write<K>>,
}

impl<K: Kind> Writer<K> {
    /// An empty store.
    pub fn new() -> Self {
        let spare = Spare { snapshot: Arc::default(), missed: None };
        Self { published: Arc::default(), spare: Mutex::new(spare) }
    }

    /// A handle for reading the store.
    pub fn store(&self) -> Store<K> {
        Store { published: Arc::clone(&self.published) }
    }

    /// Replaces all objects by those of a list at version `resource_version`, in one step.
    ///
    /// Returns the differences: first the objects that disappeared, then the new and changed ones in the order of the
    /// list. An object that is listed but cannot be decoded has not disappeared: the last state that could be decoded
    /// stays, unless it has another UID. Objects without a name are dropped.
    pub fn replace(
        &self,
        objects: Vec<Cached<K>>,
        undecodable: Vec<Undecodable>,
        resource_version: &str,
    ) -> Vec<Change<K>> {
        self.prepare_list(None, objects, undecodable, resource_version).publish().0
    }

    /// Makes several changes that readers see all at once. Returns the differences, in order.
    pub fn batch(&self, apply: impl FnOnce(&mut Batch<K>)) -> Vec<Change<K>> {
        self.prepare_batch(apply).publish().0
    }

    /// The first, long half of [`replace`](Self::replace). If the list is of one namespace, the objects of others stay.
    pub(crate) fn prepare_list(
        &self,
        scope: Option<&Arc<str>>,
        objects: Vec<Cached<K>>,
        undecodable: Vec<Undecodable>,
        resource_version: &str,
    ) -> Prepared<'_, K> {
        let spare = self.spare.lock();
        let steps = replacement(&self.published.load(), scope, objects, undecodable);
        self.prepare(spare, steps, resource_version)
    }

    /// The first, long half of [`batch`](Self::batch).
    pub(crate) fn prepare_batch(&self, apply: impl FnOnce(&mut Batch<K>)) -> Prepared<'_, K> {
        let mut batch = Batch { steps: Vec::new(), resource_version: String::new() };
        apply(&mut batch);
        self.prepare(self.spare.lock(), batch.steps, &batch.resource_version)
    }

    /// Adds an index over the present and all future objects: each is found under all values that `function` returns.
    /// It must depend on nothing but the object.
    pub fn add_index<V, I>(
        &self,
        name: &str,
        function: impl Fn(&K) -> I + Send + Sync + 'static,
    ) -> Result<Index<K, V>, IndexError>
    where
        V: Hash + Eq + Send + Sync + 'static,
        I: IntoIterator<Item = V>,
    {
        let mut spare = self.spare.lock();
        let mut next = Snapshot::clone(&self.published.load());
        let at = next.add_index(name, function)?;
        spare.snapshot = Arc::new(next.clone());
        spare.missed = None;
        self.published.store(Arc::new(next));
        Ok(Index { store: self.store(), at })
    }

    /// Makes the changes to the spare copy.
    fn prepare<'w>(
        &'w self,
        mut spare: MutexGuard<'w, Spare<K>>,
        steps: Vec<Step<K>>,
        resource_version: &str,
    ) -> Prepared<'w, K> {
        let next = spare.writable(&self.published);
        // The functions of the indexes run here, before anything changes: one of them may panic.
        let values = next.prepare(&steps);
        let resource_version = Arc::from(resource_version);
        let mut write = Write { steps, values, resource_version, found: Vec::new() };
        let mut changes = Vec::with_capacity(write.steps.len());
        next.take(&mut write, |change| changes.push(change));
        Prepared { published: &self.published, spare, write, changes }
    }
}

impl<K: Kind> Spare<K> {
    /// The copy, with all changes so far. If somebody still reads it, a new copy takes its place.
    fn writable(&mut self, published: &ArcSwap<Snapshot<K>>) -> &mut Snapshot<K> {
        self.catch_up();
        if self.missed.take().is_some() || Arc::get_mut(&mut self.snapshot).is_none() {
            self.snapshot = Arc::new(Snapshot::clone(&published.load()));
        }
        Arc::make_mut(&mut self.snapshot)
    }

    /// Makes the changes that this copy has missed, unless somebody still reads it.
    fn catch_up(&mut self) {
        let Some(snapshot) = Arc::get_mut(&mut self.snapshot) else { return };
        if let Some(mut write) = self.missed.take() {
            snapshot.take(&mut write, drop);
        }
    }
}

impl<K: Kind> Default for Writer<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Kind> fmt::Debug for Writer<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("store", &self.store()).finish_non_exhaustive()
    }
}

/// Changes that readers do not see yet. Nobody else can write meanwhile.
pub(crate) struct Prepared<'w, K: Kind> {
    published: &'w ArcSwap<Snapshot<K>>,
    spare: MutexGuard<'w, Spare<K>>,
    write: Write<K>,
    changes: Vec<Change<K>>,
}

impl<'w, K: Kind> Prepared<'w, K> {
    /// Lets readers see the changes, which takes no time, and returns the differences. What is left to do is done when the
    /// second value is dropped.
    pub(crate) fn publish(mut self) -> (Vec<Change<K>>, Published<'w, K>) {
        self.spare.snapshot = self.published.swap(Arc::clone(&self.spare.snapshot));
        self.spare.missed = Some(self.write);
        (self.changes, Published(self.spare))
    }
}

/// Brings the copy that readers have left up to date.
pub(crate) struct Published<'w, K: Kind>(MutexGuard<'w, Spare<K>>);

impl<K: Kind> Drop for Published<'_, K> {
    fn drop(&mut self) {
        self.0.catch_up();
    }
}

/// Changes that are published together.
pub struct Batch<K: Kind> {
    steps: Vec<Step<K>>,
    resource_version: String,
}

impl<K: Kind> Batch<K> {
    /// Stores an object that was added or changed. This is not reported as a change if the store has that version
    /// already.
    pub fn insert(&mut self, object: impl Into<Cached<K>>) {
        let object = object.into();
        let Some(key) = object.key() else { return };
        self.bookmark(object.resource_version().unwrap_or_default());
        self.steps.push(Step::Put { key, object });
    }

    /// Stores an object whose version says nothing about what else is in the store.
    pub(crate) fn insert_unordered(&mut self, object: Cached<K>) {
        let Some(key) = object.key() else { return };
        self.steps.push(Step::Put { key, object });
    }

    /// Removes a deleted object. `last` is its final state, if that could be decoded. This is not reported as a change
    /// if the object was not in the store.
    pub fn remove(&mut self, key: &ObjectKey, last: Option<Cached<K>>, resource_version: &str) {
        self.bookmark(resource_version);
        self.steps.push(Step::Remove { key: key.clone(), last });
    }

    /// Notes that the present state of an object cannot be decoded. The last state that could be decoded stays in the
    /// store.
    pub fn insert_undecodable(&mut self, undecodable: Undecodable) {
        let Some(key) = undecodable.key.clone() else { return };
        self.bookmark(undecodable.resource_version.as_deref().unwrap_or_default());
        self.steps.push(Step::Undecodable { key, undecodable });
    }

    /// Notes that there were no other changes up to this version.
    pub fn bookmark(&mut self, resource_version: &str) {
        if !resource_version.is_empty() {
            self.resource_version.clear();
            self.resource_version.push_str(resource_version);
        }
    }
}

impl<K: Kind> fmt::Debug for Batch<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("changes", &self.steps.len()).finish_non_exhaustive()
    }
}

/// The steps from the present objects to those of a list. Objects that have not changed are left as they are.
fn replacement<K: Kind>(
    present: &Snapshot<K>,
    scope: Option<&Arc<str>>,
    objects: Vec<Cached<K>>,
    undecodable: Vec<Undecodable>,
) -> Vec<Step<K>> {
    let mut listed = vec![false; present.bound()];
    // Whether an object with this number was listed before.
    let mut note = |id: Option<Id>| id.is_some_and(|id| std::mem::replace(&mut listed[id as usize], true));
    let mut steps = Vec::with_capacity(1 + objects.len().saturating_sub(present.len()));
    steps.push(Step::Forget(scope.cloned()));
    for object in objects {
        let Some(key) = object.key_ref() else { continue };
        let id = present.find(key);
        let known = id.and_then(|id| present.hand_out(id));
        let is_known = known.is_some_and(|known| known.is_same_state(&object));
        // If the list has a key twice, the later object counts.
        if note(id) || !is_known {
            steps.push(Step::Put { key: key.into(), object });
        }
    }
    let puts = steps.len() - 1;
    let mut bad = Vec::new();
    for undecodable in undecodable {
        let Some(key) = undecodable.key.clone() else { continue };
        let id = present.find(&key);
        let same = |last: Cached<K>| undecodable.uid.is_none() || last.uid() == undecodable.uid.as_deref();
        if id.and_then(|id| present.hand_out(id)).is_some_and(same) {
            note(id);
        }
        bad.push(Step::Undecodable { key, undecodable });
    }
    let vanished = present.ids_in(scope.map(|namespace| &**namespace)).filter(|id| !listed[*id as usize]);
    let removals = vanished.filter_map(|id| Some(Step::Remove { key: present.key(id)?.clone(), last: None }));
    steps.extend(removals);
    steps.extend(bad);
    // What is put comes last.
    steps[1..].rotate_left(puts);
    steps
}
