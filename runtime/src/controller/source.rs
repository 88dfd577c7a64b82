//! Where a controller's work comes from: informers, whose changes lead to keys.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use futures::future::BoxFuture;

use super::deletions::Deletions;
use super::predicate::Predicate;
use super::share::Shards;
use super::turns::{Cause, Turns};
use super::writes::{Outcome, State, Write};
use crate::cached::Cached;
use crate::informer::{self, Ended, Occasion, SharedInformer, Tap};
use crate::kind::{ApiResource, Kind, ObjectKey};
use crate::queue::{DEFAULT_PRIORITY, LOW_PRIORITY};
use crate::store::{Change, Store};

/// A source of work, whatever the kind of its objects.
pub(super) trait Source: Send + Sync {
    /// The kind of the objects.
    fn kind(&self) -> &str;
    /// Begins to turn changes into keys, first those of the present objects.
    fn attach(&self, turns: &Arc<Turns>) -> Result<Tap, informer::Error>;
    /// Waits for the first complete list.
    fn synced(&self) -> BoxFuture<'_, Result<(), informer::Error>>;
    /// Waits until the cache has all objects of the selection of this number.
    fn listed(&self, selection: u64) -> BoxFuture<'_, ()>;
    /// The kind, with what is wrong with its informer.
    fn complaint(&self) -> String;
    /// Waits until the informer has ended.
    fn ended(&self) -> BoxFuture<'_, Ended>;
    /// Whether the cache shows a write; none if it was of another resource.
    fn shows(&self, write: &Write) -> Option<bool>;
}

/// The keys to which an object leads.
pub(super) type Mapper<W> = Arc<dyn Fn(&Cached<W>) -> Vec<ObjectKey> + Send + Sync>;

/// The objects of an informer, each of which leads to keys.
pub(super) struct Watched<W: Kind> {
    pub(super) informer: SharedInformer<W>,
    pub(super) resource: Arc<str>,
    pub(super) map: Mapper<W>,
    pub(super) predicate: Option<Predicate<W>>,
    /// Where objects that are gone are noted, for the controller's own kind if it has no finalizer.
    pub(super) deletions: Option<Arc<Deletions<W>>>,
}

impl<W: Kind> Watched<W> {
    /// The objects of the controller's own kind, each of which leads to its own key.
    pub(super) fn own(informer: SharedInformer<W>, resource: &ApiResource, deletions: Arc<Deletions<W>>) -> Self {
        let map: Mapper<W> = Arc::new(|object| object.key().into_iter().collect());
        Self { informer, resource: resource.to_string().into(), map, predicate: None, deletions: Some(deletions) }
    }

    /// Objects of another kind.
    pub(super) fn other(
        informer: SharedInformer<W>,
        resource: &ApiResource,
        map: impl Fn(&Cached<W>) -> Vec<ObjectKey> + Send + Sync + 'static,
        predicate: Option<Predicate<W>>,
    ) -> Self {
        Self { informer, resource: resource.to_string().into(), map: Arc::new(map), predicate, deletions: None }
    }
}

impl<W: Kind> Source for Watched<W> {
    fn kind(&self) -> &str {
        self.informer.kind()
    }

    fn attach(&self, turns: &Arc<Turns>) -> Result<Tap, informer::Error> {
        let intake = Intake {
            store: self.informer.store(),
            turns: Arc::clone(turns),
            resource: Arc::clone(&self.resource),
            map: Arc::clone(&self.map),
            predicate: self.predicate.clone(),
            deletions: self.deletions.clone(),
        };
        self.informer.tap(move |changes, occasion| intake.take(changes, occasion))
    }

    fn synced(&self) -> BoxFuture<'_, Result<(), informer::Error>> {
        Box::pin(self.informer.wait_for_sync())
    }

    fn listed(&self, selection: u64) -> BoxFuture<'_, ()> {
        Box::pin(self.informer.has_listed(selection))
    }

    fn complaint(&self) -> String {
        self.informer.health().complaint(self.kind())
    }

    fn ended(&self) -> BoxFuture<'_, Ended> {
        Box::pin(self.informer.wait_for_end())
    }

    fn shows(&self, write: &Write) -> Option<bool> {
        if write.resource != self.resource {
            return None;
        }
        let object = self.informer.store().get(&write.key);
        let state = object.as_ref().map_or(State::Gone, state_of);
        // A version that is not there yet does not show that somebody has deleted the object since.
        Some(match (&write.outcome, &state) {
            (Outcome::Version(_), State::Gone) => false,
            _ => write.is_shown_by(&state),
        })
    }
}

/// Turns the changes of an informer into keys. It runs while the changes are published: whoever sees them in the cache
/// finds the keys queued and the deletions noted.
struct Intake<W: Kind> {
    store: Store<W>,
    turns: Arc<Turns>,
    resource: Arc<str>,
    map: Mapper<W>,
    predicate: Option<Predicate<W>>,
    deletions: Option<Arc<Deletions<W>>>,
}

