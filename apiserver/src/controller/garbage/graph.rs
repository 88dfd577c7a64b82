//! Who depends on whom.
//!
//! Source: `graph_builder.go`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{FOREGROUND, Garbage, IGNORED, Identity, ORPHAN, Place, owner};
use crate::object::{finalizers, meta, text};
use crate::store::{Change, Stored};

/// The dependents of every owner, by its uid.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    dependents: BTreeMap<String, BTreeSet<Place>>,
}

impl Graph {
    /// Takes a change in, and says what has to be looked at because of it.
    pub(crate) fn read(&mut self, change: &Change, garbage: &mut Garbage) {
        let event = &change.event;
        let place = Place { collection: change.collection.clone(), key: event.key.clone() };
        if event.deleted {
            self.read_deletion(&place, &change.after, garbage);
        } else {
            self.read_write(&place, change.before.as_ref(), &change.after, garbage);
        }
    }

    /// Takes an object in that was there before anything was read.
    pub(crate) fn read_stored(&mut self, place: &Place, object: &Stored, garbage: &mut Garbage) {
        self.read_write(place, None, object, garbage);
    }

    /// The objects that name this one as their owner.
    pub(super) fn dependents(&self, uid: &str) -> impl Iterator<Item = &Place> {
        self.dependents.get(uid).into_iter().flatten()
    }

    fn read_write(&mut self, place: &Place, before: Option<&Stored>, after: &Stored, garbage: &mut Garbage) {
        let may_concern = after.is_owned() || after.is_being_deleted() || before.is_some_and(Stored::is_owned);
        if !may_concern || IGNORED.contains(&&*place.collection) {
            return;
        }
        let (before, after) = (before.map(Stored::value), after.value());
        let (old, new) = (before.map(owner::of).unwrap_or_default(), owner::of(after));
        for reference in old.iter().filter(|reference| !new.iter().any(|other| other.uid == reference.uid)) {
            self.forget(&reference.uid, place);
        }
        for reference in &new {
            self.dependents.entry(reference.uid.clone()).or_default().insert(place.clone());
            if !old.iter().any(|other| other.uid == reference.uid) {
                garbage.attempts.insert(place.clone());
            }
        }
        let still_blocks = |uid: &str| new.iter().any(|reference| reference.uid == uid && reference.blocks);
        let freed = old.into_iter().filter(|reference| reference.blocks && !still_blocks(&reference.uid));
        garbage.owners.extend(freed.map(|reference| (reference, place.namespace().map(str::to_owned))));
        let starts = |finalizer| waits_for(after, finalizer) && !before.is_some_and(|old| waits_for(old, finalizer));
        if starts(ORPHAN) {
            garbage.orphaning.insert(place.clone());
        } else if starts(FOREGROUND) {
            garbage.attempts.extend(self.dependents(text(after, "uid")).cloned());
            garbage.attempts.insert(place.clone());
        }
    }

    fn read_deletion(&mut self, place: &Place, object: &Stored, garbage: &mut Garbage) {
        if !object.is_owned() && self.dependents.is_empty() {
            return;
        }
        let object = object.value();
        let uid = text(object, "uid");
        if self.dependents.contains_key(uid) {
            let (name, namespace) = (text(object, "name").to_owned(), place.namespace().map(str::to_owned));
            garbage.gone.insert(Identity { uid: uid.to_owned(), name, namespace });
        }
        garbage.attempts.extend(self.dependents(uid).cloned());
        for reference in owner::of(object) {
            self.forget(&reference.uid, place);
            garbage.owners.insert((reference, place.namespace().map(str::to_owned)));
        }
    }

    fn forget(&mut self, uid: &str, place: &Place) {
        if let Some(places) = self.dependents.get_mut(uid) {
            places.remove(place);
            if places.is_empty() {
                self.dependents.remove(uid);
            }
        }
    }
}

/// Whether an object is being deleted and has this finalizer.
pub(super) fn waits_for(object: &Value, finalizer: &str) -> bool {
    meta(object, "deletionTimestamp").is_some() && finalizers::of(object).contains(&finalizer)
}
