//! The cluster IPs of a service: which it asks for, which it gets, and which it gives back.
//!
//! Source: `alloc.go` (`allocClusterIPs`, `updateClusterIPs`), `storage.go` (`patchAllocatedValues`, `normalizeClusterIPs`).

use crdgen_schema::field::Error;
use serde_json::{Value, json};

use super::{kind, refuse, remove, texts};
use crate::allocation::{Allocator, BLOCK};
use crate::check::address::{Block, parse};
use crate::object::text;
use crate::status::{Result, Status};

/// An update that says nothing about addresses keeps them.
pub(super) fn keep(service: &mut Value, old: &Value) {
    if kind(service) == "ExternalName" || kind(old) == "ExternalName" {
        return;
    }
    for name in ["clusterIP", "clusterIPs"] {
        let given = service["spec"].get(name).is_some_and(|value| *value != "" && *value != json!([]));
        if let Some(value) = old["spec"].get(name).filter(|_| !given) {
            service["spec"][name] = value.clone();
        }
    }
}

/// Makes `clusterIPs` follow `clusterIP`, for clients that know only that one.
pub(super) fn agree(service: &mut Value, old: Option<&Value>) {
    let one = service["spec"]["clusterIP"].as_str().unwrap_or_default().to_owned();
    let has_list = !texts(&service["spec"], "clusterIPs").is_empty();
    let list = json!([one]);
    match old {
        None if !one.is_empty() && !has_list => service["spec"]["clusterIPs"] = list,
        None => {}
        Some(old) => {
            let before = old["spec"]["clusterIP"].as_str().unwrap_or_default();
            let had = texts(&old["spec"], "clusterIPs");
            if !had.is_empty() && !has_list && before == one {
                service["spec"]["clusterIPs"] = json!(had);
            }
            if before != one && had == texts(&service["spec"], "clusterIPs") {
                if one.is_empty() {
                    remove(&mut service["spec"], "clusterIPs");
                } else {
                    service["spec"]["clusterIPs"] = list;
                }
            }
        }
    }
    if service["spec"]["clusterIP"].is_null() {
        remove(&mut service["spec"], "clusterIP");
    }
}

/// Takes the addresses of a service that has none yet.
pub(super) fn take(allocator: &mut Allocator<'_>, service: &mut Value) -> Result<()> {
    let list: Vec<String> = texts(&service["spec"], "clusterIPs").into_iter().map(str::to_owned).collect();
    if kind(service) == "ExternalName" || list.first().is_some_and(|first| first == "None") {
        return Ok(());
    }
    // There is one family, so that there is one address.
    let wanted = list.first().map(String::as_str).unwrap_or_default();
    let given = if wanted.is_empty() { any(allocator, service)? } else { certain(allocator, service, wanted)? };
    service["spec"]["clusterIPs"] = json!([given]);
    service["spec"]["clusterIP"] = json!(given);
    Ok(())
}

fn any(allocator: &mut Allocator<'_>, service: &Value) -> Result<String> {
    let name = text(service, "name");
    let full = || Status::internal(&format!("failed to allocate a serviceIP for Service {name:?}: range is full"));
    let address = allocator.any_address(service).ok_or_else(full)?;
    if name.is_empty() {
        // The address would belong to nobody.
        let why = format!(
            "failed to allocate IP: IPAddress.networking.k8s.io {address:?} is invalid: spec.parentRef.name: Required value"
        );
        refuse(service, &[Error::invalid("spec.clusterIPs", &json!([""]), why)])?;
    }
    Ok(address)
}

fn certain(allocator: &mut Allocator<'_>, service: &Value, wanted: &str) -> Result<String> {
    let Some(address) = parse(wanted) else {
        return Err(Status::internal(&format!("failed to parse service IP {wanted:?}")));
    };
    if let Err(why) = allocator.address(address, service) {
        let why = format!("failed to allocate IP {wanted}: {why}");
        refuse(service, &[Error::invalid("spec.clusterIPs", &service["spec"]["clusterIPs"], why)])?;
    }
    Ok(wanted.to_owned())
}

/// Takes or gives back addresses when the type of a service changes.
pub(super) fn change(allocator: &mut Allocator<'_>, service: &mut Value, old: &Value) -> Result<()> {
    match (kind(old), kind(service)) {
        ("ExternalName", "ExternalName") => {}
        ("ExternalName", _) => take(allocator, service)?,
        (_, "ExternalName") => give_back(allocator, old),
        _ => {}
    }
    Ok(())
}

/// Gives the addresses of a service back.
pub(super) fn give_back(allocator: &mut Allocator<'_>, service: &Value) {
    if kind(service) == "ExternalName" {
        return;
    }
    let block = Block::parse(BLOCK);
    for address in texts(&service["spec"], "clusterIPs") {
        if parse(address).is_some_and(|address| block.is_some_and(|block| block.contains(address))) {
            allocator.give_back_address(address);
        }
    }
}
