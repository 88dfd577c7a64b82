//! `v1` `Service`: a name and an address for a set of pods.
//!
//! The cluster has addresses of IPv4 only, from one block; `allocation` gives them.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/core/service`, `ValidateService`.

mod address;
mod cells;
mod families;
mod port;
mod update;
mod validation;

use serde_json::{Value, json};

use crate::allocation::Allocator;
use crate::check::Field;
use crate::object;
use crate::resource::strategy::{Strategy, Subresource};
use crate::resource::{Resource, built_in};
use crate::status::{Details, Result, Status};

use crdgen_schema::field;
use crdgen_schema::metadata::NameRule;

/// `v1/Service`
#[derive(Debug)]
pub(super) struct Service;

/// The collection of services.
pub(crate) const SERVICES: &str = "/services";

/// The ports of nodes that a service has.
pub(crate) fn ports_of(service: &Value) -> Vec<u16> {
    let ports = service["spec"]["ports"].as_array().into_iter().flatten().map(|port| &port["nodePort"]);
    let all = ports.chain([&service["spec"]["healthCheckNodePort"]]).filter_map(Value::as_u64);
    all.filter_map(|port| u16::try_from(port).ok()).filter(|port| *port != 0).collect()
}

impl Strategy for Service {
    fn set_defaults(&self, object: &mut Value) {
        set_defaults(object);
    }

    fn allocate(&self, allocator: &mut Allocator<'_>, object: &mut Value, old: Option<&Value>) -> Result<()> {
        if let Some(old) = old {
            address::keep(object, old);
            port::keep(object, old);
        }
        address::agree(object, old);
        families::complete(object, old)?;
        match old {
            None => address::take(allocator, object)?,
            Some(old) => address::change(allocator, object, old)?,
        }
        port::take(allocator, object, old)
    }

    fn release(&self, allocator: &mut Allocator<'_>, object: &Value) {
        address::give_back(allocator, object);
        port::give_back(allocator, object);
        let namespace = object::text(object, "namespace");
        allocator.remove("/endpoints", object::key(Some(namespace), object::text(object, "name")));
    }

    fn prepare_for_create(&self, resource: &Resource, object: &mut Value) {
        built_in::prepare_for_create(&[], resource, object);
        drop_internal_policy(object);
    }

    fn prepare_for_update(&self, resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        built_in::prepare_for_update(&[], resource, object, old, subresource);
        if subresource == Subresource::Main {
            drop_dependent(object, old);
            drop_internal_policy(object);
        }
    }

    fn name_rule(&self) -> NameRule {
        NameRule::DnsLabel
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        validation::check(object, None);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource == Subresource::Main {
            update::check_update(object, old);
        } else {
            update::check_status(object, old);
        }
    }

    fn warnings(&self, object: Field<'_>, _old: Option<Field<'_>>) -> Vec<String> {
        validation::warnings(object)
    }

    fn create_on_update(&self) -> bool {
        true
    }

    fn selectable(&self) -> &'static [&'static str] {
        &["spec.clusterIP", "spec.type"]
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        cells::of(object, now)
    }
}

/// `SetDefaults_Service`, as far as it depends on other fields.
fn set_defaults(object: &mut Value) {
    let reachable = is_externally_accessible(object);
    let spec = &mut object["spec"];
    match spec["sessionAffinity"].as_str() {
        Some("None") => remove(spec, "sessionAffinityConfig"),
        Some("ClientIP") if spec["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"].is_null() => {
            spec["sessionAffinityConfig"] = json!({"clientIP": {"timeoutSeconds": 10_800}});
        }
        _ => {}
    }
    if spec["sessionAffinityConfig"].is_null() {
        remove(spec, "sessionAffinityConfig");
    }
    for port in spec["ports"].as_array_mut().into_iter().flatten() {
        if port["targetPort"].is_null() || port["targetPort"] == 0 || port["targetPort"] == "" {
            port["targetPort"] = port["port"].clone();
        }
    }
    if reachable && spec["externalTrafficPolicy"].is_null() {
        spec["externalTrafficPolicy"] = json!("Cluster");
    }
    let kind = spec["type"].as_str().unwrap_or_default().to_owned();
    if spec["internalTrafficPolicy"].is_null() && ["NodePort", "LoadBalancer", "ClusterIP"].contains(&&*kind) {
        spec["internalTrafficPolicy"] = json!("Cluster");
    }
    let balanced = kind == "LoadBalancer";
    if balanced && spec["allocateLoadBalancerNodePorts"].is_null() {
        spec["allocateLoadBalancerNodePorts"] = json!(true);
    }
    drop_nulls(spec);
    let entries = object.pointer_mut("/status/loadBalancer/ingress").and_then(Value::as_array_mut);
    for entry in entries.into_iter().flatten().filter(|entry| balanced && !entry["ip"].is_null()) {
        if entry["ipMode"].is_null() {
            entry["ipMode"] = json!("VIP");
        }
    }
}

