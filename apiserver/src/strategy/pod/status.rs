//! The status of a pod.
//!
//! Source: `ValidatePodStatusUpdate`, `podStatusStrategy`.

use std::collections::BTreeSet;

use crdgen_schema::name;
use serde_json::Value;

use super::{container_status, containers, update};
use crate::check::Field;
use crate::object;

/// What a write of the status cannot take away.
pub(super) fn keep(object: &mut Value, old: &Value) {
    object::copy(object, "ownerReferences", old);
    let status = &mut object["status"];
    if status["qosClass"].as_str().unwrap_or_default().is_empty() && !old["status"]["qosClass"].is_null() {
        status["qosClass"] = old["status"]["qosClass"].clone();
    }
    keep_generation(status, &old["status"]);
    let mut before: Vec<&Value> = old["status"]["conditions"].as_array().into_iter().flatten().collect();
    for condition in status.get_mut("conditions").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(at) = before.iter().position(|old| old["type"] == condition["type"]) {
            keep_generation(condition, before.remove(at));
        }
    }
}

fn keep_generation(of: &mut Value, old: &Value) {
    let is_unset = of.get("observedGeneration").is_none_or(|generation| *generation == 0);
    if let Some(generation) = old.get("observedGeneration").filter(|_| is_unset) {
        of["observedGeneration"] = generation.clone();
    }
}

/// Reports what is wrong with a status.
pub(super) fn check_update(pod: Field<'_>, old: Field<'_>) {
    update::check_annotations(pod, old);
    let (status, before) = (pod.get("status"), old.get("status"));
    for condition in status.get("conditions").items() {
        check_generation(condition.get("observedGeneration"));
        if !matches!(condition.get("type").text(), "PodScheduled" | "Ready" | "Initialized") {
            condition.get("type").shown_as(condition.get("Type")).qualified_name();
        }
    }
    let (nominated, bound) = (status.get("nominatedNodeName"), old.get("spec").get("nodeName"));
    if !nominated.equals(before.get("nominatedNodeName")) && !nominated.text().is_empty() {
        nominated.dns_subdomain();
        if !bound.text().is_empty() {
            nominated.forbidden("may not be set on pods that are already bound to a node");
        }
    }
    check_generation(status.get("observedGeneration"));
    status.get("qosClass").immutable(before.get("qosClass"));
    let lists = [("containerStatuses", "containers"), ("initContainerStatuses", "initContainers")];
    if !can_all_restart(old.get("spec")) {
        for (list, containers) in lists {
            check_transitions(status.get(list), before.get(list), Some((old.get("spec"), containers)));
        }
    }
    check_transitions(status.get("ephemeralContainerStatuses"), before.get("ephemeralContainerStatuses"), None);
    check_claims(pod);
    check_extended_claim(pod);
    check_addresses(status.get("podIPs"), before.get("podIPs"));
    let (host, hosts) = (status.get("hostIP"), status.get("hostIPs"));
    let first = hosts.at(0).get("ip");
    if !hosts.is_empty() && host.text() != first.text() {
        first.invalid("must be equal to `hostIP`");
    }
    check_addresses(hosts, before.get("hostIPs"));
    container_status::check(pod);
}

/// `validatePodResourceClaimStatuses`
fn check_claims(pod: Field<'_>) {
    let known: BTreeSet<&str> =
        pod.get("spec").get("resourceClaims").items().map(|claim| claim.get("name").text()).collect();
    let mut seen = BTreeSet::new();
    for claim in pod.get("status").get("resourceClaimStatuses").items() {
        let (name, made) = (claim.get("name"), claim.get("resourceClaimName"));
        if !known.contains(name.text()) {
            name.invalid("must match the name of an entry in `spec.resourceClaims`");
        }
        if !seen.insert(name.text()) {
            name.duplicate_text(name.text());
        }
        if made.is_set() {
            made.invalid_for(name::dns_subdomain(made.text()));
        }
    }
}

