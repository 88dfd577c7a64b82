//! A cache of the objects of one kind, by key, by namespace and by custom index. Readers share it and cannot change it.
//!
//! One [`Writer`] applies what a reflector reads; any number of [`Store`]s read. Each write publishes another
//! [`Snapshot`] by swapping a pointer, so readers never wait, and all answers from one snapshot are consistent. An
//! [`informer`](crate::informer) has a store and keeps it up to date. In a test, write to one by hand:
//!
//! ```
//! use crdgen_runtime::store::Writer;
//! use k8s_openapi::api::core::v1::ConfigMap;
//!
//! let mut config_map = ConfigMap::default();
//! config_map.metadata.namespace = Some("default".to_owned());
//! config_map.metadata.name = Some("settings".to_owned());
//!
//! let writer = Writer::new();
//! let store = writer.store();
//! let before = store.snapshot();
//! writer.batch(|batch| batch.insert(config_map));
//! assert!(store.get(("default", "settings")).is_some());
//! assert!(before.is_empty(), "a snapshot never changes");
//! ```

mod change;
mod index;
mod slots;
mod snapshot;
mod writer;

#[cfg(test)]
mod tests;

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use arc_swap::ArcSwap;

pub use crate::cached::{Cached, Form};
use crate::kind::{Kind, Sought};
pub use change::{Change, Deleted};
pub use index::{Index, IndexError};
pub use snapshot::Snapshot;
pub(crate) use writer::Prepared;
pub use writer::{Batch, Writer};

/// A reading handle on the cache of one kind. Cheap to clone.
pub struct Store<K> {
    published: Arc<ArcSwap<Snapshot<K>>>,
}

impl<K: Kind> Store<K> {
    /// The present state. It does not change when the cache does. Do not keep it longer than it is needed: while somebody
    /// has it, the second write from now has to copy the tables.
    pub fn snapshot(&self) -> Arc<Snapshot<K>> {
        self.published.load_full()
    }

    /// The object of this key in the latest snapshot.
    pub fn get<'k>(&self, key: impl Into<Sought<'k>>) -> Option<Cached<K>> {
        self.published.load().get(key)
    }

    /// Whether there is an object of this key in the latest snapshot.
    pub fn contains<'k>(&self, key: impl Into<Sought<'k>>) -> bool {
        self.published.load().contains(key)
    }

    /// What `view` makes of the object of this key in the latest snapshot: see [`Lister::view`](crate::lister::Lister::view).
    pub fn view<'k, T>(&self, key: impl Into<Sought<'k>>, view: impl FnOnce(&K) -> T) -> Option<T> {
        self.published.load().view(key, view)
    }

    /// The index of this name.
    pub fn index<V: Hash + Eq + Send + Sync + 'static>(&self, name: &str) -> Result<Index<K, V>, IndexError> {
        let at = self.published.load().index(name)?;
        Ok(Index { store: self.clone(), at })
    }

    /// The object that the store has already, if it has the same UID and version; else this one.
    pub(crate) fn known(&self, object: Cached<K>) -> Cached<K> {
        let known = object.key_ref().and_then(|key| self.get(key));
        known.filter(|known| known.is_same_state(&object)).unwrap_or(object)
    }

    /// Reads from the latest snapshot.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Snapshot<K>) -> T) -> T {
        read(&self.published.load())
    }
}

impl<K> Clone for Store<K> {
    fn clone(&self) -> Self {
        Self { published: Arc::clone(&self.published) }
    }
}

impl<K: Kind> fmt::Debug for Store<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.published.load();
        f.debug_struct("Store")
            .field("objects", &snapshot.len())
            .field("resource_version", &snapshot.resource_version())
            .finish_non_exhaustive()
    }
}
