//! One immutable state of the cache.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use imbl::OrdMap;

use super::index::{Index, IndexError, IndexFunction};
use crate::decode::Undecodable;
use crate::kind::{KeyRef, ObjectKey};

/// All objects of a kind at one moment, ordered by namespace and name; so the objects of a namespace are one range.
#[derive(Debug)]
pub struct Snapshot<K> {
    objects: OrdMap<ObjectKey, Arc<K>>,
    undecodable: OrdMap<ObjectKey, Undecodable>,
    indexes: BTreeMap<Arc<str>, Index<K>>,
    resource_version: Arc<str>,
}

impl<K> Snapshot<K> {
    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there is no object.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The object of this key.
    pub fn get<'k>(&self, key: impl Into<KeyRef<'k>>) -> Option<&Arc<K>> {
        self.objects.get(&key.into())
    }

    /// All objects, ordered by namespace and name.
    pub fn objects(&self) -> impl Iterator<Item = &Arc<K>> {
        self.objects.values()
    }

    /// The keys of all objects, in order.
    pub fn keys(&self) -> impl Iterator<Item = &ObjectKey> {
        self.objects.keys()
    }

    /// The objects of one namespace, ordered by name.
    pub fn namespace<'s>(&'s self, namespace: &'s str) -> impl Iterator<Item = &'s Arc<K>> {
        // The empty name sorts before all others, so the range begins with the first object of the namespace.
        let first = KeyRef { namespace: Some(namespace), name: "" };
        let range = self.objects.range((Bound::Included(first), Bound::<KeyRef<'_>>::Unbounded));
        range.take_while(move |(key, _)| key.namespace() == Some(namespace)).map(|(_, object)| object)
    }

    /// The objects that the index `name` holds under `value`, ordered by key.
    pub fn by_index(&self, name: &str, value: &str) -> Result<impl Iterator<Item = &Arc<K>>, IndexError> {
        Ok(self.index(name)?.get(value))
    }

    /// The values of the index `name` that have objects, in order.
    pub fn index_values(&self, name: &str) -> Result<impl Iterator<Item = &str>, IndexError> {
        Ok(self.index(name)?.values())
    }

    /// The objects on the server that could not be decoded, ordered by key. If an earlier state of one could be
    /// decoded, [`get`](Self::get) still returns that.
    pub fn undecodable(&self) -> impl Iterator<Item = &Undecodable> {
        self.undecodable.values()
    }

    /// The snapshot includes all changes up to this resource version. Empty before the first list.
    pub fn resource_version(&self) -> &str {
        &self.resource_version
    }

    fn index(&self, name: &str) -> Result<&Index<K>, IndexError> {
        self.indexes.get(name).ok_or_else(|| IndexError::Unknown(name.to_owned()))
    }
}

/// The parts of a write. They change a copy that has not been published yet.
impl<K> Snapshot<K> {
    pub(super) fn insert(&mut self, key: &ObjectKey, object: &Arc<K>) -> Option<Arc<K>> {
        self.undecodable.remove(key);
        let old = self.objects.insert(key.clone(), Arc::clone(object));
        for index in self.indexes.values_mut() {
            index.replace(key, old.as_ref(), Some(object));
        }
        old
    }

    pub(super) fn remove(&mut self, key: &ObjectKey) -> Option<Arc<K>> {
        self.undecodable.remove(key);
        let old = self.objects.remove(key)?;
        for index in self.indexes.values_mut() {
            index.replace(key, Some(&old), None);
        }
        Some(old)
    }

    pub(super) fn insert_undecodable(&mut self, key: ObjectKey, undecodable: Undecodable) {
        self.undecodable.insert(key, undecodable);
    }

    /// Replaces all objects at once, and returns the old ones.
    pub(super) fn replace(
        &mut self,
        objects: OrdMap<ObjectKey, Arc<K>>,
        undecodable: OrdMap<ObjectKey, Undecodable>,
    ) -> OrdMap<ObjectKey, Arc<K>> {
        for index in self.indexes.values_mut() {
            *index = index.rebuilt(&objects);
        }
        self.undecodable = undecodable;
        std::mem::replace(&mut self.objects, objects)
    }

    pub(super) fn add_index(&mut self, name: &str, function: IndexFunction<K>) -> Result<(), IndexError> {
        if self.indexes.contains_key(name) {
            return Err(IndexError::Exists(name.to_owned()));
        }
        self.indexes.insert(Arc::from(name), Index::new(function, &self.objects));
        Ok(())
    }

    pub(super) fn set_resource_version(&mut self, version: &str) {
        if !version.is_empty() {
            self.resource_version = Arc::from(version);
        }
    }
}

impl<K> Default for Snapshot<K> {
    fn default() -> Self {
        Self {
            objects: OrdMap::new(),
            undecodable: OrdMap::new(),
            indexes: BTreeMap::new(),
            resource_version: Arc::from(""),
        }
    }
}

impl<K> Clone for Snapshot<K> {
    fn clone(&self) -> Self {
        Self {
            objects: self.objects.clone(),
            undecodable: self.undecodable.clone(),
            indexes: self.indexes.clone(),
            resource_version: Arc::clone(&self.resource_version),
        }
    }
}
