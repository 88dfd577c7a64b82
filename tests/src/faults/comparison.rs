//! What must be the same in the end: the server, the caches, what handlers know, and what was reconciled.

use std::{collections::BTreeMap, sync::Arc};

use crdgen_generated::api::example_com::v1alpha1::Database;
use crdgen_runtime::{
    Kind, ObjectKey,
    client::{Client, ListOptions},
};
use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::Value;

use super::{
    Check,
    attempts::{Attempts, OWNER},
    life::{Life, Spectated},
    reconciler::{State, data_of, uid_of},
    spectator::Version,
};

/// A server's objects, to compare with.
pub(super) struct Comparison {
    pub(super) databases: Client<Database>,
    pub(super) children: Client<ConfigMap>,
    pub(super) attempts: Arc<Attempts>,
}

/// Something that is not (yet) as it must be.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) check: Check,
    /// The name of the object.
    pub(super) about: String,
    pub(super) text: String,
}

impl Comparison {
    /// What is not as it must be.
    pub(super) async fn differences(&self, life: &Life) -> Vec<Difference> {
        let mut all = Vec::new();
        let options = ListOptions { omit_managed_fields: true, ..ListOptions::default() };
        let (databases, children) = tokio::join!(self.databases.list(&options), self.children.list(&options));
        let (databases, children) = match (databases, children) {
            (Ok(databases), Ok(children)) => (databases.items, children.items),
            (Err(error), _) | (_, Err(error)) => {
                return vec![difference(Check::Cache, "", format!("the server cannot be asked: {error}"))];
            }
        };
        for spectated in &life.databases {
            let options = ListOptions { label_selector: spectated.selector.clone(), ..options.clone() };
            match self.databases.list(&options).await {
                Ok(selected) => compare(spectated, &selected.items, &mut all),
                Err(error) => all.push(difference(Check::Cache, "", format!("the server cannot be asked: {error}"))),
            }
        }
        compare(&life.children, &children, &mut all);
        check_reconciled(life, &databases, &children, &mut all);
        self.check_created(&children, &mut all);
        all
    }

    /// No child was created that the controller could know of, and none is there that nobody has created.
    fn check_created(&self, children: &[ConfigMap], all: &mut Vec<Difference>) {
        for (owner, outcomes) in self.attempts.all() {
            if outcomes.performed > outcomes.allowed() {
                all.push(difference(Check::Once, &owner, format!("{outcomes:?}")));
            }
            let there = children.iter().filter(|child| owner_of(child) == Some(&owner)).count();
            if !outcomes.is_going && there > outcomes.performed + outcomes.unanswered {
                all.push(difference(Check::Once, &owner, format!("{there} children are there: {outcomes:?}")));
            }
        }
    }
}

/// Compares a cache, and what its handler knows, with the server's objects.
fn compare<K: Kind>(spectated: &Spectated<K>, objects: &[K], all: &mut Vec<Difference>) {
    let key = |object: &K| ObjectKey::of(object).unwrap_or_else(|| ObjectKey::new(None, ""));
    let value = |object: &K| serde_json::to_value(object).unwrap_or_default();
    let wanted: BTreeMap<ObjectKey, Value> = objects.iter().map(|object| (key(object), value(object))).collect();
    let cached = spectated.informer.lister().list();
    let cached: BTreeMap<ObjectKey, Value> = cached.iter().map(|object| (key(object), value(object))).collect();
    let version = |object: &K| {
        let meta = object.meta();
        (meta.uid.clone().unwrap_or_default(), meta.resource_version.clone().unwrap_or_default())
    };
    let versions: BTreeMap<ObjectKey, Version> = objects.iter().map(|object| (key(object), version(object))).collect();
    let (name, known) = (spectated.spectator.name(), spectated.spectator.known());
    differ(&cached, &wanted, &format!("the cache {name}"), Check::Cache, all);
    differ(&known, &versions, &format!("the handler {name}"), Check::HandlerEnd, all);
}

fn differ<V: PartialEq + std::fmt::Debug>(
    has: &BTreeMap<ObjectKey, V>,
    wanted: &BTreeMap<ObjectKey, V>,
    who: &str,
    check: Check,
    all: &mut Vec<Difference>,
) {
    for key in has.keys().chain(wanted.keys().filter(|key| !has.contains_key(*key))) {
        if has.get(key) != wanted.get(key) {
            let text = format!("{who} has {:?}, the server {:?}", has.get(key), wanted.get(key));
            all.push(difference(check, key.name(), text));
        }
    }
}

/// The last change of each object is reconciled, and each deletion cleaned up after.
fn check_reconciled(life: &Life, databases: &[Database], children: &[ConfigMap], all: &mut Vec<Difference>) {
    let (done, deleted) = (life.witness.done(), life.witness.deleted());
    for database in databases {
        let (uid, name) = (uid_of(database), database.metadata.name.as_deref().unwrap_or_default());
        let mut forgotten = |text: String| all.push(difference(Check::Forgotten, name, text));
        if database.metadata.deletion_timestamp.is_some() {
            forgotten(format!("{uid} is still being deleted"));
            continue;
        }
        let (state, reconciled) = (State::of(database), done.get(&uid).map(|done| &done.state));
        if reconciled != Some(&state) {
            forgotten(format!("{uid} is in {state:?}, reconciled was {reconciled:?}"));
        }
        let observed = database.status.as_ref().and_then(|status| status.observed_generation);
        if observed != state.generation {
            forgotten(format!("the status of {uid} is of generation {observed:?}: {state:?}"));
        }
        let mut own = children.iter().filter(|child| owner_of(child) == Some(&uid));
        if !own.any(|child| child.data.as_ref() == Some(&data_of(database))) {
            forgotten(format!("no child of {uid} is as it should be: {state:?}"));
        }
    }
    let is_there = |uid: &String| databases.iter().any(|database| uid_of(database) == *uid);
    for (uid, done) in done.iter().filter(|(uid, _)| !is_there(uid) && !deleted.contains(*uid)) {
        all.push(difference(Check::CleanUp, done.key.name(), format!("{uid} is gone and not cleaned up after")));
    }
}

fn owner_of(child: &ConfigMap) -> Option<&String> {
    child.metadata.labels.as_ref()?.get(OWNER)
}

fn difference(check: Check, about: &str, text: String) -> Difference {
    Difference { check, about: about.to_owned(), text }
}
