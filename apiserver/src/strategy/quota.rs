//! `v1` `ResourceQuota`: what all objects in a namespace may ask for together.
//!
//! Source: `ValidateResourceQuota`, `k8s.io/kubernetes/pkg/registry/core/resourcequota`.

use std::collections::BTreeSet;

use crdgen_schema::quantity::Quantity;
use serde_json::{Value, json};

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// `v1/ResourceQuota`
#[derive(Debug)]
pub(super) struct ResourceQuota;

/// The collection of quotas.
pub(crate) const QUOTAS: &str = "/resourcequotas";

const SCOPES: [&str; 7] = [
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "VolumeAttributesClass",
    "CrossNamespacePodAffinity",
];
const PAIRS: [[&str; 2]; 2] = [["BestEffort", "NotBestEffort"], ["NotTerminating", "Terminating"]];
const OF_PODS: [&str; 6] = ["cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];
const STANDARD: [&str; 19] = [
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.storage",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "persistentvolumeclaims",
    "configmaps",
    "services.nodeports",
    "services.loadbalancers",
];

/// Names of requests, their short forms, and of limits.
const REQUESTS: [(&str, &str, &str); 3] = [
    ("requests.cpu", "cpu", "limits.cpu"),
    ("requests.memory", "memory", "limits.memory"),
    ("requests.ephemeral-storage", "", "limits.ephemeral-storage"),
];

impl Strategy for ResourceQuota {
    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check_spec(object.get("spec"));
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource != Subresource::Main {
            check_amounts(object.get("status").get("hard"));
            check_amounts(object.get("status").get("used"));
            return;
        }
        check_spec(object.get("spec"));
        let set = |object: Field<'_>| -> BTreeSet<String> {
            object.get("spec").get("scopes").items().map(|scope| scope.text().to_owned()).collect()
        };
        if set(object) != set(old) {
            let scopes = object.get("spec").get("scopes");
            scopes.invalid("field is immutable");
        }
    }

    fn warnings(&self, object: Field<'_>, old: Option<Field<'_>>) -> Vec<String> {
        if old.is_some() {
            return Vec::new();
        }
        let hard = object.get("spec").get("hard");
        let warn = |(request, short, limit): (&'static str, &'static str, &'static str)| {
            let request = [request, short].into_iter().find(|name| hard.key(name).is_set())?;
            let (asked, most) = (hard.key(request), hard.key(limit));
            let exceeds = most.is_set() && asked.quantity() > most.quantity();
            let (asked, most) = (asked.text(), most.text());
            exceeds.then(|| format!("ResourceQuota {request} ({asked}) should be less than {limit} ({most})"))
        };
        REQUESTS.into_iter().filter_map(warn).collect()
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let status = &object["status"];
        let amounts = |limits: bool| {
            let hard = status["hard"].as_object().into_iter().flatten();
            let lines =
                hard.filter(|(resource, _)| resource.starts_with("limits.") == limits).map(|(resource, most)| {
                    let used =
                        status["used"][resource].as_str().and_then(Quantity::parse).unwrap_or_else(Quantity::zero);
                    format!("{resource}: {used}/{}", most.as_str().unwrap_or_default())
                });
            json!(lines.collect::<Vec<_>>().join(", "))
        };
        vec![object["metadata"]["name"].clone(), amounts(false), amounts(true), table::age(object, now)]
    }
}

/// Whether quotas can count a resource (`IsStandardQuotaResourceName`).
fn is_standard(resource: &str) -> bool {
    STANDARD.contains(&resource) || resource.starts_with("hugepages-") || resource.starts_with("requests.hugepages-")
}

fn check_amounts(amounts: Field<'_>) {
    for (resource, amount) in amounts.entries() {
        amount.resource_name(resource);
        if !resource.contains('/') && !is_standard(resource) {
            amount.invalid_as(&resource.into(), "must be a standard resource for quota");
        }
        amount.quantity_of(resource);
    }
}

fn check_spec(spec: Field<'_>) {
    check_amounts(spec.get("hard"));
    check_scopes(spec);
    check_selector(spec);
}

/// Whether a scope restricts what counts of a resource (`IsResourceQuotaScopeValidForResource`).
fn fits(scope: &str, resource: &str) -> bool {
    match scope {
        "BestEffort" => resource == "pods",
        "VolumeAttributesClass" => {
            matches!(resource, "persistentvolumeclaims" | "requests.storage")
        }
        _ if SCOPES.contains(&scope) => resource == "pods" || OF_PODS.contains(&resource),
        _ => true,
    }
}

/// The standard resources of a quota that a scope does not fit.
fn misfits<'a>(spec: Field<'a>, scope: &'a str) -> impl Iterator<Item = &'a str> {
    let hard = spec.get("hard").entries().map(|(resource, _)| resource);
    hard.filter(move |resource| is_standard(resource) && !fits(scope, resource))
}

fn conflicts(given: &[&str], report: impl Fn()) {
    for pair in PAIRS {
        if pair.iter().all(|scope| given.contains(scope)) {
            report();
        }
    }
}

fn check_scopes(spec: Field<'_>) {
    let scopes = spec.get("scopes");
    let given: Vec<&str> = scopes.items().map(Field::text).collect();
    for scope in &given {
        if !SCOPES.contains(scope) {
            scopes.invalid("unsupported scope");
        }
        for _ in misfits(spec, scope) {
            scopes.invalid("unsupported scope applied to resource");
        }
    }
    conflicts(&given, || scopes.invalid("conflicting scopes"));
}

fn check_selector(spec: Field<'_>) {
    const EXISTS: &str = "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, \
        ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or \
        ResourceQuotaScopeCrossNamespacePodAffinity";
    let expressions = spec.get("scopeSelector").get("matchExpressions");
    let mut given: Vec<&str> = Vec::new();
    for expression in expressions.items() {
        let (scope, operator, values) =
            (expression.get("scopeName"), expression.get("operator"), expression.get("values"));
        let place =
            |field: Field<'_>, name: &'static str, why: &str| field.shown_as(expressions.get(name)).invalid(why);
        if !SCOPES.contains(&scope.text()) {
            place(scope, "scopeName", "unsupported scope");
        }
        for _ in misfits(spec, scope.text()) {
            spec.get("scopeSelector").shown_as(expressions).invalid("unsupported scope applied to resource");
        }
        let has_values = matches!(scope.text(), "PriorityClass" | "VolumeAttributesClass");
        if SCOPES.contains(&scope.text()) && !has_values && operator.text() != "Exists" {
            place(operator, "operator", EXISTS);
        }
        match operator.text() {
            "In" | "NotIn" if values.is_empty() => expressions
                .get("values")
                .required("must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"),
            "Exists" | "DoesNotExist" if !values.is_empty() => place(
                values,
                "values",
                "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
            ),
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            _ => place(operator, "operator", "not a valid selector operator"),
        }
        given.push(scope.text());
    }
    let scopes = spec.get("scopes");
    conflicts(&given, || scopes.invalid("conflicting scopes"));
}
