//! How the objects of each kind behave when they are written: defaults, validation, and what clients cannot choose.
//!
//! `kind::table` says what the built-in kinds are; a strategy stands beside it where a kind does more than its type says. Those
//! without one are [`Structural`](structural::Structural). `docs/built-in-kinds.md` says what is checked of each.
//!
//! Source: `k8s.io/kubernetes/pkg/registry`, `pkg/apis`.

pub(crate) mod custom;

mod admission;
mod api_service;
mod autoscaler;
mod budget;
pub(crate) mod certificate;
mod config_map;
mod definition;
mod dynamic;
mod endpoint_slice;
mod endpoints;
mod event;
pub(crate) mod flow_control;
mod lease;
pub(crate) mod limit_range;
mod namespace;
pub(crate) mod networking;
mod node;
pub(crate) mod pod;
pub(crate) mod priority_class;
pub(crate) mod quota;
mod rbac;
pub(crate) mod runtime_class;
mod secret;
pub(crate) mod service;
mod service_account;
pub(crate) mod storage;
mod structural;
pub(crate) mod volume;
pub(crate) mod workload;

use std::sync::Arc;

use crate::kind::table;
use crate::resource::Resource;
use crate::resource::strategy::Strategy;

/// The collection of namespaces.
pub(crate) const NAMESPACES: &str = "/namespaces";
/// The collection of nodes.
pub(crate) const NODES: &str = "/nodes";
/// The collection of CRDs.
pub(crate) const DEFINITIONS: &str = "apiextensions.k8s.io/customresourcedefinitions";
/// The collection of pods.
pub(crate) const PODS: &str = "/pods";
/// The collection of service accounts.
pub(crate) const ACCOUNTS: &str = "/serviceaccounts";
/// The collection of events, whichever group they are written in.
const EVENTS: &str = "/events";

/// The strategy of kinds without one of their own.
pub(crate) static STRUCTURAL: structural::Structural = structural::Structural;

/// All built-in resources: kinds that are stored, and questions that are answered.
pub(crate) fn resources() -> Vec<Arc<Resource>> {
    let mut resources: Vec<Arc<Resource>> = Vec::new();
    for served in table::resources() {
        let version = served.group_version();
        let Some(structure) = table::structure(&version, served.kind) else { continue };
        let mut resource = Resource::built_in(served, structure, strategy(&version, served.plural));
        if served.kind == "Event" {
            resource.collection = EVENTS.to_owned();
            resource.storage = resources.iter().find(|other| other.collection == EVENTS).cloned();
        }
        if served.kind == "HorizontalPodAutoscaler" && served.version == "v1" {
            resource.storage = resources.iter().find(|other| other.collection == resource.collection).cloned();
        }
        resource.deprecation = deprecation(&version, served.plural).map(str::to_owned);
        resources.push(Arc::new(resource));
    }
    resources
}

/// The warning that every answer about a deprecated kind has.
fn deprecation(group_version: &str, plural: &str) -> Option<&'static str> {
    match (group_version, plural) {
        ("v1", "endpoints") => Some("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"),
        ("v1", "componentstatuses") => Some("v1 ComponentStatus is deprecated in v1.19+"),
        _ => None,
    }
}

fn strategy(group_version: &str, plural: &str) -> &'static dyn Strategy {
    match (group_version, plural) {
        ("v1", "configmaps") => &config_map::ConfigMap,
        ("v1", "endpoints") => &endpoints::Endpoints,
        ("v1", "services") => &service::Service,
        ("discovery.k8s.io/v1", "endpointslices") => &endpoint_slice::EndpointSlice,
        ("v1", "limitranges") => &limit_range::LimitRange,
        ("v1", "nodes") => &node::Node,
        ("v1", "persistentvolumeclaims") => &volume::Claim,
        ("v1", "persistentvolumes") => &volume::Volume,
        ("v1", "resourcequotas") => &quota::ResourceQuota,
        ("v1", "secrets") => &secret::Secret,
        ("v1", "serviceaccounts") => &service_account::ServiceAccount,
        ("v1", "namespaces") => &namespace::Namespace,
        ("v1", "pods") => &pod::Pod,
        ("v1", "events") => &event::CoreEvent,
        ("events.k8s.io/v1", "events") => &event::NewEvent,
        ("autoscaling/v1", "horizontalpodautoscalers") => &autoscaler::OldAutoscaler,
        ("autoscaling/v2", "horizontalpodautoscalers") => &autoscaler::Autoscaler,
        ("certificates.k8s.io/v1", "certificatesigningrequests") => &certificate::SigningRequest,
        ("flowcontrol.apiserver.k8s.io/v1", "flowschemas") => &flow_control::FlowSchema,
        ("flowcontrol.apiserver.k8s.io/v1", "prioritylevelconfigurations") => &flow_control::PriorityLevel,
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
        _ => other(group_version, plural),
    }
}

