//! The garbage collector: objects whose owners are gone go too, and objects that are deleted in the foreground or as orphans wait
//! for what becomes of their dependents.
//!
//! In: changes. Out: what is to be looked at ([`Garbage`]), and then the deletions and changes that follow from it.
//! Source: `k8s.io/kubernetes/pkg/controller/garbagecollector`. The real one works in the background; here everything has been
//! collected when the request is answered.

mod collector;
mod graph;
mod owner;

use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) use graph::Graph;
use owner::OwnerReference;

/// The finalizer of an object that waits until its dependents are deleted.
const FOREGROUND: &str = "foregroundDeletion";
/// The finalizer of an object that waits until its dependents no longer refer to it.
const ORPHAN: &str = "orphan";

/// The collections that are left alone.
const IGNORED: [&str; 1] = ["/events"];

/// Where an object is stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    collection: Arc<str>,
    key: Arc<str>,
}

impl Place {
    /// The place of an object.
    pub(super) fn new(collection: Arc<str>, key: Arc<str>) -> Self {
        Self { collection, key }
    }

    /// The object's namespace, if it has one.
    fn namespace(&self) -> Option<&str> {
        self.key.split_once('/').map(|(namespace, _)| namespace)
    }
}

/// What an owner reference has to say to mean an object, and the namespace that the dependent then is in, if the owner is in one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Identity {
    uid: String,
    name: String,
    namespace: Option<String>,
}

/// What the collector has to look at.
#[derive(Debug, Default)]
pub(super) struct Garbage {
    /// Objects that may have to be deleted, or that wait for their dependents.
    attempts: BTreeSet<Place>,
    /// Objects whose dependents are to be set free.
    orphaning: BTreeSet<Place>,
    /// Owners that are gone, so that they need not be looked for: their kind may be served no longer.
    gone: BTreeSet<Identity>,
    /// Owners that may have waited for a dependent, and the namespaces of their dependents.
    owners: BTreeSet<(OwnerReference, Option<String>)>,
}

impl Garbage {
    /// Looks at these objects as well.
    pub(super) fn attempt(&mut self, places: BTreeSet<Place>) {
        self.attempts.extend(places);
    }
}
