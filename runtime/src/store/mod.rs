//! The cache of a kind: every object by key, by namespace and by custom index, shared and read-only.
//!
//! One [`Writer`] applies what a reflector saw; any number of [`Store`]s read. Each write publishes a new immutable
//! [`Snapshot`] by a pointer swap, so readers never wait, and whatever is asked of one snapshot agrees. The store
//! knows neither HTTP nor handlers.

mod change;
mod index;
mod snapshot;
mod writer;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

pub use crate::client::{KeyRef, ObjectKey, Undecodable};
pub use change::{Change, Deleted};
pub use index::{IndexError, IndexFunction};
pub use snapshot::Snapshot;
pub use writer::{Batch, Writer};

/// A reading handle on the cache of one kind. Cheap to clone.
pub struct Store<K> {
    published: Arc<ArcSwap<Snapshot<K>>>,
}

impl<K> Store<K> {
    /// The state of this moment. It stays as it is while the cache goes on.
    pub fn snapshot(&self) -> Arc<Snapshot<K>> {
        self.published.load_full()
    }

    /// The object of this key in the latest snapshot.
    pub fn get<'k>(&self, key: impl Into<KeyRef<'k>>) -> Option<Arc<K>> {
        self.published.load().get(key).cloned()
    }
}

impl<K> Clone for Store<K> {
    fn clone(&self) -> Self {
        Self { published: Arc::clone(&self.published) }
    }
}

impl<K> fmt::Debug for Store<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.published.load();
        f.debug_struct("Store")
            .field("objects", &snapshot.len())
            .field("resource_version", &snapshot.resource_version())
            .finish_non_exhaustive()
    }
}