/// The strategies of kinds of the smaller groups.
fn other(group_version: &str, plural: &str) -> &'static dyn Strategy {
    match (group_version, plural) {
        ("networking.k8s.io/v1", "ingressclasses") => &networking::IngressClass,
        ("networking.k8s.io/v1", "ingresses") => &networking::Ingress,
        ("networking.k8s.io/v1", "ipaddresses") => &networking::IpAddress,
        ("networking.k8s.io/v1", "networkpolicies") => &networking::NetworkPolicy,
        ("networking.k8s.io/v1", "servicecidrs") => &networking::ServiceCidr,
        ("node.k8s.io/v1", "runtimeclasses") => &runtime_class::RuntimeClass,
        ("policy/v1", "poddisruptionbudgets") => &budget::Budget,
        ("rbac.authorization.k8s.io/v1", "clusterroles" | "roles") => &rbac::Role,
        ("rbac.authorization.k8s.io/v1", "clusterrolebindings" | "rolebindings") => &rbac::Binding,
        ("resource.k8s.io/v1", "deviceclasses") => &dynamic::DeviceClass,
        ("resource.k8s.io/v1", "resourceclaims") => &dynamic::ResourceClaim,
        ("resource.k8s.io/v1", "resourceclaimtemplates") => &dynamic::ClaimTemplate,
        ("resource.k8s.io/v1", "resourceslices") => &dynamic::ResourceSlice,
        ("scheduling.k8s.io/v1", "priorityclasses") => &priority_class::PriorityClass,
        ("storage.k8s.io/v1", "csidrivers") => &storage::CsiDriver,
        ("storage.k8s.io/v1", "csinodes") => &storage::CsiNode,
        ("storage.k8s.io/v1", "csistoragecapacities") => &storage::StorageCapacity,
        ("storage.k8s.io/v1", "storageclasses") => &storage::StorageClass,
        ("storage.k8s.io/v1", "volumeattachments") => &storage::VolumeAttachment,
        ("storage.k8s.io/v1", "volumeattributesclasses") => &storage::VolumeAttributesClass,
        ("coordination.k8s.io/v1", "leases") => &lease::Lease,
        ("admissionregistration.k8s.io/v1", "validatingwebhookconfigurations" | "mutatingwebhookconfigurations") => {
            &admission::Webhooks
        }
        ("admissionregistration.k8s.io/v1", "validatingadmissionpolicies") => &admission::Policy { mutates: false },
        ("admissionregistration.k8s.io/v1", "mutatingadmissionpolicies") => &admission::Policy { mutates: true },
        ("admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings") => {
            &admission::Binding { mutates: false }
        }
        ("admissionregistration.k8s.io/v1", "mutatingadmissionpolicybindings") => &admission::Binding { mutates: true },
        _ => &STRUCTURAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_about_kinds_lists_those_of_which_only_the_structure_is_checked() {
        let page = include_str!("../../../docs/built-in-kinds.md");
        let list = page.split("## Structure only").nth(1).unwrap();
        let listed: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("- `")?.split('`').next()).collect();
        let resources = resources();
        let is_stored = |resource: &Resource| resource.verbs() != ["create"];
        let is_structural =
            |resource: &&Arc<Resource>| is_stored(resource) && format!("{:?}", resource.strategy) == "Structural";
        let structural = resources.iter().filter(is_structural);
        let mut expected: Vec<String> =
            structural.map(|resource| format!("{} {}", resource.api_version(), resource.plural)).collect();
        expected.sort();
        assert_eq!(listed, expected);
    }
}
