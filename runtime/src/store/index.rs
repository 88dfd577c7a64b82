//! Custom indexes: objects by the values that a function derives from them.
//!
//! An index is part of the snapshot, so it never disagrees with the objects. An object whose values stay the same is not
//! touched. A value without objects is removed: otherwise values that change all the time (a pod's node, an owner's UID)
//! would pile up.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use foldhash::quality::RandomState;
use hashbrown::hash_map::Entry;
use hashbrown::{Equivalent, HashMap};

use super::Store;
use super::slots::{Id, Slots, Sorted};
use crate::cached::Cached;
use crate::kind::{Kind, ObjectKey};

/// Why an index could not be added or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// An index of this name exists, perhaps with another function.
    #[error("the index {0:?} exists already")]
    Exists(String),
    /// There is no index of this name.
    #[error("there is no index {0:?}")]
    Unknown(String),
    /// The index of this name has values of another type.
    #[error("the index {0:?} has values of another type")]
    OtherType(String),
    /// The informer has stopped, so nothing would keep the index up to date.
    #[error("the informer has stopped")]
    Stopped,
}

/// An index of a store, by which objects are found under values of type `V`. Cheap to clone.
pub struct Index<K, V> {
    pub(super) store: Store<K>,
    pub(super) at: At<V>,
}

/// Where a snapshot has an index. Indexes are never removed.
pub(super) struct At<V> {
    pub(super) place: usize,
    value: PhantomData<fn() -> V>,
}

impl<K: Kind, V: Hash + Eq + Send + Sync + 'static> Index<K, V> {
    /// The objects under `value` in the latest snapshot, ordered by key.
    pub fn get<Q: Hash + Equivalent<V> + ?Sized>(&self, value: &Q) -> Vec<Cached<K>> {
        self.store.read(|snapshot| snapshot.by_index(self, value).collect())
    }

    /// The keys of the objects under `value` in the latest snapshot, in order.
    pub fn keys<Q: Hash + Equivalent<V> + ?Sized>(&self, value: &Q) -> Vec<ObjectKey> {
        self.store.read(|snapshot| {
            let ids = snapshot.ids_by_index(self, value).iter();
            ids.filter_map(|id| snapshot.key(*id).cloned()).collect()
        })
    }

    /// Whether there is an object under `value`.
    pub fn contains<Q: Hash + Equivalent<V> + ?Sized>(&self, value: &Q) -> bool {
        self.store.read(|snapshot| !snapshot.ids_by_index(self, value).is_empty())
    }

    /// All values that have objects, in order.
    pub fn values(&self) -> Vec<V>
    where
        V: Clone + Ord,
    {
        let mut values: Vec<V> = self.store.read(|snapshot| snapshot.index_values(self).cloned().collect());
        values.sort_unstable();
        values
    }
}

/// One index of a snapshot, whatever the type of its values.
pub(super) trait AnyIndex<K>: Send + Sync {
    fn name(&self) -> &str;

    /// Makes room for so many more objects.
    fn reserve(&mut self, more: usize);

    /// Room for the values of so many objects.
    fn prepared(&self, objects: usize) -> Prepared;

    /// Adds the values of an object, for [`put`](Self::put). It calls the user's function, which may panic.
    fn prepare(&self, values: &mut Prepared, object: &K);

    /// Notes that object `id` now has the values that are the `nth` of `values`.
    fn put(&mut self, id: Id, values: &Prepared, nth: usize, slots: &Slots<K>);

    /// Notes that object `id`, which is still in `slots`, will be removed.
    fn remove(&mut self, id: Id, slots: &Slots<K>);

    fn boxed_clone(&self) -> Box<dyn AnyIndex<K>>;

    fn as_any(&self) -> &dyn Any;
}

/// The values of several objects: a `Vec<Values<V>>`.
pub(super) type Prepared = Box<dyn Any + Send + Sync>;

/// The objects by value, and the values by object.
pub(super) struct Table<K, V> {
    name: Arc<str>,
    function: Function<K, V>,
    objects: HashMap<Arc<V>, Sorted, RandomState>,
    values: Vec<Values<V>>,
}

type Function<K, V> = Arc<dyn Fn(&K) -> Values<V> + Send + Sync>;

/// The distinct values of one object. Most have one.
#[derive(Default)]
pub(super) enum Values<V> {
    #[default]
    None,
    One(Arc<V>),
    Many(Arc<[Arc<V>]>),
}

/// A value by which a table is asked.
struct Wanted<'q, Q: ?Sized>(&'q Q);

impl<K: 'static, V: Hash + Eq + Send + Sync + 'static> Table<K, V> {
    pub(super) fn new<I: IntoIterator<Item = V>>(
        name: &str,
        function: impl Fn(&K) -> I + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: Arc::from(name),
            function: Arc::new(move |object| function(object).into_iter().collect()),
            objects: HashMap::default(),
            values: Vec::new(),
        }
    }

    pub(super) fn get<Q: Hash + Equivalent<V> + ?Sized>(&self, value: &Q) -> &[Id] {
        self.objects.get(&Wanted(value)).map(Sorted::as_slice).unwrap_or_default()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &V> {
        self.objects.keys().map(|value| &**value)
    }

    /// Adds the object under a value. Returns the value as the table has it.
    fn enter(&mut self, value: &Arc<V>, id: Id, slots: &Slots<K>) -> Arc<V> {
        match self.objects.entry(Arc::clone(value)) {
            Entry::Occupied(mut entry) => {
                entry.get_mut().insert(id, slots);
                Arc::clone(entry.key())
            }
            Entry::Vacant(entry) => {
                entry.insert(Sorted::default()).insert(id, slots);
                Arc::clone(value)
            }
        }
    }

    fn leave(&mut self, value: &Arc<V>, id: Id, slots: &Slots<K>) {
        let Some(objects) = self.objects.get_mut(value) else { return };
        objects.remove(id, slots);
        if objects.is_empty() {
            self.objects.remove(value);
        }
    }
}

