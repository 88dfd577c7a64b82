//! Keeps an `APIService` for each version of each group that is served.
//!
//! In: the versions of the table, and the versions of CRDs. Out: their `APIService`s. Those of the table are made at the start, and
//! belong to whoever changes or deletes them then; those of CRDs come and go with them, and are what they were if somebody changes
//! them.
//!
//! Source: `k8s.io/kube-aggregator/pkg/controllers/autoregister`, `k8s.io/kubernetes/pkg/controlplane/controller/crdregistration`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::kind::table;
use crate::object::{generate, meta, text};
use crate::resource::ownership::Author;
use crate::resource::strategy::Subresource;
use crate::state::State;
use crate::store::Write;

/// The collection of `APIService`s.
pub(super) const API_SERVICES: &str = "apiregistration.k8s.io/apiservices";

/// Says who keeps an `APIService`: `onstart`, or `true` for those that follow a CRD.
const MANAGED: &str = "kube-aggregator.kubernetes.io/automanaged";

/// Creates those of built-in groups that do not exist yet.
pub(super) fn make(state: &State) {
    for version in table::versions() {
        let mut spec = json!({
            "version": version.version,
            "groupPriorityMinimum": version.group_priority,
            "versionPriority": version.version_priority,
        });
        if !version.group.is_empty() {
            spec["group"] = Value::from(version.group);
        }
        write(state, &format!("{}.{}", version.version, version.group), &spec, "onstart", None);
    }
}

/// Creates, restores and deletes those of the CRDs of a group.
pub(super) fn reconcile(state: &State, group: &str) {
    let wanted = state.read_catalog(|catalog| {
        let versions = catalog.versions(group).unwrap_or_default();
        let is_custom = |version: &String| {
            let resources = catalog.version(group, version).unwrap_or_default();
            !resources.is_empty() && resources.iter().all(|resource| resource.custom.is_some())
        };
        versions.into_iter().filter(is_custom).collect::<BTreeSet<String>>()
    });
    // A service is named by its version and its group.
    let services = state.store.snapshot(API_SERVICES);
    let is_here = |key: &str| key.split_once('.').is_some_and(|(_, of)| of == group);
    for (_, stored) in services.iter().filter(|(key, _)| is_here(key)) {
        let (spec, managed) = (&stored.value()["spec"], &stored.value()["metadata"]["labels"][MANAGED]);
        let is_wanted = spec["version"].as_str().is_some_and(|version| wanted.contains(version));
        if managed == "true" && !is_wanted {
            // If somebody wrote it meanwhile, that write leads here again.
            let _ = state.store.write(API_SERVICES, text(stored.value(), "name"), Write::Delete(stored.revision));
        }
    }
    for version in wanted {
        let spec = json!({"group": group, "version": version, "groupPriorityMinimum": 1000, "versionPriority": 100});
        let name = format!("{version}.{group}");
        match state.store.get(API_SERVICES, &name) {
            None => write(state, &name, &spec, "true", None),
            Some(stored)
                if stored.value()["spec"] != spec && stored.value()["metadata"]["labels"][MANAGED] == "true" =>
            {
                write(state, &name, &spec, "true", Some((stored.revision, stored.value())));
            }
            Some(_) => {}
        }
    }
}

/// The group of an `APIService` that follows a CRD.
pub(super) fn followed(service: &Value) -> Option<&str> {
    let managed = meta(service, "labels").and_then(|labels| labels.get(MANAGED));
    if managed.is_some_and(|managed| managed == "true") { service["spec"]["group"].as_str() } else { None }
}

/// Writes one, in the place of `old` if there is one.
fn write(state: &State, name: &str, spec: &Value, managed: &str, old: Option<(u64, &Value)>) {
    let Some(resource) = state.resource("apiregistration.k8s.io", "v1", "apiservices") else { return };
    let time = generate::time(state.now());
    let mut object = old.map_or_else(
        || json!({"metadata": {"name": name, "uid": generate::uid(), "creationTimestamp": time, "labels": {MANAGED: managed}}}),
        |(_, old)| old.clone(),
    );
    object["spec"] = spec.clone();
    // The object is made here, so that its types are right.
    if resource.strategy.decode(&resource, &mut object).is_err() || old.is_some_and(|(_, old)| *old == object) {
        return;
    }
    if old.is_none() {
        resource.strategy.prepare_for_create(&resource, &mut object);
    }
    let author = Author { name: "kube-apiserver", subresource: Subresource::Main, time: &time };
    resource.record(&mut object, old.map(|(_, old)| old), author);
    let how = match old {
        Some((revision, _)) => Write::Replace(revision, object),
        None => Write::Create(object),
    };
    // Fails if somebody else wrote it meanwhile, which leads here again.
    let _ = state.store.write(API_SERVICES, name, how);
}
