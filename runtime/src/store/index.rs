//! Custom indexes: objects by the values that a function derives from them.
//!
//! An index is part of the snapshot, so it never disagrees with the objects. A value without objects is removed:
//! otherwise values that change all the time (a pod's node, an owner's UID) would pile up.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use imbl::OrdMap;

use crate::kind::ObjectKey;

/// Returns the values under which an object is found: none, one or several. It must depend on nothing but the object,
/// and must not panic, because a panic stops the informer.
pub type IndexFunction<K> = Arc<dyn Fn(&K) -> Vec<String> + Send + Sync>;

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
    /// The informer has stopped, so nothing would keep the index up to date.
    #[error("the informer has stopped")]
    Stopped,
}

/// One index of a snapshot.
pub(super) struct Index<K> {
    function: IndexFunction<K>,
    values: OrdMap<Arc<str>, OrdMap<ObjectKey, Arc<K>>>,
}

impl<K> Index<K> {
    pub(super) fn new(function: IndexFunction<K>, objects: &OrdMap<ObjectKey, Arc<K>>) -> Self {
        let mut index = Self { function, values: OrdMap::new() };
        for (key, object) in objects {
            index.replace(key, None, Some(object));
        }
        index
    }

    /// A new index with the same function over these objects.
    pub(super) fn rebuilt(&self, objects: &OrdMap<ObjectKey, Arc<K>>) -> Self {
        Self::new(Arc::clone(&self.function), objects)
    }

    /// Removes `key` from the values of the old object and adds it to those of the new one.
    pub(super) fn replace(&mut self, key: &ObjectKey, old: Option<&Arc<K>>, new: Option<&Arc<K>>) {
        let new_values: BTreeSet<String> = new.into_iter().flat_map(|object| (self.function)(object)).collect();
        let old_values: BTreeSet<String> = old.into_iter().flat_map(|object| (self.function)(object)).collect();
        for value in old_values {
            if !new_values.contains(&value) {
                self.remove(&value, key);
            }
        }
        let Some(object) = new else { return };
        for value in new_values {
            if let Some(objects) = self.values.get_mut(&*value) {
                objects.insert(key.clone(), Arc::clone(object));
            } else {
                self.values.insert(Arc::from(value), OrdMap::unit(key.clone(), Arc::clone(object)));
            }
        }
    }

    /// The objects of one value, ordered by key.
    pub(super) fn get(&self, value: &str) -> impl Iterator<Item = &Arc<K>> {
        self.values.get(value).into_iter().flat_map(|objects| objects.values())
    }

    /// All values that have objects, in order.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(|value| &**value)
    }

    fn remove(&mut self, value: &str, key: &ObjectKey) {
        let Some(objects) = self.values.get_mut(value) else { return };
        objects.remove(key);
        if objects.is_empty() {
            self.values.remove(value);
        }
    }
}

impl<K> Clone for Index<K> {
    fn clone(&self) -> Self {
        Self { function: Arc::clone(&self.function), values: self.values.clone() }
    }
}

impl<K> fmt::Debug for Index<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values()).finish()
    }
}
