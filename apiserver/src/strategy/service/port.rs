//! The node ports of a service, and its port for health checks.
//!
//! Source: `alloc.go` (`initNodePorts`, `updateNodePorts`, `updateHealthCheckNodePort`), `storage.go` (`patchAllocatedValues`).

use std::collections::BTreeMap;

use crdgen_schema::field::Error;
use serde_json::{Value, json};

use super::{kind, needs_health_port, needs_node_ports, refuse};
use crate::allocation::Allocator;
use crate::status::{Result, Status};

/// The node ports that a spec names.
pub(super) fn of(spec: &Value) -> Vec<i64> {
    ports(spec).map(node_port).filter(|port| *port != 0).collect()
}

fn ports(spec: &Value) -> impl Iterator<Item = &Value> {
    spec.get("ports").and_then(Value::as_array).into_iter().flatten()
}

fn node_port(port: &Value) -> i64 {
    port.get("nodePort").and_then(Value::as_i64).unwrap_or(0)
}

/// An update that says nothing about node ports keeps them, by the names of the ports.
pub(super) fn keep(service: &mut Value, old: &Value) {
    if wants_node_ports(service) && wants_node_ports(old) {
        let given = of(&service["spec"]);
        let used: Vec<i64> = of(&old["spec"]).into_iter().filter(|port| given.contains(port)).collect();
        let had: BTreeMap<&str, i64> =
            ports(&old["spec"]).map(|port| (port["name"].as_str().unwrap_or_default(), node_port(port))).collect();
        let ports = service.pointer_mut("/spec/ports").and_then(Value::as_array_mut);
        for port in ports.into_iter().flatten() {
            let name = port.get("name").and_then(Value::as_str).unwrap_or_default();
            let before = had.get(name).copied().unwrap_or(0);
            if node_port(port) == 0 && before != 0 && !used.contains(&before) {
                port["nodePort"] = json!(before);
            }
        }
    }
    let given = service["spec"].get("healthCheckNodePort").is_some_and(|port| *port != 0);
    if needs_health_port(service) && needs_health_port(old) && !given {
        service["spec"]["healthCheckNodePort"] = old["spec"]["healthCheckNodePort"].clone();
    }
}

/// Whether a service takes node ports that it does not name.
fn wants_node_ports(service: &Value) -> bool {
    match kind(service) {
        "NodePort" => true,
        "LoadBalancer" => service["spec"]["allocateLoadBalancerNodePorts"] != false,
        _ => false,
    }
}

/// Takes the ports that a service needs and does not have, and gives back those that it no longer needs.
pub(super) fn take(allocator: &mut Allocator<'_>, service: &mut Value, old: Option<&Value>) -> Result<()> {
    let had = old.map(|old| of(&old["spec"])).unwrap_or_default();
    match old {
        None if needs_node_ports(kind(service)) => take_first(allocator, service)?,
        Some(_) if needs_node_ports(kind(service)) => take_more(allocator, service, &had)?,
        Some(old) if needs_node_ports(kind(old)) => had.iter().for_each(|port| allocator.give_back_port(*port)),
        _ => {}
    }
    let needed = old.is_some_and(needs_health_port);
    match (needed, needs_health_port(service)) {
        (false, true) => take_health_port(allocator, service)?,
        (true, false) => {
            let port = old.and_then(|old| old["spec"]["healthCheckNodePort"].as_i64());
            if let Some(port) = port {
                allocator.give_back_port(port);
            }
        }
        _ => {}
    }
    Ok(())
}

/// The node ports of a new service. Ports with one number and several protocols share theirs.
fn take_first(allocator: &mut Allocator<'_>, service: &mut Value) -> Result<()> {
    let mut shared: BTreeMap<i64, i64> = BTreeMap::new();
    let wants = wants_node_ports(service);
    let count = ports(&service["spec"]).count();
    for index in 0..count {
        let port = &service["spec"]["ports"][index];
        let (number, given) = (port["port"].as_i64().unwrap_or(0), node_port(port));
        if given == 0 && !wants {
            continue;
        }
        let taken = match shared.get(&number).copied() {
            Some(taken) if given == 0 || given == taken => taken,
            Some(_) => {
                certain(allocator, service, index, given)?;
                continue;
            }
            None => {
                let same = ports(&service["spec"]).filter(|port| port["port"].as_i64() == Some(number));
                match same.map(node_port).find(|port| *port != 0) {
                    Some(wanted) => {
                        certain(allocator, service, index, wanted)?;
                        wanted
                    }
                    None => any(allocator, "failed to allocate a nodePort: range is full")?,
                }
            }
        };
        shared.insert(number, taken);
        service["spec"]["ports"][index]["nodePort"] = json!(taken);
    }
    Ok(())
}

/// The node ports of a service that has some.
fn take_more(allocator: &mut Allocator<'_>, service: &mut Value, had: &[i64]) -> Result<()> {
    let wants = wants_node_ports(service);
    let (mut taken, mut seen): (Vec<i64>, Vec<(String, i64)>) = (Vec::new(), Vec::new());
    let count = ports(&service["spec"]).count();
    for index in 0..count {
        let port = &service["spec"]["ports"][index];
        let protocol = port["protocol"].as_str().unwrap_or_default().to_owned();
        let mut number = node_port(port);
        if number == 0 && !wants {
            continue;
        }
        if number == 0 {
            number = any(allocator, "failed to allocate a nodePort: range is full")?;
            service["spec"]["ports"][index]["nodePort"] = json!(number);
        } else if !had.contains(&number) && !taken.contains(&number) {
            certain(allocator, service, index, number)?;
            taken.push(number);
        }
        let pair = (protocol, number);
        if seen.contains(&pair) {
            return Err(Status::unclassified(format!("duplicate nodePort: {{{} {}}}", pair.0, pair.1)));
        }
        seen.push(pair);
    }
    let now = of(&service["spec"]);
    had.iter().filter(|port| !now.contains(port)).for_each(|port| allocator.give_back_port(*port));
    Ok(())
}

fn any(allocator: &mut Allocator<'_>, why: &str) -> Result<i64> {
    allocator.any_port().map(i64::from).ok_or_else(|| Status::internal(why))
}

fn certain(allocator: &mut Allocator<'_>, service: &Value, index: usize, wanted: i64) -> Result<()> {
    match allocator.port(wanted) {
        Ok(()) => Ok(()),
        Err(why) => {
            let path = format!("spec.ports[{index}].nodePort");
            refuse(service, &[Error::invalid(path, &json!(wanted), why)])
        }
    }
}

fn take_health_port(allocator: &mut Allocator<'_>, service: &mut Value) -> Result<()> {
    match service["spec"]["healthCheckNodePort"].as_i64().unwrap_or(0) {
        0 => {
            let port = any(allocator, "failed to allocate a HealthCheck NodePort 0: range is full")?;
            service["spec"]["healthCheckNodePort"] = json!(port);
            Ok(())
        }
        wanted => allocator.port(wanted).map_err(|why| {
            Status::internal(&format!("failed to allocate requested HealthCheck NodePort {wanted}: {why}"))
        }),
    }
}

/// Gives all ports of a service back.
pub(super) fn give_back(allocator: &mut Allocator<'_>, service: &Value) {
    for port in of(&service["spec"]) {
        allocator.give_back_port(port);
    }
    if needs_health_port(service) {
        let port = service["spec"]["healthCheckNodePort"].as_i64();
        if let Some(port) = port {
            allocator.give_back_port(port);
        }
    }
}
