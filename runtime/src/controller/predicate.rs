//! Predicates, which decide whether an event leads to a reconciliation.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::cached::Cached;
use crate::kind::Kind;
use crate::store::Change;

/// Decides from an event whether it leads to a reconciliation. Predicates compose: [`and`](Self::and), [`or`](Self::or),
/// [`negated`](Self::negated).
///
/// Those of this module only look at updates: objects that are new, that are gone, or that have replaced another one of the
/// same name always pass. A predicate runs while the cache is written, so it must be quick; one that panics lets the event
/// pass.
///
/// ```
/// use crdgen_runtime::controller::Predicate;
/// use k8s_openapi::api::apps::v1::Deployment;
///
/// // When the specification or the labels have changed, but not for objects that are on their way out.
/// let interesting: Predicate<Deployment> = Predicate::generation_changed()
///     .or(Predicate::labels_changed())
///     .and(Predicate::of_updates(|_, new: &Deployment| new.metadata.deletion_timestamp.is_none()));
/// ```
pub struct Predicate<K: Kind>(Arc<Passes<K>>);

type Passes<K> = dyn Fn(&Change<K>) -> bool + Send + Sync;

impl<K: Kind> Predicate<K> {
    /// A predicate from a function that is called with every event.
    pub fn new(passes: impl Fn(&Change<K>) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(passes))
    }

    /// A predicate from a function that is called with the old and the new state of updates.
    pub fn of_updates(passes: impl Fn(&K, &K) -> bool + Send + Sync + 'static) -> Self {
        Self::updates(move |old, new| passes(old, new))
    }

    /// Passes updates that change the specification. The API server increments `metadata.generation` for those, and when
    /// an object with finalizers is deleted, but not for changes of the status, labels and annotations. Updates of kinds
    /// without a generation pass.
    pub fn generation_changed() -> Self {
        Self::updates(|old, new| new.generation().is_none() || old.generation() != new.generation())
    }

    /// Passes updates that change the labels.
    pub fn labels_changed() -> Self {
        Self::updates(|old, new| old.with_labels(|old| new.with_labels(|new| old != new)))
    }

    /// Passes updates that change the annotations.
    pub fn annotations_changed() -> Self {
        Self::changed_in(|object| object.meta().annotations.clone().unwrap_or_default())
    }

    /// Passes updates that change the finalizers, or that begin the deletion of the object.
    pub fn finalizers_changed() -> Self {
        Self::changed_in(|object| {
            let meta = object.meta();
            (meta.finalizers.clone().unwrap_or_default(), meta.deletion_timestamp.is_some())
        })
    }

    /// Passes updates that change what `part` returns: `Predicate::changed_in(|pod: &Pod| pod.status.clone())`.
    pub fn changed_in<T: PartialEq>(part: impl Fn(&K) -> T + Send + Sync + 'static) -> Self {
        Self::updates(move |old, new| part(old) != part(new))
    }

    /// Passes what both pass.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::new(move |event| (self.0)(event) && (other.0)(event))
    }

    /// Passes what either passes.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::new(move |event| (self.0)(event) || (other.0)(event))
    }

    /// Passes what this one does not.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::new(move |event| !(self.0)(event))
    }

    /// Whether the event passes. If the predicate panics, it does.
    pub fn passes(&self, event: &Change<K>) -> bool {
        catch_unwind(AssertUnwindSafe(|| (self.0)(event))).unwrap_or_else(|panic| {
            let error = crate::panic::message(&*panic);
            let key = event.object().key();
            tracing::error!(key = key.as_ref().map(tracing::field::display), error, "a predicate panicked");
            true
        })
    }

    fn updates(passes: impl Fn(&Cached<K>, &Cached<K>) -> bool + Send + Sync + 'static) -> Self {
        Self::new(move |event| match event {
            Change::Updated { old, new } => old.uid() != new.uid() || passes(old, new),
            Change::Added(_) | Change::Deleted(_) => true,
        })
    }
}

impl<K: Kind> Clone for Predicate<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Kind> fmt::Debug for Predicate<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Predicate")
    }
}
