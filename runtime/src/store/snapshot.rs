//! One state of the cache, and the steps from one to the next.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use hashbrown::Equivalent;

use super::change::{Change, Deleted};
use super::index::{AnyIndex, At, Index, IndexError, Prepared, Table};
use super::slots::{Id, Slots, Sorted};
use crate::cached::{Cached, Stored};
use crate::decode::Undecodable;
use crate::kind::{Kind, ObjectKey, Sought};

/// All objects of a kind at one moment. All answers are ordered by namespace and name.
pub struct Snapshot<K> {
    slots: Slots<K>,
    /// The objects of each namespace; cluster-scoped ones under the empty text.
    namespaces: BTreeMap<Box<str>, Sorted>,
    indexes: Vec<Box<dyn AnyIndex<K>>>,
    undecodable: BTreeMap<ObjectKey, Undecodable>,
    resource_version: Arc<str>,
}

/// The objects of some numbers. It knows how many there are, so that whoever collects them makes room once.
struct Objects<'s, K, I> {
    snapshot: &'s Snapshot<K>,
    ids: I,
    left: usize,
}

impl<K: Kind, I: Iterator<Item = Id>> Iterator for Objects<'_, K, I> {
    type Item = Cached<K>;

    fn next(&mut self) -> Option<Cached<K>> {
        self.left = self.left.saturating_sub(1);
        self.ids.find_map(|id| self.snapshot.hand_out(id))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

/// A change of the cache.
pub(super) enum Step<K> {
    Put {
        key: ObjectKey,
        object: Cached<K>,
    },
    Remove {
        key: ObjectKey,
        last: Option<Cached<K>>,
    },
    Undecodable {
        key: ObjectKey,
        undecodable: Undecodable,
    },
    /// Nothing is known to be undecodable any more, in this namespace or in any. A list begins with this.
    Forget(Option<Arc<str>>),
}

impl<K> Step<K> {
    /// The key of the object that is put or removed.
    fn object_key(&self) -> Option<&ObjectKey> {
        match self {
            Self::Put { key, .. } | Self::Remove { key, .. } => Some(key),
            Self::Undecodable { .. } | Self::Forget(_) => None,
        }
    }
}

/// How many objects are put.
fn puts_of<K>(steps: &[Step<K>]) -> usize {
    steps.iter().filter(|step| matches!(step, Step::Put { .. })).count()
}

/// Changes that are made together.
pub(super) struct Write<K> {
    pub(super) steps: Vec<Step<K>>,
    /// For each index the values of the objects that are put, in order.
    pub(super) values: Vec<Prepared>,
    /// The version afterwards, unless it is empty.
    pub(super) resource_version: Arc<str>,
    /// The numbers of the objects of the steps as the first copy had them before, from when it has taken the steps. The
    /// second copy has the same ones, and need not look for them.
    pub(super) found: Vec<Option<Id>>,
}

impl<K: Kind> Snapshot<K> {
    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is no object.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The object of this key.
    pub fn get<'k>(&self, key: impl Into<Sought<'k>>) -> Option<Cached<K>> {
        self.hand_out(self.slots.find(key.into())?)
    }

    /// Whether there is an object of this key.
    pub fn contains<'k>(&self, key: impl Into<Sought<'k>>) -> bool {
        self.slots.find(key.into()).is_some()
    }

    /// What `view` makes of the object of this key, which is lent and not handed out: see [`Lister::view`].
    ///
    /// [`Lister::view`]: crate::lister::Lister::view
    pub fn view<'k, T>(&self, key: impl Into<Sought<'k>>, view: impl FnOnce(&K) -> T) -> Option<T> {
        let object = self.slots.object(self.slots.find(key.into())?)?;
        Some(object.look(view))
    }

    /// All objects.
    pub fn objects(&self) -> impl Iterator<Item = Cached<K>> {
        Objects { snapshot: self, ids: self.ids(), left: self.len() }
    }

    /// The keys of all objects.
    pub fn keys(&self) -> impl Iterator<Item = &ObjectKey> {
        self.ids().filter_map(|id| self.slots.key(id))
    }

    /// The objects of one namespace.
    pub fn namespace(&self, namespace: &str) -> impl Iterator<Item = Cached<K>> {
        self.hand_out_all(self.namespaces.get(namespace).map(Sorted::as_slice).unwrap_or_default())
    }

    /// The objects that an index of this store has under `value`. None if the snapshot is older than the index.
    pub fn by_index<V, Q>(&self, index: &Index<K, V>, value: &Q) -> impl Iterator<Item = Cached<K>>
    where
        V: Hash + Eq + Send + Sync + 'static,
        Q: Hash + Equivalent<V> + ?Sized,
    {
        self.hand_out_all(self.ids_by_index(index, value))
    }

    /// The values under which an index of this store has objects, in no order.
    pub fn index_values<V>(&self, index: &Index<K, V>) -> impl Iterator<Item = &V>
    where
        V: Hash + Eq + Send + Sync + 'static,
    {
        self.table(index).into_iter().flat_map(Table::all)
    }

    /// The objects on the server that could not be decoded. If an earlier state of one could be decoded,
    /// [`get`](Self::get) still returns that.
    pub fn undecodable(&self) -> impl Iterator<Item = &Undecodable> {
        self.undecodable.values()
    }

    /// The snapshot includes all changes up to this resource version. Empty before the first list.
    pub fn resource_version(&self) -> &str {
        &self.resource_version
    }

    /// The objects of these numbers.
    fn hand_out_all(&self, ids: &[Id]) -> impl Iterator<Item = Cached<K>> {
        Objects { snapshot: self, ids: ids.iter().copied(), left: ids.len() }
    }

    /// The numbers of the objects that an index has under `value`, in the order of their keys.
    pub(super) fn ids_by_index<V, Q>(&self, index: &Index<K, V>, value: &Q) -> &[Id]
    where
        V: Hash + Eq + Send + Sync + 'static,
        Q: Hash + Equivalent<V> + ?Sized,
    {
        self.table(index).map(|table| table.get(value)).unwrap_or_default()
    }

    fn ids(&self) -> impl Iterator<Item = Id> {
        self.ids_in(None)
    }

    /// The numbers of the objects of one namespace, or of all.
    pub(super) fn ids_in(&self, scope: Option<&str>) -> impl Iterator<Item = Id> {
        let of_one = scope.and_then(|namespace| self.namespaces.get(namespace));
        let of_all = self.namespaces.values().filter(move |_| scope.is_none());
        of_one.into_iter().chain(of_all).flat_map(|ids| ids.as_slice().iter().copied())
    }

    /// The number of the object of this key.
    pub(super) fn find<'k>(&self, key: impl Into<Sought<'k>>) -> Option<Id> {
        self.slots.find(key.into())
    }

    /// The key of an object.
    pub(super) fn key(&self, id: Id) -> Option<&ObjectKey> {
        self.slots.key(id)
    }

    /// One more than the highest number of an object.
    pub(super) fn bound(&self) -> usize {
        self.slots.bound()
    }

    /// The object of this number.
    pub(super) fn hand_out(&self, id: Id) -> Option<Cached<K>> {
        self.slots.object(id).map(Stored::hand_out)
    }

    fn table<V: 'static>(&self, index: &Index<K, V>) -> Option<&Table<K, V>> {
        let table: &dyn Any = self.indexes.get(index.at.place)?.as_any();
        table.downcast_ref()
    }
}

