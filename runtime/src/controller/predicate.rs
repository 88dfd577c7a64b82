//! Which updates are worth a reconciliation.

use std::sync::Arc;

use crate::client::Kind;

/// Decides by the old and the new state whether an update is to be reconciled.
pub type Predicate<K> = Arc<dyn Fn(&K, &K) -> bool + Send + Sync>;

/// Lets pass what changes the specification: the API server counts `metadata.generation` up for it, and for a deletion
/// that finalizers delay, but not for status, labels and annotations.
///
/// Resyncs pass as well, as does everything of a kind that has no generation, and another object of the same name.
pub fn generation_changed<K: Kind>(old: &K, new: &K) -> bool {
    let (old, new) = (old.meta(), new.meta());
    let resync = old.resource_version == new.resource_version;
    resync || new.generation.is_none() || old.generation != new.generation || old.uid != new.uid
}
