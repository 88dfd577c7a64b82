//! What containers and pods request of resources, and what they are limited to.
//!
//! Source: `validateResourceRequirements`, `validatePodResources`.

use std::collections::{BTreeMap, BTreeSet};

use crdgen_schema::name;
use crdgen_schema::quantity::Quantity;
use serde_json::Value;

use super::Surroundings;
use crate::check::Field;
use crate::check::quantity::{HUGE_PAGES, may_overcommit};

/// Checks the requirements of a container.
pub(super) fn check_container(resources: Field<'_>, around: &Surroundings<'_>) {
    check(resources, check_name);
    check_claims(resources.get("claims"), around);
}

/// Checks what running a pod takes besides its containers.
pub(super) fn check_overhead(overhead: Field<'_>) {
    check_amounts(overhead, overhead.get("limits"), check_name);
}

fn check_name(amount: Field<'_>, resource: &str) {
    amount.container_resource_name(resource);
}

fn check(resources: Field<'_>, check_name: impl Fn(Field<'_>, &str)) {
    let (limits, requests) = (resources.get("limits"), resources.get("requests"));
    check_amounts(limits, limits, &check_name);
    for (resource, request) in requests.entries() {
        check_amount(request, resource, &check_name);
        let limit = limits.key(resource);
        let (least, most) = (request.quantity(), limit.quantity());
        if !limit.is_set() {
            if !may_overcommit(resource) {
                limits.required("Limit must be set for non overcommitable resources");
            }
        } else if least != most && !may_overcommit(resource) {
            let why = format!("must be equal to {resource} limit of {most}");
            requests.invalid_as(&request.value().clone(), why);
        } else if least > most {
            let why = format!("must be less than or equal to {resource} limit of {most}");
            requests.invalid_as(&request.value().clone(), why);
        }
        check_huge_page(request, resource);
    }
    let has =
        |wanted: fn(&str) -> bool| limits.entries().chain(requests.entries()).any(|(resource, _)| wanted(resource));
    let has_huge_pages = has(|resource| resource.starts_with(HUGE_PAGES));
    if has_huge_pages && !has(|resource| matches!(resource, "cpu" | "memory")) {
        resources.forbidden("HugePages require cpu or memory");
    }
}

/// Checks the entries of `amounts`, which errors place under `shown`.
fn check_amounts<'a>(amounts: Field<'a>, shown: Field<'a>, check_name: impl Fn(Field<'_>, &str)) {
    for (resource, amount) in amounts.entries() {
        let amount = amount.shown_as(shown.key(resource));
        check_amount(amount, resource, &check_name);
        check_huge_page(amount, resource);
    }
}

fn check_amount(amount: Field<'_>, resource: &str, check_name: impl Fn(Field<'_>, &str)) {
    check_name(amount, resource);
    amount.quantity_of(resource);
}

fn check_huge_page(amount: Field<'_>, resource: &str) {
    let Some(size) = resource.strip_prefix(HUGE_PAGES) else { return };
    let size = Quantity::parse(size).filter(|size| size.sign() > 0 && size.is_whole());
    if size.is_none_or(|size| amount.quantity().value() % size.value() != 0) {
        amount.invalid(format!("{} is not positive integer multiple of {resource}", amount.quantity()));
    }
}

/// Containers may only use claims that their pod has.
fn check_claims(claims: Field<'_>, around: &Surroundings<'_>) {
    let mut known: BTreeSet<String> = BTreeSet::new();
    for claim in claims.items() {
        let given = claim.get("name").text();
        if given.is_empty() {
            claim.required("");
            continue;
        }
        let duplicate =
            |text: &str| claim.report(crdgen_schema::field::Error::duplicate(claim.path(), &Value::from(text)));
        if known.contains(given) {
            duplicate(given);
        } else {
            let request = claim.get("request");
            let mut key = given.to_owned();
            if !request.text().is_empty() {
                request.invalid_for(name::dns_label(request.text()));
                key = format!("{given}/{}", request.text());
            }
            if known.contains(&key) {
                duplicate(&key);
            } else if request.text().is_empty() {
                let parts = known.iter().filter(|known| known.split_once('/').is_some_and(|(name, _)| name == given));
                parts.for_each(|_| duplicate(given));
            }
            known.insert(key);
        }
        if !around.claims.contains(given) {
            let names: Vec<&str> = around.claims.iter().copied().collect();
            let more = if names.is_empty() { " which is empty".to_owned() } else { format!(": {}", names.join(", ")) };
            claim.not_found_as(
                &Value::from(given),
                format!("must be one of the names in pod.spec.resourceClaims{more}"),
            );
        }
    }
}