/// What the writer does with a copy that has not been published yet.
impl<K: Kind> Snapshot<K> {
    /// For each index the values of the objects that `steps` put.
    pub(super) fn prepare(&self, steps: &[Step<K>]) -> Vec<Prepared> {
        let puts = puts_of(steps);
        let mut values: Vec<Prepared> = self.indexes.iter().map(|index| index.prepared(puts)).collect();
        if values.is_empty() {
            return values;
        }
        for step in steps {
            if let Step::Put { object, .. } = step {
                object.look(|object| {
                    for (index, values) in self.indexes.iter().zip(&mut values) {
                        index.prepare(values, object);
                    }
                });
            }
        }
        values
    }

    /// Makes the changes, and reports each difference. The first of the two copies notes which objects it has found.
    pub(super) fn take(&mut self, write: &mut Write<K>, mut report: impl FnMut(Change<K>)) {
        let Write { steps, values, resource_version, found } = write;
        let is_first = found.is_empty();
        if is_first {
            // All at once: the processor does not wait for what one of them reads before it begins with the next.
            *found = steps.iter().map(|step| self.slots.find(step.object_key()?.into())).collect();
        }
        let more = puts_of(steps).saturating_sub(self.len());
        self.slots.reserve(more);
        for index in &mut self.indexes {
            index.reserve(more);
        }
        // Whether this very write has added or removed an object: then the next ones have to be looked for again.
        let (mut nth, mut moved) = (0, false);
        for (step, id) in steps.iter().zip(found) {
            if is_first && moved {
                *id = step.object_key().and_then(|key| self.slots.find(key.into()));
            }
            match step {
                Step::Put { key, object } => {
                    moved |= id.is_none();
                    report_put(self.put(*id, key, object, values, nth), object, &mut report);
                    nth += 1;
                }
                Step::Remove { key, last } => {
                    moved |= id.is_some();
                    self.undecodable.remove(key);
                    if let Some(old) = id.and_then(|id| self.remove(id, key)) {
                        let last = last.clone();
                        report(Change::Deleted(last.map_or_else(|| Deleted::LastKnown(old), Deleted::Final)));
                    }
                }
                Step::Undecodable { key, undecodable } => {
                    self.undecodable.insert(key.clone(), undecodable.clone());
                }
                Step::Forget(Some(namespace)) => {
                    self.undecodable.retain(|key, _| key.namespace() != Some(namespace));
                }
                Step::Forget(None) => self.undecodable.clear(),
            }
        }
        if !resource_version.is_empty() {
            self.resource_version = Arc::clone(resource_version);
        }
    }

