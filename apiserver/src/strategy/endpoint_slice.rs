//! `discovery.k8s.io/v1` `EndpointSlice`: addresses behind a service.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/discovery/validation`, `pkg/registry/discovery/endpointslice`.

use crdgen_schema::metadata::NameRule;
use serde_json::{Value, json};

use crate::check::Field;
use crate::check::address::parse;
use crate::object;
use crate::resource::strategy::{Strategy, Subresource};
use crate::resource::{Resource, built_in};
use crate::response::{cell, table};

/// `discovery.k8s.io/v1/EndpointSlice`
#[derive(Debug)]
pub(super) struct EndpointSlice;

const MOST_ADDRESSES: i64 = 100;
const MOST_PORTS: i64 = 20_000;
const MOST_ENDPOINTS: i64 = 1000;
const MOST_TOPOLOGY: i64 = 16;
const MOST_HINTS: i64 = 8;

impl Strategy for EndpointSlice {
    fn prepare_for_create(&self, _resource: &Resource, object: &mut Value) {
        object::set(object, "generation", Value::from(1));
        drop_topology(object, None);
    }

    fn prepare_for_update(&self, _resource: &Resource, object: &mut Value, old: &Value, _: Subresource) {
        let parts = ["/addressType", "/endpoints", "/ports", "/metadata/labels"];
        if parts.iter().any(|part| object.pointer(part) != old.pointer(part)) {
            built_in::raise_generation(object, old);
        }
        if object["endpoints"] != old["endpoints"] {
            drop_topology(object, Some(old));
        }
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check(object, None);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        object.metadata(true, NameRule::DnsSubdomain);
        check(object, Some(old));
        object.get("addressType").immutable(old.get("addressType"));
    }

    fn repeats_changes(&self) -> bool {
        false
    }

    fn warnings(&self, object: Field<'_>, old: Option<Field<'_>>) -> Vec<String> {
        let mut found = Vec::new();
        if old.is_none() && object.get("addressType").text() == "FQDN" {
            found.push("spec.addressType: FQDN endpoints are deprecated".to_owned());
        }
        let manager = object.get("metadata").get("labels").key("endpointslice.kubernetes.io/managed-by").text();
        let controllers = ["endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io"];
        if !controllers.contains(&manager) {
            let addresses = object.get("endpoints").items().flat_map(|endpoint| endpoint.get("addresses").items());
            found.extend(addresses.filter_map(Field::ip_warning));
        }
        found
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let list = |name: &str| object[name].as_array().cloned().unwrap_or_default();
        let port = |port: &Value| match (port["port"].as_i64(), port["name"].as_str()) {
            (Some(number), _) => number.to_string(),
            (None, name) => name.unwrap_or("*").to_owned(),
        };
        let ports: Vec<String> = list("ports").iter().map(port).collect();
        let addresses = |endpoint: &Value| endpoint["addresses"].as_array().cloned().unwrap_or_default();
        let addresses: Vec<String> = list("endpoints").iter().flat_map(addresses).map(|text| plain(&text)).collect();
        vec![
            object["metadata"]["name"].clone(),
            object["addressType"].clone(),
            json!(unset(&cell::first(&ports, 3))),
            json!(unset(&cell::first(&addresses, 3))),
            table::age(object, now),
        ]
    }
}

fn plain(text: &Value) -> String {
    text.as_str().unwrap_or_default().to_owned()
}

/// `listWithMoreString`
fn unset(text: &str) -> &str {
    if text.is_empty() { "<unset>" } else { text }
}

/// `deprecatedTopology` is of `v1beta1`; the node that it names is kept.
fn drop_topology(object: &mut Value, old: Option<&Value>) {
    const HOST: &str = "kubernetes.io/hostname";
    let endpoints = |object: &Value| object["endpoints"].as_array().cloned().unwrap_or_default();
    let known: Vec<String> = old
        .map(|old| endpoints(old).iter().map(|one| plain(&one["deprecatedTopology"][HOST])).collect())
        .unwrap_or_default();
    for endpoint in object["endpoints"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        let Some(topology) = endpoint.remove("deprecatedTopology") else { continue };
        let host = plain(&topology[HOST]);
        if !endpoint.contains_key("nodeName") && known.contains(&host) && !host.is_empty() {
            endpoint.insert("nodeName".to_owned(), json!(host));
        }
    }
}

fn check<'a>(slice: Field<'a>, old: Option<Field<'a>>) {
    let kind = slice.get("addressType");
    kind.require_one_of(&["FQDN", "IPv4", "IPv6"]);
    check_ports(slice.get("ports"));
    let endpoints = slice.get("endpoints");
    if old.is_some_and(|old| old.get("endpoints").equals(endpoints)) {
        return;
    }
    if endpoints.is_over(MOST_ENDPOINTS) {
        return endpoints.too_many(MOST_ENDPOINTS);
    }
    for endpoint in endpoints.items() {
        check_addresses(endpoint.get("addresses"), kind.text());
        check_endpoint(endpoint);
    }
}

fn check_ports(ports: Field<'_>) {
    if ports.is_over(MOST_PORTS) {
        return ports.too_many(MOST_PORTS);
    }
    let mut names: Vec<&str> = Vec::new();
    for port in ports.items() {
        let name = port.get("name");
        if !name.text().is_empty() {
            name.dns_label();
        }
        if names.contains(&name.text()) {
            name.duplicate();
        } else {
            names.push(name.text());
        }
        port.get("protocol").protocol();
        if port.get("appProtocol").is_set() {
            port.get("appProtocol").qualified_name();
        }
    }
}

fn check_addresses(addresses: Field<'_>, kind: &str) {
    if addresses.is_empty() {
        addresses.required("must contain at least 1 address");
    } else if addresses.is_over(MOST_ADDRESSES) {
        addresses.too_many(MOST_ADDRESSES);
    }
    for address in addresses.items() {
        let is_four = parse(address.text()).is_some_and(|address| address.is_ipv4());
        match kind {
            "IPv4" if address.ip_as_stored(&[]) => {
                if !is_four {
                    address.shown_as(addresses).invalid("must be an IPv4 address");
                }
                address.endpoint_ip();
            }
            "IPv6" if address.canonical_ip() => {
                if is_four {
                    address.shown_as(addresses).invalid("must be an IPv6 address");
                }
                address.endpoint_ip();
            }
            "FQDN" => address.full_domain(),
            _ => {}
        }
    }
}

fn check_endpoint(endpoint: Field<'_>) {
    if endpoint.get("nodeName").is_set() {
        endpoint.get("nodeName").dns_subdomain();
    }
    let topology = endpoint.get("deprecatedTopology");
    if topology.is_over(MOST_TOPOLOGY) {
        topology.too_many(MOST_TOPOLOGY);
    }
    topology.labels();
    if endpoint.get("hostname").is_set() {
        endpoint.get("hostname").dns_label();
    }
    let hints = endpoint.get("hints");
    check_hints(hints.get("forZones"), |zone| zone.invalid_for(crdgen_schema::name::label_value(zone.text())));
    check_hints(hints.get("forNodes"), Field::dns_subdomain);
}

fn check_hints<'a>(hints: Field<'a>, check: impl Fn(Field<'a>)) {
    if hints.is_over(MOST_HINTS) {
        return hints.too_many(MOST_HINTS);
    }
    let mut seen: Vec<&str> = Vec::new();
    for name in hints.items().map(|hint| hint.get("name")) {
        if seen.contains(&name.text()) {
            name.duplicate();
        } else {
            seen.push(name.text());
        }
        check(name);
    }
}
