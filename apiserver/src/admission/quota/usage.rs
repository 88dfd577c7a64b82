//! What objects use.
//!
//! Source: the evaluators in `k8s.io/kubernetes/pkg/quota/v1/evaluator/core`, `k8s.io/apiserver/pkg/quota/v1/generic`.

use std::collections::{BTreeMap, BTreeSet};

use crdgen_schema::quantity::Quantity;
use serde_json::Value;

use crate::admission::limit_ranger::{add, read, total};
use crate::admission::restrictions::class_of;
use crate::admission::{Operation, Review};
use crate::check::quantity::is_native;
use crate::object::meta;
use crate::resource::strategy::Subresource;
use crate::strategy::PODS;
use crate::strategy::service::SERVICES;
use crate::strategy::volume::CLAIMS;

/// Kinds that have a short name in quotas.
const SHORT: [&str; 4] = ["configmaps", "resourcequotas", "replicationcontrollers", "secrets"];

/// What containers may have to say.
const COMPUTE: [&str; 6] = ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

const OF_CLASS: &str = ".storageclass.storage.k8s.io/";

/// How an object is counted.
pub(super) enum Kind {
    Pod,
    Service,
    Claim,
    /// One by one, by these names.
    Other(Vec<String>),
}

impl Kind {
    /// How the object of a write is counted; none if the write changes nothing about that.
    pub(super) fn of(review: &Review<'_>) -> Option<Self> {
        let (resource, subresource) = (review.attributes.resource, review.attributes.subresource);
        let (is_main, creates) = (subresource == Subresource::Main, review.operation == Operation::Create);
        let updates = review.operation == Operation::Update;
        match resource.collection.as_str() {
            PODS if subresource == Subresource::Resize => updates.then_some(Self::Pod),
            PODS => {
                let changes = updates && has_deadline(&review.object) != has_deadline(review.old);
                (is_main && (creates || changes)).then_some(Self::Pod)
            }
            SERVICES => (is_main && (creates || updates)).then_some(Self::Service),
            CLAIMS => (is_main && (creates || updates)).then_some(Self::Claim),
            _ if !is_main || !creates || resource.plural == "events" => None,
            _ => {
                let (group, plural) = (&resource.group, &resource.plural);
                let mut names =
                    vec![if group.is_empty() { format!("count/{plural}") } else { format!("count/{plural}.{group}") }];
                if group.is_empty() && SHORT.contains(&plural.as_str()) {
                    names.push(plural.clone());
                }
                Some(Self::Other(names))
            }
        }
    }

    /// Whether the kind uses that resource.
    pub(super) fn counts(&self, resource: &str) -> bool {
        match self {
            Self::Pod => is_of_pods(resource),
            Self::Service => {
                matches!(resource, "count/services" | "services" | "services.nodeports" | "services.loadbalancers")
            }
            Self::Claim => {
                let is_own = |name: &str| matches!(name, "persistentvolumeclaims" | "requests.storage");
                resource == "count/persistentvolumeclaims"
                    || is_own(resource)
                    || resource.split_once(OF_CLASS).is_some_and(|(_, name)| is_own(name))
            }
            Self::Other(names) => names.iter().any(|name| name == resource),
        }
    }

    /// What the object does not say and has to.
    pub(super) fn missing(&self, required: &[&str], object: &Value) -> Option<String> {
        let of_pod = &object["spec"]["resources"];
        let says = |part: &str| of_pod[part].as_object().is_some_and(|list| !list.is_empty());
        if !matches!(self, Self::Pod) || says("requests") || says("limits") {
            return None;
        }
        let required: Vec<&str> = required.iter().copied().filter(|name| COMPUTE.contains(name)).collect();
        let mut missing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for container in
            ["containers", "initContainers"].iter().filter_map(|list| object["spec"][*list].as_array()).flatten()
        {
            let used = compute(&read(&container["resources"]["requests"]), &read(&container["resources"]["limits"]));
            for name in required.iter().filter(|name| !used.contains_key(**name)) {
                missing.entry(name).or_default().insert(container["name"].as_str().unwrap_or_default());
            }
        }
        let told = missing.iter().map(|(name, containers)| {
            format!("{name} for: {}", containers.iter().copied().collect::<Vec<_>>().join(","))
        });
        let told: Vec<String> = told.collect();
        (!told.is_empty()).then(|| format!("must specify {}", told.join("; ")))
    }

    /// What the object uses.
    pub(super) fn usage(&self, object: &Value) -> BTreeMap<String, Quantity> {
        match self {
            Self::Pod => of_pod(object),
            Self::Service => of_service(object),
            Self::Claim => of_claim(object),
            Self::Other(names) => names.iter().map(|name| (name.clone(), Quantity::from_int(1))).collect(),
        }
    }
}