impl<W: Kind> Intake<W> {
    fn take(&self, changes: &[Change<W>], occasion: Occasion) {
        let mut events = Vec::with_capacity(changes.len());
        // No key leaves between the notes of what is gone and the events.
        let shards = self.turns.shards();
        for change in changes {
            if self.note(change, &shards) {
                let keys = self.keys(change).into_iter().filter(|key| shards.have(key));
                events.extend(keys.map(|key| (key, change)));
            }
        }
        let priority = if occasion == Occasion::Initial { LOW_PRIORITY } else { DEFAULT_PRIORITY };
        // A list that shows what a turn wrote may hide what somebody else wrote before that.
        let is_one_write = occasion == Occasion::Watch;
        self.turns.add(events, priority, |change| is_one_write.then(|| self.cause(change))?);
        drop(shards);
        if self.turns.has_unseen() {
            for change in changes {
                let Some(key) = change.object().key() else { continue };
                let state = if matches!(change, Change::Deleted(_)) { State::Gone } else { state_of(change.object()) };
                self.turns.see(&self.resource, &key, &state);
            }
        }
        if occasion == Occasion::List {
            let snapshot = self.store.snapshot();
            self.turns.list(&self.resource, snapshot.resource_version(), |key| snapshot.get(key).is_some());
        }
    }

    /// Notes an object that is gone, and says whether the change leads to anything.
    fn note(&self, change: &Change<W>, shards: &Shards<'_>) -> bool {
        if let (Some(deletions), Some(gone)) = (&self.deletions, gone(change))
            && let Some(key) = gone.key().filter(|key| shards.have(key))
        {
            deletions.push(&key, gone.clone());
        }
        self.predicate.as_ref().is_none_or(|predicate| predicate.passes(change))
    }

    /// What an event shows; none if it leads to a turn whoever has caused it: the end of an object has to be cleaned up after.
    fn cause(&self, change: &Change<W>) -> Option<Cause> {
        if self.deletions.is_some() && gone(change).is_some() {
            return None;
        }
        let object = change.object();
        let version = object.resource_version().filter(|_| !matches!(change, Change::Deleted(_)));
        Some(Cause { resource: Arc::clone(&self.resource), key: object.key()?, version: version.map(Arc::from) })
    }

    /// The keys of the old and of the new object. A mapper that panics has none.
    fn keys(&self, change: &Change<W>) -> Vec<ObjectKey> {
        let mapped = catch_unwind(AssertUnwindSafe(|| {
            let mut keys = (self.map)(change.object());
            if let Change::Updated { old, .. } = change {
                for key in (self.map)(old) {
                    if !keys.contains(&key) {
                        keys.push(key);
                    }
                }
            }
            keys
        }));
        mapped.unwrap_or_else(|panic| {
            let error = crate::panic::message(&*panic);
            let key = change.object().key();
            tracing::error!(key = key.as_ref().map(tracing::field::display), error, "a mapper panicked");
            Vec::new()
        })
    }
}

/// The object that is gone after a change, if one is.
fn gone<W: Kind>(change: &Change<W>) -> Option<&Cached<W>> {
    match change {
        Change::Updated { old, new } if old.uid() != new.uid() => Some(old),
        Change::Deleted(last) => Some(last.object()),
        Change::Added(_) | Change::Updated { .. } => None,
    }
}

fn state_of<W: Kind>(object: &Cached<W>) -> State<'_> {
    State::There { uid: object.uid(), version: object.resource_version() }
}

impl<W: Kind> fmt::Debug for Watched<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("informer", &self.informer).finish_non_exhaustive()
    }
}

/// The key of the controller of an object, if that is of this resource (`EnqueueRequestForOwner` with `OnlyControllerOwner`
/// in controller-runtime).
pub(super) fn owner_of<W: Kind>(object: &Cached<W>, owner: &ApiResource) -> Vec<ObjectKey> {
    let meta = object.meta();
    let references = meta.owner_references.iter().flatten();
    let controller = references.filter(|reference| reference.controller == Some(true)).find(|reference| {
        let group = reference.api_version.split_once('/').map_or("", |(group, _)| group);
        reference.kind == owner.kind && group == owner.group
    });
    let namespace = meta.namespace.as_deref().filter(|_| owner.namespaced);
    controller.map(|reference| ObjectKey::new(namespace, &reference.name)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controller::share::Share;
    use crate::queue::{ExponentialRateLimiter, WorkQueue};
    use crate::testing::{Database, database};

    #[test]
    fn an_update_leads_to_the_keys_of_the_old_and_of_the_new_object_once_each() {
        let limiter = ExponentialRateLimiter::new(std::time::Duration::from_secs(1), std::time::Duration::from_secs(1));
        let intake = Intake {
            turns: Arc::new(Turns::new(WorkQueue::new(limiter), Share::default(), None)),
            resource: "databases.example.com".into(),
            map: Arc::new(|object: &Cached<Database>| {
                object.spec.engine.split(',').map(|name| ObjectKey::new(Some("ns"), name)).collect()
            }),
            predicate: None,
            deletions: None,
            store: crate::store::Writer::new().store(),
        };
        let with = |engine: &str| {
            let mut object = database("a", "1");
            engine.clone_into(&mut object.spec.engine);
            Cached::from(object)
        };
        let names = |change: &Change<Database>| -> Vec<String> {
            intake.keys(change).iter().map(|key| key.name().to_owned()).collect()
        };
        assert_eq!(names(&Change::Added(with("x,y"))), ["x", "y"]);
        assert_eq!(names(&Change::Updated { old: with("x,y"), new: with("y,z") }), ["y", "z", "x"]);
    }
}