    pub(super) fn add_index<V, I>(
        &mut self,
        name: &str,
        function: impl Fn(&K) -> I + Send + Sync + 'static,
    ) -> Result<At<V>, IndexError>
    where
        V: Hash + Eq + Send + Sync + 'static,
        I: IntoIterator<Item = V>,
    {
        if self.place(name).is_some() {
            return Err(IndexError::Exists(name.to_owned()));
        }
        let mut table: Table<K, V> = Table::new(name, function);
        for id in self.ids() {
            let Some(object) = self.hand_out(id) else { continue };
            let mut values = table.prepared(1);
            object.look(|object| table.prepare(&mut values, object));
            table.put(id, &values, 0, &self.slots);
        }
        self.indexes.push(Box::new(table));
        Ok(At::new(self.indexes.len() - 1))
    }

    /// Finds an index by its name.
    pub(super) fn index<V: 'static>(&self, name: &str) -> Result<At<V>, IndexError> {
        let place = self.place(name).ok_or_else(|| IndexError::Unknown(name.to_owned()))?;
        let known = self.indexes[place].as_any().is::<Table<K, V>>();
        known.then(|| At::new(place)).ok_or_else(|| IndexError::OtherType(name.to_owned()))
    }

    pub(super) fn index_name(&self, place: usize) -> &str {
        self.indexes.get(place).map(|index| index.name()).unwrap_or_default()
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.indexes.iter().position(|index| index.name() == name)
    }

    /// Puts an object, which has the number `id` if it is there already.
    fn put(
        &mut self,
        id: Option<Id>,
        key: &ObjectKey,
        object: &Cached<K>,
        values: &[Prepared],
        nth: usize,
    ) -> Option<Cached<K>> {
        if !self.undecodable.is_empty() {
            self.undecodable.remove(key);
        }
        let (id, old) = if let Some(id) = id {
            (id, self.slots.replace(id, object.store()))
        } else {
            let id = self.slots.insert(key.clone(), object.store());
            let namespace = key.namespace().unwrap_or_default();
            match self.namespaces.get_mut(namespace) {
                Some(ids) => ids.insert(id, &self.slots),
                None => self.namespaces.entry(namespace.into()).or_default().insert(id, &self.slots),
            }
            (id, None)
        };
        for (index, values) in self.indexes.iter_mut().zip(values) {
            index.put(id, values, nth, &self.slots);
        }
        old.as_ref().map(Stored::hand_out)
    }

    fn remove(&mut self, id: Id, key: &ObjectKey) -> Option<Cached<K>> {
        for index in &mut self.indexes {
            index.remove(id, &self.slots);
        }
        let namespace = key.namespace().unwrap_or_default();
        if let Some(ids) = self.namespaces.get_mut(namespace) {
            ids.remove(id, &self.slots);
            if ids.is_empty() {
                self.namespaces.remove(namespace);
            }
        }
        self.slots.remove(id).as_ref().map(Stored::hand_out)
    }
}

/// A put is a difference unless the old object has the same UID and version. Objects without a version always differ.
fn report_put<K: Kind>(old: Option<Cached<K>>, new: &Cached<K>, report: &mut impl FnMut(Change<K>)) {
    match old {
        None => report(Change::Added(new.clone())),
        Some(old) if old.is_same_state(new) => {}
        Some(old) => report(Change::Updated { old, new: new.clone() }),
    }
}

impl<K> Default for Snapshot<K> {
    fn default() -> Self {
        Self {
            slots: Slots::new(),
            namespaces: BTreeMap::new(),
            indexes: Vec::new(),
            undecodable: BTreeMap::new(),
            resource_version: Arc::from(""),
        }
    }
}

impl<K> Clone for Snapshot<K> {
    fn clone(&self) -> Self {
        Self {
            slots: self.slots.clone(),
            namespaces: self.namespaces.clone(),
            indexes: self.indexes.iter().map(|index| index.boxed_clone()).collect(),
            undecodable: self.undecodable.clone(),
            resource_version: Arc::clone(&self.resource_version),
        }
    }
}

impl<K: Kind> fmt::Debug for Snapshot<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("objects", &self.len())
            .field("resource_version", &self.resource_version)
            .finish_non_exhaustive()
    }
}
