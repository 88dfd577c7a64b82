//! Queries over a store, like client-go's listers: by key, namespace, labels and index.
//!
//! Every answer comes from one snapshot and is ordered by namespace and name. Nothing is sent to the server, so an
//! answer may be a little older than the server's state.
//!
//! ```
//! use crdgen_runtime::{lister::Lister, store::Writer};
//! use k8s_openapi::api::core::v1::ConfigMap;
//!
//! let mut config_map = ConfigMap::default();
//! config_map.metadata.namespace = Some("default".to_owned());
//! config_map.metadata.name = Some("settings".to_owned());
//! let writer = Writer::new();
//! writer.batch(|batch| batch.insert(config_map));
//!
//! // With an informer: `informer.lister()`.
//! let lister = Lister::new(writer.store());
//! assert!(lister.get(("default", "settings")).is_some());
//! assert_eq!(lister.namespace("default").len(), 1);
//! assert!(lister.namespace("other").is_empty());
//! ```

use std::fmt;
use std::hash::Hash;

use kube::core::{Selector, SelectorExt};

use crate::cached::Cached;
use crate::kind::{Kind, Sought};
use crate::store::{Index, IndexError, Store};

/// Reads the cached objects of one kind. Cheap to clone.
pub struct Lister<K> {
    store: Store<K>,
}

impl<K: Kind> Lister<K> {
    /// A lister over a store.
    pub fn new(store: Store<K>) -> Self {
        Self { store }
    }

    /// The store that the lister reads.
    pub fn store(&self) -> &Store<K> {
        &self.store
    }

    /// The object of this key: `("namespace", "name")`, `"name"` for a cluster-scoped kind, or `&ObjectKey`.
    pub fn get<'k>(&self, key: impl Into<Sought<'k>>) -> Option<Cached<K>> {
        self.store.get(key)
    }

    /// Whether there is an object of this key.
    pub fn contains<'k>(&self, key: impl Into<Sought<'k>>) -> bool {
        self.store.contains(key)
    }

    /// What `view` makes of the object of this key, if it is there.
    ///
    /// The object is lent and not handed out as by [`get`](Self::get), which has to count each handle in the object itself: in a
    /// large cache that costs several times as much as finding it. No lock is held, so `view` may ask the lister again; but it
    /// should be short, for a write that comes meanwhile may have to copy the cache's tables. A [compact](crate::store::Form)
    /// object is decoded for each call.
    ///
    /// ```
    /// # use crdgen_runtime::{lister::Lister, store::Writer};
    /// # use k8s_openapi::api::core::v1::ConfigMap;
    /// # let writer = Writer::<ConfigMap>::new();
    /// # let lister = Lister::new(writer.store());
    /// let keys = lister.view(("default", "settings"), |settings| settings.data.as_ref().map_or(0, |data| data.len()));
    /// assert_eq!(keys, None, "there is no such object");
    /// ```
    pub fn view<'k, T>(&self, key: impl Into<Sought<'k>>, view: impl FnOnce(&K) -> T) -> Option<T> {
        self.store.view(key, view)
    }

    /// All objects.
    pub fn list(&self) -> Vec<Cached<K>> {
        self.store.read(|snapshot| snapshot.objects().collect())
    }

    /// The objects of one namespace.
    pub fn namespace(&self, namespace: &str) -> Vec<Cached<K>> {
        self.store.read(|snapshot| snapshot.namespace(namespace).collect())
    }

    /// The objects whose labels match, in one namespace or in all. A `LabelSelector` can be converted to a [`Selector`]
    /// by
    /// `try_into`.
    pub fn select(&self, namespace: Option<&str>, selector: &Selector) -> Vec<Cached<K>> {
        let matches = |object: &Cached<K>| object.with_labels(|labels| selector.matches(labels));
        self.store.read(|snapshot| match namespace {
            Some(namespace) => snapshot.namespace(namespace).filter(matches).collect(),
            None => snapshot.objects().filter(matches).collect(),
        })
    }

    /// The index of this name, which was added to the informer with values of type `V`.
    pub fn index<V: Hash + Eq + Send + Sync + 'static>(&self, name: &str) -> Result<Index<K, V>, IndexError> {
        self.store.index(name)
    }
}

impl<K> Clone for Lister<K> {
    fn clone(&self) -> Self {
        Self { store: self.store.clone() }
    }
}

impl<K: Kind> fmt::Debug for Lister<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lister").field("store", &self.store).finish()
    }
}