/// Indexing an absent member made a null of it.
fn drop_nulls(spec: &mut Value) {
    if let Some(members) = spec.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
}

/// The type of a service has changed: what depends on it and was not given anew is dropped.
fn drop_dependent(object: &mut Value, old: &Value) {
    let (spec, before) = (object["spec"].clone(), &old["spec"]);
    let (is, was) = (kind(object).to_owned(), kind(old));
    let same = |name: &str| spec.get(name) == before.get(name);
    let mut dropped: Vec<&str> = Vec::new();
    if was != "ExternalName" && is == "ExternalName" {
        if same("clusterIP") && same("clusterIPs") {
            dropped.extend(["clusterIP", "clusterIPs"]);
        }
        dropped.extend(["ipFamilies", "ipFamilyPolicy"].into_iter().filter(|name| same(name)));
    }
    if needs_node_ports(was) && !needs_node_ports(&is) {
        let had = port::of(before);
        if port::of(&spec).iter().all(|port| had.contains(port)) {
            let ports = object.pointer_mut("/spec/ports").and_then(Value::as_array_mut);
            for port in ports.into_iter().flatten() {
                remove(port, "nodePort");
            }
        }
    }
    if needs_health_port(old) && !needs_health_port(object) && same("healthCheckNodePort") {
        dropped.push("healthCheckNodePort");
    }
    if was == "LoadBalancer" && is != "LoadBalancer" {
        dropped.extend(["allocateLoadBalancerNodePorts", "loadBalancerClass"].into_iter().filter(|name| same(name)));
    }
    if is_externally_accessible(old) && !is_externally_accessible(object) && same("externalTrafficPolicy") {
        dropped.push("externalTrafficPolicy");
    }
    for name in dropped {
        remove(&mut object["spec"], name);
    }
    if is != "LoadBalancer" {
        object["status"]["loadBalancer"] = json!({});
    }
}

/// Services without a cluster IP are read without this policy, whatever is stored.
fn drop_internal_policy(object: &mut Value) {
    let spec = &mut object["spec"];
    if spec["type"] == "ExternalName"
        && spec.get("internalTrafficPolicy").is_some_and(|it| it == "Cluster" || it == "Local")
    {
        remove(spec, "internalTrafficPolicy");
    }
}

fn kind(service: &Value) -> &str {
    service["spec"]["type"].as_str().unwrap_or_default()
}

fn needs_node_ports(kind: &str) -> bool {
    matches!(kind, "NodePort" | "LoadBalancer")
}

fn needs_health_port(service: &Value) -> bool {
    kind(service) == "LoadBalancer" && service["spec"]["externalTrafficPolicy"] == "Local"
}

fn is_externally_accessible(service: &Value) -> bool {
    let spec = &service["spec"];
    match kind(service) {
        "LoadBalancer" | "NodePort" => true,
        "ClusterIP" => spec["externalIPs"].as_array().is_some_and(|list| !list.is_empty()),
        _ => false,
    }
}

fn is_headless(service: &Value) -> bool {
    service["spec"]["clusterIP"] == "None"
}

fn has_selector(service: &Value) -> bool {
    service["spec"]["selector"].as_object().is_some_and(|selector| !selector.is_empty())
}

fn remove(object: &mut Value, name: &str) {
    if let Some(members) = object.as_object_mut() {
        members.remove(name);
    }
}

/// The texts of a list.
fn texts<'a>(spec: &'a Value, name: &str) -> Vec<&'a str> {
    spec.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn refuse(service: &Value, errors: &[field::Error]) -> Result<()> {
    if errors.is_empty() {
        return Ok(());
    }
    Err(Status::invalid(Details::kind("", "Service", object::text(service, "name")), errors))
}
