//! What becomes of objects whose owners are gone or wait for them.
//!
//! Source: `garbagecollector.go`.

use std::collections::BTreeSet;
use std::sync::Arc;

use http::StatusCode;
use serde_json::Value;

use super::graph::{Graph, waits_for};
use super::owner::{self, OwnerReference};
use super::{FOREGROUND, Garbage, Identity, ORPHAN, Place};
use crate::object::{self, finalizers, meta, text};
use crate::registry;
use crate::request::delete_options::{DeleteOptions, Propagation};
use crate::resource::Resource;
use crate::state::State;
use crate::status::Result;
use crate::store::Stored;

/// What an owner reference leads to.
enum Owner {
    /// An object that stays.
    Solid,
    /// Nothing, or another object.
    Absent,
    /// An object that is deleted in the foreground.
    Waiting,
}

/// The owner cannot be looked for: its kind is not served, or it has a namespace and the dependent has none.
struct Unknown;

impl Garbage {
    /// Looks at everything, and returns the objects whose owners cannot be looked for yet.
    ///
    /// What conflicts with a write of somebody else is looked at again. Other writes that fail are not repeated: the object is gone.
    pub(crate) async fn collect(self, state: &State, graph: &Graph) -> BTreeSet<Place> {
        let mut unknown = BTreeSet::new();
        for place in &self.orphaning {
            while is_conflict(&orphan(state, graph, place).await) {}
        }
        let owners = self.owners.iter().filter_map(|(owner, namespace)| place_of(state, owner, namespace.as_deref()));
        let attempts: BTreeSet<Place> = owners.chain(self.attempts.iter().cloned()).collect();
        for place in attempts {
            let outcome = loop {
                let outcome = attempt(state, graph, &self.gone, &place).await;
                if !is_conflict(&outcome) {
                    break outcome;
                }
            };
            if let Ok(Err(Unknown)) = outcome {
                unknown.insert(place);
            }
        }
        unknown
    }
}

fn is_conflict<T>(outcome: &Result<T>) -> bool {
    outcome.as_ref().is_err_and(|refusal| refusal.http_code() == StatusCode::CONFLICT)
}

/// An object and its resource.
struct Found {
    resource: Arc<Resource>,
    stored: Stored,
}

impl Found {
    fn at(state: &State, place: &Place) -> Option<Self> {
        let resource = state.read_catalog(|catalog| catalog.of_collection(&place.collection))?;
        let stored = state.store.get(&place.collection, &place.key)?;
        Some(Self { resource, stored })
    }

    fn object(&self) -> &Value {
        self.stored.value()
    }

    async fn change(&self, state: &State, change: impl Fn(&mut Value) + Send + Sync) -> Result<()> {
        registry::change_by_server(state, &self.resource, self.object(), &change).await
    }

    async fn delete(&self, state: &State, propagation: Propagation) -> Result<()> {
        let options = DeleteOptions {
            propagation: Some(propagation),
            uid: Some(text(self.object(), "uid").to_owned()),
            resource_version: Some(text(self.object(), "resourceVersion").to_owned()),
            ..DeleteOptions::default()
        };
        registry::delete_by_server(state, &self.resource, self.object(), &options).await.map(drop)
    }
}

/// Deletes an object if no owner keeps it.
async fn attempt(
    state: &State,
    graph: &Graph,
    gone: &BTreeSet<Identity>,
    place: &Place,
) -> Result<std::result::Result<(), Unknown>> {
    let Some(found) = Found::at(state, place) else { return Ok(Ok(())) };
    let object = found.object();
    if waits_for(object, FOREGROUND) {
        return finish_foreground(state, graph, &found).await.map(Ok);
    }
    let references = owner::of(object);
    if meta(object, "deletionTimestamp").is_some() || references.is_empty() {
        return Ok(Ok(()));
    }
    let (mut solid, mut waiting, mut lost) = (false, false, BTreeSet::new());
    for reference in &references {
        let is_gone = is_known_to_be_gone(gone, reference, place.namespace());
        match if is_gone { Ok(Owner::Absent) } else { classify(state, reference, place.namespace()) } {
            Err(Unknown) => return Ok(Err(Unknown)),
            Ok(Owner::Solid) => solid = true,
            Ok(Owner::Waiting) => {
                waiting = true;
                lost.insert(reference.uid.clone());
            }
            Ok(Owner::Absent) => drop(lost.insert(reference.uid.clone())),
        }
    }
    let dependents: Vec<Found> =
        graph.dependents(text(object, "uid")).filter_map(|dependent| Found::at(state, dependent)).collect();
    let outcome = if solid {
        if lost.is_empty() { Ok(()) } else { found.change(state, |object| drop_owners(object, &lost)).await }
    } else if waiting && !dependents.is_empty() {
        if dependents.iter().any(|dependent| waits_for(dependent.object(), FOREGROUND)) {
            // The dependent may own this object in turn, and both would wait for each other.
            found.change(state, unblock_owners).await?;
        }
        // Changed or not, it is the same object.
        let Some(found) = Found::at(state, place) else { return Ok(Ok(())) };
        found.delete(state, Propagation::Foreground).await
    } else {
        found.delete(state, propagation_of(object)).await
    };
    outcome.map(Ok)
}

