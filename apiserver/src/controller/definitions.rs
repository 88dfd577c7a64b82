//! Serves the resources of a CRD once its names are accepted, and deletes its objects before the CRD itself is removed.
//!
//! In: the stored CRDs. Out: their status, what is served, and the deletion of their objects.

use std::sync::Arc;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::crd::names::Taken;
use crate::crd::status;
use crate::object::{self, finalizers, generate, meta, text};
use crate::registry;
use crate::request::delete_options::DeleteOptions;
use crate::resource::Resource;
use crate::resource::ownership::Author;
use crate::resource::strategy::Subresource;
use crate::state::State;
use crate::store::{Stored, Write};
use crate::strategy::{DEFINITIONS, custom};

/// Brings the status of the CRDs of a group and the catalog up to date, oldest first: where two want the same name, the older
/// one gets it.
pub(crate) fn reconcile(state: &Arc<State>, group: &str) {
    let stored = state.store.snapshot(DEFINITIONS);
    // A definition is named by its plural and its group.
    let is_here = |key: &str| key.split_once('.').is_some_and(|(_, of)| of == group);
    let mut crds: Vec<Stored> = stored.iter().filter(|(key, _)| is_here(key)).map(|(_, crd)| crd).collect();
    let age = |crd: &Stored| (text(crd.value(), "creationTimestamp").to_owned(), crd.revision);
    crds.sort_by_key(|crd| age(crd));
    for index in 0..crds.len() {
        let mut taken = Taken::default();
        for (_, other) in crds.iter().enumerate().filter(|(other, _)| *other != index) {
            taken.add(other.value());
        }
        let crd = &crds[index];
        let time = Value::String(generate::time(state.now()));
        let changed = match meta(crd.value(), "deletionTimestamp") {
            Some(_) => None,
            None => status::reconciled(crd.value(), &taken, &time),
        };
        if let Some(saved) = changed.and_then(|changed| save(state, crd, changed)) {
            crds[index] = saved;
        }
        if status::is_established(crds[index].value()) {
            serve(state, &crds[index]);
        }
    }
}

/// Stores a CRD whose status changed. If somebody else wrote it meanwhile, nothing is stored: that write triggers the
/// reconciliation again.
fn save(state: &State, crd: &Stored, mut changed: Value) -> Option<Stored> {
    let resource = state.resource("apiextensions.k8s.io", "v1", "customresourcedefinitions")?;
    if changed == *crd.value() {
        return None;
    }
    let time = generate::time(state.now());
    let author = Author { name: "kube-apiserver", subresource: Subresource::Status, time: &time };
    resource.record(&mut changed, Some(crd.value()), author);
    let name = text(crd.value(), "name");
    state.store.write(DEFINITIONS, name, Write::Replace(crd.revision, changed)).ok()
}

/// Serves the versions of an established CRD, unless this very state of it is served already.
fn serve(state: &Arc<State>, crd: &Stored) {
    let name = text(crd.value(), "name").to_owned();
    let generation = (
        text(crd.value(), "uid").to_owned(),
        crd.value()["metadata"]["generation"].as_i64().unwrap_or(0),
        crd.is_being_deleted(),
    );
    let known = state.read_catalog(|catalog| catalog.definition(&name).cloned());
    if known.as_ref() == Some(&generation) {
        return;
    }
    let going = generation.2;
    // While a CRD is being deleted its watches stay open, because they still have to report the deletion of its
    // objects.
    let old = state.read_catalog(|catalog| catalog.of_definition(&name)).filter(|_| going);
    let gone = old.map_or_else(CancellationToken::new, |resource| resource.gone.clone());
    let resources = custom::resources(crd.value(), state.store.revision(), &gone);
    for resource in &resources {
        state.store.ensure(&resource.collection);
    }
    state.write_catalog(|catalog| {
        let old = catalog.replace_definition(&name, generation, resources);
        if !going {
            for resource in old {
                resource.gone.cancel();
            }
        }
    });
}

/// Deletes the objects of a CRD that is being deleted, and the CRD once they are gone.
pub(crate) async fn finish(state: &Arc<State>, name: &str) {
    let Some(crd) = state.store.get(DEFINITIONS, name) else { return };
    if !crd.is_being_deleted() {
        return;
    }
    let resource = state.read_catalog(|catalog| catalog.of_definition(name));
    if let Some(resource) = &resource {
        delete_instances(state, resource).await;
        if state.store.len(&resource.collection) > 0 {
            let time = Value::String(generate::time(state.now()));
            save(state, &crd, status::deleting_instances(crd.value(), &time));
            return;
        }
    }
    let remaining: Vec<&str> = finalizers::of(crd.value()).into_iter().filter(|one| *one != status::CLEANUP).collect();
    if !remaining.is_empty() {
        let mut object = crd.value().clone();
        object::set(&mut object, "finalizers", Value::from(remaining));
        save(state, &crd, object);
        return;
    }
    if state.store.write(DEFINITIONS, name, Write::Delete(crd.revision)).is_ok() {
        let gone = state.write_catalog(|catalog| catalog.remove_definition(name));
        for resource in gone {
            resource.gone.cancel();
        }
    }
}

async fn delete_instances(state: &State, resource: &Arc<Resource>) {
    for stored in state.store.snapshot(&resource.collection).values() {
        // An error here means that the object is gone or waits for finalizers. When it goes, its CRD is looked at again.
        let _ = registry::delete_by_server(state, resource, stored.value(), &DeleteOptions::default()).await;
    }
}
