//! The IP families of a service, on a cluster that has IPv4 only.
//!
//! Source: `alloc.go` (`initIPFamilyFields`).

use crdgen_schema::field::Error;
use serde_json::{Value, json};

use super::{has_selector, is_headless, kind, refuse, texts, validation};
use crate::check::{Check, address};
use crate::status::Result;

/// Fills in the families of a service and their policy, and refuses what the cluster cannot give.
pub(super) fn complete(service: &mut Value, old: Option<&Value>) -> Result<()> {
    if kind(service) == "ExternalName" || old.is_some_and(|old| is_settled(service, old)) {
        return Ok(());
    }
    if service["spec"]["ipFamilyPolicy"].is_null() {
        let without_pods = is_headless(service) && !has_selector(service);
        let default = if without_pods { "RequireDualStack" } else { "SingleStack" };
        let before = old.and_then(|old| old["spec"]["ipFamilyPolicy"].as_str());
        service["spec"]["ipFamilyPolicy"] = json!(before.unwrap_or(default));
    }
    let related = match old {
        Some(old) => Check::of_update(service, old, |service, old| validation::check_addresses(service, Some(old))),
        None => Check::of(service, |service| validation::check_addresses(service, None)),
    };
    refuse(service, &related)?;
    let mut errors = Vec::new();
    shrink(service, old, &mut errors);
    refuse_two(service, &mut errors);
    families_of_addresses(service, &mut errors);
    refuse(service, &errors)?;
    if is_headless(service) && !has_selector(service) {
        complete_without_pods(service);
        return Ok(());
    }
    refuse_unknown(service)?;
    if texts(&service["spec"], "ipFamilies").is_empty() {
        service["spec"]["ipFamilies"] = json!(["IPv4"]);
    }
    Ok(())
}

fn policy(service: &Value) -> &str {
    service["spec"]["ipFamilyPolicy"].as_str().unwrap_or_default()
}

/// Whether nothing is to be done, because both prefer two stacks and nothing has changed.
fn is_settled(service: &Value, old: &Value) -> bool {
    let (spec, before) = (&service["spec"], &old["spec"]);
    let prefers = |spec: &Value| spec["ipFamilyPolicy"].is_null() || spec["ipFamilyPolicy"] == "PreferDualStack";
    !spec["ipFamilyPolicy"].is_null()
        && spec["type"] == before["type"]
        && ["ClusterIP", "NodePort", "LoadBalancer"].contains(&kind(service))
        && prefers(spec)
        && prefers(before)
        && texts(spec, "clusterIPs") == texts(before, "clusterIPs")
        && texts(spec, "ipFamilies") == texts(before, "ipFamilies")
}

fn policy_error(service: &Value, why: &str) -> Error {
    Error::invalid("spec.ipFamilyPolicy", &service["spec"]["ipFamilyPolicy"], why)
}

/// A service with one stack gives up its second address and family.
fn shrink(service: &mut Value, old: Option<&Value>, errors: &mut Vec<Error>) {
    let Some(old) = old else { return };
    for (name, what) in [("clusterIPs", "cluster IP"), ("ipFamilies", "IP family")] {
        let (now, before) = (texts(&service["spec"], name), texts(&old["spec"], name));
        if policy(service) != "SingleStack" {
            if !now.is_empty() && now.len() < before.len() {
                let why = format!("must be 'SingleStack' to release the secondary {what}");
                errors.push(policy_error(service, &why));
            }
        } else if now == before && now.len() > 1 {
            service["spec"][name] = json!([now[0]]);
        }
    }
}

fn refuse_two(service: &Value, errors: &mut Vec<Error>) {
    if policy(service) != "SingleStack" {
        return;
    }
    for (name, what) in [("clusterIPs", "cluster IPs"), ("ipFamilies", "IP families")] {
        if texts(&service["spec"], name).len() == 2 {
            let why = format!("must be 'RequireDualStack' or 'PreferDualStack' when multiple {what} are specified");
            errors.push(policy_error(service, &why));
        }
    }
}

/// Families that are not given follow from the addresses.
fn families_of_addresses(service: &mut Value, errors: &mut Vec<Error>) {
    let addresses: Vec<String> = texts(&service["spec"], "clusterIPs").into_iter().map(str::to_owned).collect();
    for (index, address) in addresses.iter().enumerate().take_while(|(_, address)| *address != "None") {
        let mut families = texts(&service["spec"], "ipFamilies");
        if index < families.len() {
            continue;
        }
        if address::parse(address).is_some_and(|address| address.is_ipv4()) {
            families.push("IPv4");
            service["spec"]["ipFamilies"] = json!(families);
        } else {
            let why = "IPv6 is not configured on this cluster";
            errors.push(Error::invalid(format!("spec.clusterIPs[{index}]"), &json!(addresses), why));
        }
    }
}

/// A headless service without a selector may have both families, whatever the cluster has: its endpoints come from elsewhere.
fn complete_without_pods(service: &mut Value) {
    let mut families = texts(&service["spec"], "ipFamilies");
    if families.is_empty() {
        families.push("IPv4");
    }
    if families.len() < 2 && policy(service) != "SingleStack" {
        families.push(if families[0] == "IPv4" { "IPv6" } else { "IPv4" });
    }
    service["spec"]["ipFamilies"] = json!(families);
}

fn refuse_unknown(service: &Value) -> Result<()> {
    let mut errors = Vec::new();
    if policy(service) == "RequireDualStack" {
        errors.push(policy_error(service, "this cluster is not configured for dual-stack services"));
    }
    for (index, family) in texts(&service["spec"], "ipFamilies").into_iter().enumerate() {
        if family != "IPv4" {
            let path = format!("spec.ipFamilies[{index}]");
            errors.push(Error::invalid_text(path, family, "not configured on this cluster"));
        }
    }
    refuse(service, &errors)
}