/// Lets an object go that was deleted in the foreground, once no dependent blocks it any more.
async fn finish_foreground(state: &State, graph: &Graph, found: &Found) -> Result<()> {
    let uid = text(found.object(), "uid");
    let blocks = |dependent: &Place| {
        let dependent = Found::at(state, dependent);
        dependent.is_some_and(|dependent| owner::of(dependent.object()).iter().any(|one| one.uid == uid && one.blocks))
    };
    if graph.dependents(uid).any(blocks) {
        return Ok(());
    }
    found.change(state, |object| drop_finalizer(object, FOREGROUND)).await
}

/// Sets the dependents of an object free, and lets it go.
async fn orphan(state: &State, graph: &Graph, place: &Place) -> Result<()> {
    let Some(found) = Found::at(state, place) else { return Ok(()) };
    let uid = BTreeSet::from([text(found.object(), "uid").to_owned()]);
    for dependent in uid.iter().flat_map(|uid| graph.dependents(uid)) {
        if let Some(dependent) = Found::at(state, dependent) {
            dependent.change(state, |object| drop_owners(object, &uid)).await?;
        }
    }
    found.change(state, |object| drop_finalizer(object, ORPHAN)).await
}

/// Whether an owner was seen to go (`absentOwnerCache`).
fn is_known_to_be_gone(gone: &BTreeSet<Identity>, reference: &OwnerReference, namespace: Option<&str>) -> bool {
    let identity = |namespace: Option<&str>| Identity {
        uid: reference.uid.clone(),
        name: reference.name.clone(),
        namespace: namespace.map(str::to_owned),
    };
    !gone.is_empty() && (gone.contains(&identity(None)) || gone.contains(&identity(namespace)))
}

fn classify(state: &State, reference: &OwnerReference, namespace: Option<&str>) -> std::result::Result<Owner, Unknown> {
    let resource = resource_of(state, reference).ok_or(Unknown)?;
    if resource.namespaced && namespace.is_none() {
        return Err(Unknown);
    }
    let key = object::key(namespace.filter(|_| resource.namespaced), &reference.name);
    match state.store.get(&resource.collection, &key) {
        Some(owner) if text(owner.value(), "uid") == reference.uid => {
            Ok(if waits_for(owner.value(), FOREGROUND) { Owner::Waiting } else { Owner::Solid })
        }
        _ => Ok(Owner::Absent),
    }
}

fn resource_of(state: &State, reference: &OwnerReference) -> Option<Arc<Resource>> {
    let (group, version) = reference.api_version.split_once('/').unwrap_or(("", &reference.api_version));
    state.read_catalog(|catalog| catalog.of_kind(group, version, &reference.kind))
}

/// Where the owner of an object in this namespace is stored.
fn place_of(state: &State, reference: &OwnerReference, namespace: Option<&str>) -> Option<Place> {
    let resource = resource_of(state, reference)?;
    let key = object::key(namespace.filter(|_| resource.namespaced), &reference.name);
    let owner = state.store.get(&resource.collection, &key)?;
    let is_it = text(owner.value(), "uid") == reference.uid && waits_for(owner.value(), FOREGROUND);
    is_it.then(|| Place { collection: resource.collection.as_str().into(), key: key.into() })
}

/// How an object without owners is deleted: as its finalizers ask for.
fn propagation_of(object: &Value) -> Propagation {
    let finalizers = finalizers::of(object);
    if finalizers.contains(&ORPHAN) {
        Propagation::Orphan
    } else if finalizers.contains(&FOREGROUND) {
        Propagation::Foreground
    } else {
        Propagation::Background
    }
}

fn drop_owners(object: &mut Value, gone: &BTreeSet<String>) {
    let Some(list) = meta(object, "ownerReferences").and_then(Value::as_array) else { return };
    let is_kept = |reference: &&Value| !reference["uid"].as_str().is_some_and(|uid| gone.contains(uid));
    let kept: Vec<Value> = list.iter().filter(is_kept).cloned().collect();
    object::set(object, "ownerReferences", if kept.is_empty() { Value::Null } else { Value::Array(kept) });
}

fn unblock_owners(object: &mut Value) {
    let Some(mut list) = meta(object, "ownerReferences").and_then(Value::as_array).cloned() else { return };
    for reference in list.iter_mut().filter(|reference| reference["blockOwnerDeletion"] == true) {
        reference["blockOwnerDeletion"] = Value::Bool(false);
    }
    object::set(object, "ownerReferences", Value::Array(list));
}

fn drop_finalizer(object: &mut Value, finalizer: &str) {
    let kept: Vec<&str> = finalizers::of(object).into_iter().filter(|one| *one != finalizer).collect();
    let kept = if kept.is_empty() { Value::Null } else { Value::from(kept) };
    object::set(object, "finalizers", kept);
}
