//! A plain handler of an informer: keeps what it is called with, and checks that it fits together.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use crdgen_runtime::{
    Kind, ObjectKey,
    informer::{Cached, EventHandler},
    store::Deleted,
};

use super::{Bug, Check, Journal, proxy::lock};

/// After how many calls a handler falls asleep, if that bug is planted.
const CALLS: usize = 10;

/// The UID and the version of an object.
pub(super) type Version = (String, String);

/// What a handler knows. Clones know the same.
#[derive(Clone)]
pub(super) struct Spectator {
    name: &'static str,
    journal: Arc<Journal>,
    bug: Option<Bug>,
    known: Arc<Mutex<BTreeMap<ObjectKey, Version>>>,
    calls: usize,
}

impl Spectator {
    pub(super) fn new(name: &'static str, journal: Arc<Journal>, bug: Option<Bug>) -> Self {
        Self { name, journal, bug, known: Arc::default(), calls: 0 }
    }

    /// The name, for messages.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// The objects that exist as far as the handler knows.
    pub(super) fn known(&self) -> BTreeMap<ObjectKey, Version> {
        lock(&self.known).clone()
    }

    /// Whether the handler takes note of a call, which a bug prevents.
    fn hears(&mut self) -> bool {
        self.calls += 1;
        self.bug != Some(Bug::HandlerFallsAsleep) || self.calls < CALLS
    }

    fn wrong(&self, key: &ObjectKey, text: &str) {
        self.journal.find(Check::HandlerOrder, key.name(), format!("the handler {} {text}", self.name));
    }

    fn check_order(&self, key: &ObjectKey, before: &Version, after: &Version) {
        let number = |version: &str| version.parse::<u64>().unwrap_or_default();
        if before.0 == after.0 && number(&before.1) > number(&after.1) {
            self.wrong(key, &format!("was called with {after:?} after {before:?}, which is newer"));
        }
    }
}

impl<K: Kind> EventHandler<K> for Spectator {
    async fn add(&mut self, object: &Cached<K>, _: bool) {
        let Some(key) = object.key().filter(|_| self.hears()) else { return };
        let version = version(object);
        let before = lock(&self.known).insert(key.clone(), version.clone());
        if let Some(before) = before {
            self.wrong(&key, &format!("was called with {version:?} as new, but {before:?} is there"));
        }
    }

    async fn update(&mut self, old: &Cached<K>, new: &Cached<K>) {
        let Some(key) = new.key().filter(|_| self.hears()) else { return };
        let (old, new) = (version(old), version(new));
        let before = lock(&self.known).insert(key.clone(), new.clone());
        if before.as_ref() != Some(&old) {
            self.wrong(&key, &format!("was called with a change from {old:?}, but knows {before:?}"));
        }
        self.check_order(&key, &old, &new);
    }

    async fn delete(&mut self, last: &Deleted<K>) {
        let Some(key) = last.object().key().filter(|_| self.hears()) else { return };
        if self.bug == Some(Bug::HandlerMissesDeletion) {
            return;
        }
        let last = version(last.object());
        match lock(&self.known).remove(&key) {
            Some(before) if before.0 == last.0 => self.check_order(&key, &before, &last),
            before => self.wrong(&key, &format!("was called with the deletion of {last:?}, but knows {before:?}")),
        }
    }
}

fn version<K: Kind>(object: &Cached<K>) -> Version {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    (text(object.uid()), text(object.resource_version()))
}
