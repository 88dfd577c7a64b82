//! Queries over a store, like client-go's listers: by key, namespace, labels and index.
//!
//! Every answer comes from one snapshot and is ordered by namespace and name. Nothing is sent to the server, so an
//! answer may be a little older than the server's state.
//!
//! ```
//! use std::sync::Arc;
//!
//! use crdgen_runtime::{lister::Lister, store::Writer};
//! use k8s_openapi::api::core::v1::ConfigMap;
//!
//! let mut config_map = ConfigMap::default();
//! config_map.metadata.namespace = Some("default".to_owned());
//! config_map.metadata.name = Some("settings".to_owned());
//! let writer = Writer::new();
//! writer.batch(|batch| batch.insert(Arc::new(config_map)));
//!
//! // With an informer: `informer.lister()`.
//! let lister = Lister::new(writer.store());
//! assert!(lister.get(("default", "settings")).is_some());
//! assert_eq!(lister.namespace("default").len(), 1);
//! assert!(lister.namespace("other").is_empty());
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use kube::core::{Selector, SelectorExt};

use crate::kind::{KeyRef, Kind};
use crate::store::{IndexError, Store};

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
    pub fn get<'k>(&self, key: impl Into<KeyRef<'k>>) -> Option<Arc<K>> {
        self.store.get(key)
    }

    /// All objects.
    pub fn list(&self) -> Vec<Arc<K>> {
        self.store.snapshot().objects().cloned().collect()
    }

    /// The objects of one namespace.
    pub fn namespace(&self, namespace: &str) -> Vec<Arc<K>> {
        self.store.snapshot().namespace(namespace).cloned().collect()
    }

    /// The objects whose labels match, in one namespace or in all. A `LabelSelector` can be converted to a [`Selector`]
    /// by
    /// `try_into`.
    pub fn select(&self, namespace: Option<&str>, selector: &Selector) -> Vec<Arc<K>> {
        let unlabelled = BTreeMap::new();
        let matches = |object: &&Arc<K>| selector.matches(object.meta().labels.as_ref().unwrap_or(&unlabelled));
        let snapshot = self.store.snapshot();
        match namespace {
            Some(namespace) => snapshot.namespace(namespace).filter(matches).cloned().collect(),
            None => snapshot.objects().filter(matches).cloned().collect(),
        }
    }

    /// The objects that the index `name` has under `value`.
    pub fn by_index(&self, name: &str, value: &str) -> Result<Vec<Arc<K>>, IndexError> {
        Ok(self.store.snapshot().by_index(name, value)?.cloned().collect())
    }
}

impl<K> Clone for Lister<K> {
    fn clone(&self) -> Self {
        Self { store: self.store.clone() }
    }
}

impl<K> fmt::Debug for Lister<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lister").field("store", &self.store).finish()
    }
}