/// Checks the resources of a pod as a whole.
pub(super) fn check_pod(spec: Field<'_>, around: &Surroundings<'_>) {
    let resources = spec.get("resources");
    if !resources.is_set() {
        return;
    }
    if around.os == "windows" {
        resources.forbidden("may not be set for a windows pod");
        return;
    }
    if resources.get("claims").is_set() {
        resources.get("claims").forbidden("claims may not be set for Resources at pod-level");
    }
    check(resources, check_pod_resource_name);
    check_claims(resources.get("claims"), around);
    let limits = resources.get("limits");
    let requested = total(spec, "requests");
    for (resource, request) in resources.get("requests").entries() {
        if let Some(sum) = requested.get(resource).filter(|sum| **sum > request.quantity()) {
            request.invalid(format!("must be greater than or equal to aggregate container requests of {sum}"));
        }
    }
    for (resource, sum) in total(spec, "limits").iter().filter(|(resource, _)| resource.starts_with(HUGE_PAGES)) {
        let limit = limits.key(resource);
        if limit.is_set() && *sum > limit.quantity() {
            limit.invalid(format!("must be greater than or equal to aggregate container limits of {sum}"));
        }
    }
    let containers = resources.get("containers");
    for (index, container) in spec.get("containers").items().enumerate() {
        for (resource, limit) in container.get("resources").get("limits").entries() {
            let most = limits.key(resource);
            if most.is_set() && limit.quantity() > most.quantity() {
                let shown = containers.at(index).key(resource).get("limits");
                limit
                    .shown_as(shown)
                    .invalid(format!("must be less than or equal to pod limits of {}", most.quantity()));
            }
        }
    }
}

fn check_pod_resource_name(amount: Field<'_>, resource: &str) {
    let before = amount.reported();
    amount.resource_name(resource);
    if amount.reported() == before && !matches!(resource, "cpu" | "memory") && !resource.starts_with(HUGE_PAGES) {
        amount.report(crdgen_schema::field::Error::not_supported(
            amount.path(),
            &Value::from(resource),
            &["cpu", "hugepages-", "memory"],
        ));
    }
}

/// What all containers of a pod request, or are limited to, together: those that run at once are added, those that run one after the
/// other need what the largest of them does (`AggregateContainerRequests`, `AggregateContainerLimits`).
pub(super) fn total<'a>(spec: Field<'a>, kind: &'static str) -> BTreeMap<&'a str, Quantity> {
    fn add<'a>(sums: &mut BTreeMap<&'a str, Quantity>, amounts: Field<'a>) {
        for (resource, amount) in amounts.entries() {
            sums.entry(resource).or_insert_with(Quantity::zero).add(&amount.quantity());
        }
    }
    let amounts = |container: Field<'a>| container.get("resources").get(kind);
    let mut running = BTreeMap::new();
    spec.get("containers").items().for_each(|container| add(&mut running, amounts(container)));
    let (mut sidecars, mut starting): (BTreeMap<&str, Quantity>, BTreeMap<&str, Quantity>) = Default::default();
    for container in spec.get("initContainers").items() {
        let mut needed = sidecars.clone();
        if container.get("restartPolicy").text() == "Always" {
            add(&mut running, amounts(container));
            add(&mut sidecars, amounts(container));
            needed.clone_from(&sidecars);
        } else {
            add(&mut needed, amounts(container));
        }
        raise(&mut starting, needed);
    }
    raise(&mut running, starting);
    running
}

/// Takes the larger of two amounts of each resource.
fn raise<'a>(amounts: &mut BTreeMap<&'a str, Quantity>, others: BTreeMap<&'a str, Quantity>) {
    for (resource, other) in others {
        let amount = amounts.entry(resource).or_insert_with(|| other.clone());
        if *amount < other {
            *amount = other;
        }
    }
}