impl<K: 'static, V: Hash + Eq + Send + Sync + 'static> AnyIndex<K> for Table<K, V> {
    fn name(&self) -> &str {
        &self.name
    }

    fn reserve(&mut self, more: usize) {
        self.values.reserve(more);
    }

    fn prepared(&self, objects: usize) -> Prepared {
        Box::new(Vec::<Values<V>>::with_capacity(objects))
    }

    fn prepare(&self, values: &mut Prepared, object: &K) {
        if let Some(values) = values.downcast_mut::<Vec<Values<V>>>() {
            values.push((self.function)(object));
        }
    }

    fn put(&mut self, id: Id, values: &Prepared, nth: usize, slots: &Slots<K>) {
        let Some(new) = values.downcast_ref::<Vec<Values<V>>>().and_then(|values| values.get(nth)) else { return };
        let at = id as usize;
        if at >= self.values.len() {
            self.values.resize_with(at + 1, Values::default);
        }
        if self.values[at].as_slice() == new.as_slice() {
            return;
        }
        let old = std::mem::take(&mut self.values[at]);
        for value in old.as_slice() {
            if !new.as_slice().contains(value) {
                self.leave(value, id, slots);
            }
        }
        let kept = |value: &Arc<V>| old.as_slice().iter().find(|old| *old == value).cloned();
        self.values[at] = new.map(|value| kept(value).unwrap_or_else(|| self.enter(value, id, slots)));
    }

    fn remove(&mut self, id: Id, slots: &Slots<K>) {
        let Some(values) = self.values.get_mut(id as usize) else { return };
        let values = std::mem::take(values);
        for value in values.as_slice() {
            self.leave(value, id, slots);
        }
    }

    fn boxed_clone(&self) -> Box<dyn AnyIndex<K>> {
        Box::new(Self {
            name: Arc::clone(&self.name),
            function: Arc::clone(&self.function),
            objects: self.objects.clone(),
            values: self.values.clone(),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl<V> Values<V> {
    fn as_slice(&self) -> &[Arc<V>] {
        match self {
            Self::None => &[],
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }

    fn map(&self, mut change: impl FnMut(&Arc<V>) -> Arc<V>) -> Self {
        match self {
            Self::None => Self::None,
            Self::One(value) => Self::One(change(value)),
            Self::Many(values) => Self::Many(values.iter().map(change).collect()),
        }
    }
}

impl<V: Eq> FromIterator<V> for Values<V> {
    fn from_iter<I: IntoIterator<Item = V>>(values: I) -> Self {
        let mut values = values.into_iter();
        let Some(first) = values.next() else { return Self::None };
        let Some(second) = values.next() else { return Self::One(Arc::new(first)) };
        let mut distinct: Vec<Arc<V>> = Vec::new();
        for value in [first, second].into_iter().chain(values) {
            if !distinct.iter().any(|known| **known == value) {
                distinct.push(Arc::new(value));
            }
        }
        match distinct.as_slice() {
            [only] => Self::One(Arc::clone(only)),
            _ => Self::Many(distinct.into()),
        }
    }
}

impl<V> Clone for Values<V> {
    fn clone(&self) -> Self {
        match self {
            Self::None => Self::None,
            Self::One(value) => Self::One(Arc::clone(value)),
            Self::Many(values) => Self::Many(Arc::clone(values)),
        }
    }
}

impl<Q: Hash + ?Sized> Hash for Wanted<'_, Q> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<V, Q: Equivalent<V> + ?Sized> Equivalent<Arc<V>> for Wanted<'_, Q> {
    fn equivalent(&self, value: &Arc<V>) -> bool {
        self.0.equivalent(value)
    }
}

impl<V> At<V> {
    pub(super) fn new(place: usize) -> Self {
        Self { place, value: PhantomData }
    }
}

impl<K, V> Clone for Index<K, V> {
    fn clone(&self) -> Self {
        Self { store: self.store.clone(), at: At::new(self.at.place) }
    }
}

impl<K: Kind, V> fmt::Debug for Index<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.store.read(|snapshot| snapshot.index_name(self.at.place).to_owned());
        f.debug_struct("Index").field("name", &name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_an_object_are_distinct_and_one_takes_no_list() {
        let of = |values: &[i32]| values.iter().copied().collect::<Values<i32>>();
        assert!(matches!(of(&[]), Values::None));
        for one in [&[7][..], &[7, 7], &[7, 7, 7]] {
            assert!(matches!(of(one), Values::One(value) if *value == 7), "{one:?}");
        }
        let Values::Many(many) = of(&[1, 2, 1, 3, 2]) else { panic!("there are three") };
        assert_eq!(many.iter().map(|value| **value).collect::<Vec<_>>(), [1, 2, 3]);
    }
}
