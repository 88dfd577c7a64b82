//! `v1` `Endpoints`, which `EndpointSlice` replaces.
//!
//! Source: `ValidateEndpoints`, `k8s.io/kubernetes/pkg/registry/core/endpoint`.

use crdgen_schema::metadata::NameRule;
use serde_json::{Value, json};

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// `v1/Endpoints`
#[derive(Debug)]
pub(super) struct Endpoints;

impl Strategy for Endpoints {
    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        object.get("subsets").items().for_each(check_subset);
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        object.metadata(true, NameRule::DnsSubdomain);
        if !object.get("subsets").equals(old.get("subsets")) {
            self.validate(resource, object);
        }
    }

    fn warnings(&self, object: Field<'_>, _old: Option<Field<'_>>) -> Vec<String> {
        let manager = object.get("metadata").get("labels").key("endpoints.kubernetes.io/managed-by");
        if manager.text() == "endpoint-controller" {
            return Vec::new();
        }
        let lists = |subset: Field<'_>| {
            let lists = [subset.get("addresses"), subset.get("notReadyAddresses")];
            let all = lists.into_iter().flat_map(Field::items);
            all.filter_map(|address| address.get("ip").ip_warning()).collect::<Vec<_>>()
        };
        object.get("subsets").items().flat_map(lists).collect()
    }

    fn create_on_update(&self) -> bool {
        true
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        vec![object["metadata"]["name"].clone(), json!(addresses(object)), table::age(object, now)]
    }
}

fn check_subset(subset: Field<'_>) {
    let (ready, others, ports) = (subset.get("addresses"), subset.get("notReadyAddresses"), subset.get("ports"));
    if ready.is_empty() && others.is_empty() {
        subset.required("must specify `addresses` or `notReadyAddresses`");
    }
    ready.items().chain(others.items()).for_each(check_address);
    for port in ports.items() {
        match port.get("name").text() {
            "" if ports.len() > 1 => port.get("name").required(""),
            "" => {}
            _ => port.get("name").dns_label(),
        }
        port.get("port").port_number();
        port.get("protocol").protocol();
        if port.get("appProtocol").is_set() {
            port.get("appProtocol").qualified_name();
        }
    }
}

fn check_address(address: Field<'_>) {
    address.get("ip").ip();
    if !address.get("hostname").text().is_empty() {
        address.get("hostname").dns_label();
    }
    if address.get("nodeName").is_set() {
        address.get("nodeName").dns_subdomain();
    }
    address.get("ip").endpoint_ip();
}

/// The first three addresses with their ports (`formatEndpoints`).
fn addresses(object: &Value) -> String {
    const MOST: usize = 3;
    let subsets = object["subsets"].as_array().map(Vec::as_slice).unwrap_or_default();
    if subsets.is_empty() {
        return "<none>".to_owned();
    }
    let (mut shown, mut count, mut more) = (Vec::new(), 0, false);
    for subset in subsets {
        let addresses = subset["addresses"].as_array().map(Vec::as_slice).unwrap_or_default();
        let ports: Vec<Option<i64>> = match subset["ports"].as_array() {
            Some(ports) if !ports.is_empty() => ports.iter().map(|port| port["port"].as_i64()).collect(),
            _ => vec![None],
        };
        for port in ports {
            count += addresses.len();
            more |= shown.len() + addresses.len() > MOST;
            for address in addresses.iter().take(MOST - shown.len()) {
                let ip = address["ip"].as_str().unwrap_or_default();
                shown.push(match port {
                    Some(port) if ip.contains(':') => format!("[{ip}]:{port}"),
                    Some(port) => format!("{ip}:{port}"),
                    None => ip.to_owned(),
                });
            }
        }
    }
    let list = shown.join(",");
    if more { format!("{list} + {} more...", count - MOST) } else { list }
}
