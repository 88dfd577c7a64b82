//! Predicates, which decide whether an update leads to a reconciliation.

use std::sync::Arc;

use crate::kind::StaticKind;

/// Decides from the old and the new state whether an update leads to a reconciliation.
pub type Predicate<K> = Arc<dyn Fn(&K, &K) -> bool + Send + Sync>;

/// Passes updates that change the specification. The API server increments `metadata.generation` for those, and when an
/// object with finalizers is deleted, but not for changes of the status, labels and annotations.
///
/// Resyncs pass as well, and so do all updates of kinds without a generation, and those where the new object is not the
/// old one but has the same name.
pub fn generation_changed<K: StaticKind>(old: &K, new: &K) -> bool {
    let (old, new) = (old.meta(), new.meta());
    let resync = old.resource_version == new.resource_version;
    resync || new.generation.is_none() || old.generation != new.generation || old.uid != new.uid
}