/// Whether a pod ends by itself.
pub(super) fn has_deadline(pod: &Value) -> bool {
    pod["spec"]["activeDeadlineSeconds"].as_i64().is_some_and(|seconds| seconds >= 0)
}

fn is_of_pods(resource: &str) -> bool {
    const OTHERS: [&str; 5] =
        ["count/pods", "ephemeral-storage", "requests.ephemeral-storage", "limits.ephemeral-storage", "pods"];
    let is_extended = resource.starts_with("requests.") && !is_native(resource);
    COMPUTE.contains(&resource)
        || OTHERS.contains(&resource)
        || resource.starts_with("hugepages-")
        || resource.starts_with("requests.hugepages-")
        || resource.starts_with("requests.deviceclass.resource.kubernetes.io/")
        || is_extended
}

/// What is counted of requests and limits (`podComputeUsageHelper`).
fn compute(requests: &BTreeMap<String, Quantity>, limits: &BTreeMap<String, Quantity>) -> BTreeMap<String, Quantity> {
    let mut used = BTreeMap::from([("pods".to_owned(), Quantity::from_int(1))]);
    for name in ["cpu", "memory", "ephemeral-storage"] {
        if let Some(request) = requests.get(name) {
            used.insert(name.to_owned(), request.clone());
            used.insert(format!("requests.{name}"), request.clone());
        }
        if let Some(limit) = limits.get(name) {
            used.insert(format!("limits.{name}"), limit.clone());
        }
    }
    for (name, request) in requests {
        if name.starts_with("hugepages-") {
            used.insert(name.clone(), request.clone());
            used.insert(format!("requests.{name}"), request.clone());
        } else if !is_native(name) {
            used.insert(format!("requests.{name}"), request.clone());
        }
    }
    used
}

fn of_pod(pod: &Value) -> BTreeMap<String, Quantity> {
    let mut used = BTreeMap::from([("count/pods".to_owned(), Quantity::from_int(1))]);
    let is_over = matches!(pod["status"]["phase"].as_str(), Some("Failed" | "Succeeded"));
    if is_over
        || (meta(pod, "deletionTimestamp").is_some()
            && meta(pod, "deletionGracePeriodSeconds") == Some(&Value::from(0)))
    {
        return used;
    }
    let (mut requests, mut limits) = (total(&pod["spec"], "requests"), total(&pod["spec"], "limits"));
    let mut overhead = read(&pod["spec"]["overhead"]);
    add(&mut requests, &overhead);
    overhead.retain(|name, _| limits.get(name).is_some_and(|limit| limit.sign() != 0));
    add(&mut limits, &overhead);
    used.extend(compute(&requests, &limits));
    used
}

fn of_service(service: &Value) -> BTreeMap<String, Quantity> {
    let ports = service["spec"]["ports"].as_array().map_or(&[][..], Vec::as_slice);
    let with_node_port = ports.iter().filter(|port| port["nodePort"].as_i64().is_some_and(|port| port != 0));
    let is_balanced = service["spec"]["type"] == "LoadBalancer";
    let node_ports = match service["spec"]["type"].as_str() {
        Some("LoadBalancer") if service["spec"]["allocateLoadBalancerNodePorts"] == false => with_node_port.count(),
        Some("LoadBalancer" | "NodePort") => ports.len(),
        _ => 0,
    };
    let number = |count: usize| Quantity::from_int(i64::try_from(count).unwrap_or(i64::MAX));
    [
        ("count/services", 1),
        ("services", 1),
        ("services.nodeports", node_ports),
        ("services.loadbalancers", usize::from(is_balanced)),
    ]
    .into_iter()
    .map(|(name, count)| (name.to_owned(), number(count)))
    .collect()
}

fn of_claim(claim: &Value) -> BTreeMap<String, Quantity> {
    let one = Quantity::from_int(1);
    let mut used = BTreeMap::from([
        ("persistentvolumeclaims".to_owned(), one.clone()),
        ("count/persistentvolumeclaims".to_owned(), one.clone()),
    ]);
    let class = class_of(claim);
    let storage = |of: &Value| of["storage"].as_str().and_then(Quantity::parse);
    let asked = storage(&claim["spec"]["resources"]["requests"]);
    let size = asked.map(|asked| match storage(&claim["status"]["allocatedResources"]) {
        Some(allocated) if allocated > asked => allocated,
        _ => asked,
    });
    if !class.is_empty() {
        used.insert(format!("{class}{OF_CLASS}persistentvolumeclaims"), one);
    }
    if let Some(size) = size {
        if !class.is_empty() {
            used.insert(format!("{class}{OF_CLASS}requests.storage"), size.clone());
        }
        used.insert("requests.storage".to_owned(), size);
    }
    used
}
