//! How the objects of each kind behave when they are written: defaults, validation, and what clients cannot choose.
//!
//! `kind::table` says what the built-in kinds are; a strategy stands beside it where a kind does more than its type says. Those
//! without one are [`Structural`](structural::Structural). `docs/built-in-kinds.md` says what is checked of each.
//!
//! Source: `k8s.io/kubernetes/pkg/registry`, `pkg/apis`.

pub(crate) mod custom;

mod api_service;
mod config_map;
mod definition;
mod event;
mod lease;
mod namespace;
mod pod;
mod secret;
mod service_account;
mod structural;
pub(crate) mod workload;

use std::sync::Arc;

use crate::kind::table;
use crate::resource::Resource;
use crate::resource::strategy::Strategy;

/// The collection of namespaces.
pub(crate) const NAMESPACES: &str = "/namespaces";
/// The collection of CRDs.
pub(crate) const DEFINITIONS: &str = "apiextensions.k8s.io/customresourcedefinitions";
/// The collection of pods.
pub(crate) const PODS: &str = "/pods";
/// The collection of events, whichever group they are written in.
const EVENTS: &str = "/events";

/// All built-in resources that can be stored.
pub(crate) fn resources() -> Vec<Arc<Resource>> {
    let mut resources: Vec<Arc<Resource>> = Vec::new();
    for served in table::resources().iter().filter(|served| served.verbs.contains(&"list")) {
        let version = served.group_version();
        let Some(structure) = table::structure(&version, served.kind) else { continue };
        let mut resource = Resource::built_in(served, structure, strategy(&version, served.plural));
        if served.kind == "Event" {
            resource.collection = EVENTS.to_owned();
            resource.storage = resources.iter().find(|other| other.collection == EVENTS).cloned();
        }
        resources.push(Arc::new(resource));
    }
    resources
}

fn strategy(group_version: &str, plural: &str) -> &'static dyn Strategy {
    match (group_version, plural) {
        ("v1", "configmaps") => &config_map::ConfigMap,
        ("v1", "secrets") => &secret::Secret,
        ("v1", "serviceaccounts") => &service_account::ServiceAccount,
        ("v1", "namespaces") => &namespace::Namespace,
        ("v1", "pods") => &pod::Pod,
        ("v1", "events") => &event::CoreEvent,
        ("events.k8s.io/v1", "events") => &event::NewEvent,
        ("coordination.k8s.io/v1", "leases") => &lease::Lease,
        ("apiregistration.k8s.io/v1", "apiservices") => &api_service::ApiService,
        ("v1", "podtemplates") => &workload::PodTemplate,
        ("v1", "replicationcontrollers") => &workload::ReplicationController,
        ("apps/v1", "controllerrevisions") => &workload::ControllerRevision,
        ("apps/v1", "daemonsets") => &workload::DaemonSet,
        ("apps/v1", "deployments") => &workload::Deployment,
        ("apps/v1", "replicasets") => &workload::ReplicaSet,
        ("apps/v1", "statefulsets") => &workload::StatefulSet,
        ("batch/v1", "cronjobs") => &workload::CronJob,
        ("batch/v1", "jobs") => &workload::Job,
        ("apiextensions.k8s.io/v1", "customresourcedefinitions") => &definition::Definition,
        _ => &structural::Structural,
    }
}