/// `validatePodExtendedResourceClaimStatus`
fn check_extended_claim(pod: Field<'_>) {
    let claim = pod.get("status").get("extendedResourceClaimStatus");
    if !claim.is_set() {
        return;
    }
    let mappings = claim.get("requestMappings");
    if mappings.is_empty() {
        mappings.required("at least one request mapping is required");
    }
    let mut seen = BTreeSet::new();
    for mapping in mappings.items() {
        let [container, resource, request] =
            ["containerName", "resourceName", "requestName"].map(|name| mapping.get(name));
        let owners = ["initContainers", "containers"].into_iter().flat_map(|list| pod.get("spec").get(list).items());
        match owners.filter(|owner| owner.get("name").text() == container.text()).last() {
            None => {
                container
                    .invalid("must match the name of an entry in spec.initContainers.name or spec.containers.name");
            }
            Some(owner) if !owner.get("resources").get("requests").key(resource.text()).is_set() => resource.invalid(
                "must match the extended resource name of an entry in spec.initContainers.resources.requests or \
                 spec.containers.resources.requests",
            ),
            Some(_) => {}
        }
        request.shown_as(claim.get("requestName")).dns_label();
        if !seen.insert([container.text(), resource.text(), request.text()]) {
            for part in [container, resource, request] {
                part.duplicate_text(part.text());
            }
        }
    }
    let name = claim.get("resourceClaimName");
    if name.require_text() {
        name.invalid_for(name::dns_subdomain(name.text()));
    }
}

fn check_generation(generation: Field<'_>) {
    if generation.int() < 0 {
        generation.invalid("must be a non-negative integer");
    }
}

/// Whether a container's end may start all containers again.
fn can_all_restart(spec: Field<'_>) -> bool {
    let mut rules = containers(spec).flat_map(|container| container.get("restartPolicyRules").items());
    rules.any(|rule| rule.get("action").text() == "RestartAllContainers")
}

/// A container that ended does not run again if nothing in the spec restarts it. `owner`: the spec, and the list in it that the
/// containers stand in.
fn check_transitions(now: Field<'_>, before: Field<'_>, owner: Option<(Field<'_>, &'static str)>) {
    for (index, old) in before.items().enumerate() {
        let (name, ended) = (old.get("name").text(), old.get("state").get("terminated"));
        let new = now.items().find(|new| new.get("name").text() == name);
        if !ended.is_set() || new.is_none_or(|new| new.get("state").get("terminated").is_set()) {
            continue;
        }
        let is_restarted = owner.is_some_and(|(spec, list)| {
            let container = spec.get(list).items().find(|container| container.get("name").text() == name);
            container.is_some_and(|container| is_restarted(container, spec, ended.get("exitCode").int()))
        });
        if !is_restarted {
            now.at(index).get("state").forbidden("may not be transitioned to non-terminated state");
        }
    }
}

/// `ContainerShouldRestart`
fn is_restarted(container: Field<'_>, spec: Field<'_>, code: i64) -> bool {
    for rule in container.get("restartPolicyRules").items() {
        let codes = rule.get("exitCodes");
        let is_listed = codes.get("values").items().any(|value| value.int() == code);
        if codes.is_set() && is_listed == (codes.get("operator").text() == "In") {
            return rule.get("action").text() == "Restart";
        }
    }
    let own = container.get("restartPolicy");
    match if own.is_set() { own.text() } else { spec.get("restartPolicy").text() } {
        "Always" => true,
        "OnFailure" => code != 0,
        _ => false,
    }
}

/// At most one address of each family. Addresses that were there before may stay, whatever they look like.
fn check_addresses(addresses: Field<'_>, before: Field<'_>) {
    let known: Vec<&str> = before.items().map(|address| address.get("ip").text()).collect();
    for address in addresses.items() {
        let ip = address.get("ip").shown_as(address);
        if !known.contains(&ip.text()) {
            ip.ip();
        }
    }
    let is_none = |address: &Field<'_>| crate::check::address::parse(address.get("ip").text()).is_none();
    if let Some(at) = addresses.items().position(|address| is_none(&address)).filter(|_| addresses.len() > 1) {
        let text = addresses.at(at).get("ip").text();
        addresses.internal(format!("failed to check for dual stack with error:invalid IP[{at}]: {text}"));
    }
    let six = addresses.items().filter(|address| address.get("ip").text().contains(':')).count();
    let count = addresses.len();
    if count > 2 || six > 1 || count - six > 1 {
        addresses.invalid("may specify no more than one IP for each IP family");
    }
}
