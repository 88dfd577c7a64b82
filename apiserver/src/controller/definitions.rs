//! Serves the resources of a CRD once its names are accepted, and deletes its objects before the CRD itself is removed.
//!
//! In: the stored CRDs. Out: their status, the registry, and the deletion of their objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::api::Api;
use crate::builtin::DEFINITIONS;
use crate::crd::{self, names::Taken, status};
use crate::handler::delete::delete_object;
use crate::managed_fields::shape::Shape;
use crate::managed_fields::update::{Writer, record};
use crate::object::{self, finalizers, generate, meta, text};
use crate::request::delete_options::DeleteOptions;
use crate::resource::Resource;
use crate::store::{Stored, Write};

/// Serves the CRDs that were in the store when the server started.
pub(crate) fn serve_stored(api: &Arc<Api>) {
    reconcile(api);
}

/// Brings the status of every CRD and the registry up to date.
pub(crate) fn reconcile(api: &Arc<Api>) {
    let stored: Vec<Arc<Stored>> = api.store.snapshot(DEFINITIONS).objects.values().cloned().collect();
    for crd in &stored {
        if meta(&crd.value, "deletionTimestamp").is_some() {
            serve(api, crd);
            finish(api, text(&crd.value, "name"));
        }
    }
    let stored: Vec<Arc<Stored>> = api.store.snapshot(DEFINITIONS).objects.values().cloned().collect();
    let mut groups: BTreeMap<String, Vec<Arc<Stored>>> = BTreeMap::new();
    for crd in stored {
        groups.entry(group(&crd.value).to_owned()).or_default().push(crd);
    }
    for crds in groups.into_values() {
        reconcile_group(api, crds);
    }
}

fn group(crd: &Value) -> &str {
    crd["spec"]["group"].as_str().unwrap_or_default()
}

/// Brings the CRDs of one group up to date, oldest first: where two want the same name, the older one gets it.
fn reconcile_group(api: &Arc<Api>, mut crds: Vec<Arc<Stored>>) {
    let age = |crd: &Stored| (text(&crd.value, "creationTimestamp").to_owned(), crd.revision);
    crds.sort_by_key(|crd| age(crd));
    for index in 0..crds.len() {
        let mut taken = Taken::default();
        for (_, other) in crds.iter().enumerate().filter(|(other, _)| *other != index) {
            taken.add(&other.value);
        }
        let crd = crds[index].clone();
        let current = if meta(&crd.value, "deletionTimestamp").is_some() {
            crd
        } else {
            let time = Value::String(generate::time(api.now()));
            match status::reconciled(&crd.value, &taken, &time) {
                Some(changed) => save(api, &crd, changed),
                None => crd,
            }
        };
        if status::is_established(&current.value) {
            serve(api, &current);
        }
        crds[index] = current;
    }
}

/// Stores a CRD whose status changed. If somebody else wrote it meanwhile, nothing is stored: that write triggers the
/// reconciliation again.
fn save(api: &Api, crd: &Arc<Stored>, mut changed: Value) -> Arc<Stored> {
    let Some(resource) = api.definitions() else { return crd.clone() };
    if changed == crd.value {
        return crd.clone();
    }
    let time = generate::time(api.now());
    let writer = Writer {
        manager: "kube-apiserver",
        api_version: &resource.api_version(),
        subresource: "status",
        time: &time,
        ignored: &["metadata", "spec"],
    };
    record(&mut changed, &crd.value, Shape::of(&resource.schema), &writer);
    let name = text(&crd.value, "name");
    api.store.write(DEFINITIONS, name, Write::Replace(crd.revision, changed)).unwrap_or_else(|_| crd.clone())
}

/// Serves the versions of an established CRD, unless this very state of it is served already.
fn serve(api: &Arc<Api>, crd: &Arc<Stored>) {
    let name = text(&crd.value, "name").to_owned();
    let generation = (
        text(&crd.value, "uid").to_owned(),
        crd.value["metadata"]["generation"].as_i64().unwrap_or(0),
        meta(&crd.value, "deletionTimestamp").is_some(),
    );
    let known = api.read_registry(|registry| registry.definition(&name).cloned());
    if known.as_ref() == Some(&generation) {
        return;
    }
    let going = generation.2;
    // While a CRD is being deleted its watches stay open, because they still have to report the deletion of its
    // objects.
    let old = api.read_registry(|registry| registry.of_definition(&name)).filter(|_| going);
    let gone = old.map_or_else(CancellationToken::new, |resource| resource.gone.clone());
    let resources = crd::resources(&crd.value, api.store.revision(), &gone);
    for resource in &resources {
        api.store.ensure(&resource.collection);
    }
    api.write_registry(|registry| {
        let old = registry.replace_definition(&name, generation, resources);
        if !going {
            for resource in old {
                resource.gone.cancel();
            }
        }
    });
}

/// Deletes the objects of a CRD that is being deleted, and the CRD once they are gone.
pub(crate) fn finish(api: &Arc<Api>, name: &str) {
    let Some(crd) = api.store.get(DEFINITIONS, name) else { return };
    if meta(&crd.value, "deletionTimestamp").is_none() {
        return;
    }
    let resource = api.read_registry(|registry| registry.of_definition(name));
    if let Some(resource) = &resource {
        delete_instances(api, resource);
        if api.store.len(&resource.collection) > 0 {
            let time = Value::String(generate::time(api.now()));
            save(api, &crd, status::deleting_instances(&crd.value, &time));
            return;
        }
    }
    let remaining: Vec<&str> = finalizers::of(&crd.value).into_iter().filter(|one| *one != status::CLEANUP).collect();
    if !remaining.is_empty() {
        let mut object = crd.value.clone();
        object::set(&mut object, "finalizers", Value::from(remaining));
        save(api, &crd, object);
        return;
    }
    if api.store.write(DEFINITIONS, name, Write::Delete(crd.revision)).is_ok() {
        let gone = api.write_registry(|registry| registry.remove_definition(name));
        for resource in gone {
            resource.gone.cancel();
        }
    }
}

fn delete_instances(api: &Api, resource: &Arc<Resource>) {
    for stored in api.store.snapshot(&resource.collection).objects.values() {
        let object_name = text(&stored.value, "name");
        let key = object::key(resource.namespace_of(&stored.value), object_name);
        // An error here means that the object is gone or waits for finalizers; both are looked at again after the next
        // write.
        let _ = delete_object(api, resource, &key, object_name, &DeleteOptions::default());
    }
}
