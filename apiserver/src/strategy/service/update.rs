//! What is wrong with the change of a service, and with its status.
//!
//! Source: `ValidateServiceUpdate`, `ValidateServiceStatusUpdate`.

use super::validation::{check, check_class, is_headless, needs_health_port};
use crate::check::Field;

/// Checks a service that replaces another one.
pub(super) fn check_update<'a>(service: Field<'a>, old: Field<'a>) {
    let (spec, before) = (service.get("spec"), old.get("spec"));
    let (kind, was) = (spec.get("type").text(), before.get("type").text());
    if kind != "ExternalName" && was != "ExternalName" {
        check_address_change(spec, before);
        check_family_change(spec, before);
    }
    let class = spec.get("loadBalancerClass");
    if kind == "LoadBalancer" && was == "LoadBalancer" && !class.equals(before.get("loadBalancerClass")) {
        class.invalid("may not change once set");
    }
    check_class(class, kind);
    let port = spec.get("healthCheckNodePort");
    if needs_health_port(spec) && needs_health_port(before) && port.int() != before.get("healthCheckNodePort").int() {
        port.forbidden("field is immutable");
    }
    check(service, Some(old));
}

fn check_address_change<'a>(spec: Field<'a>, before: Field<'a>) {
    const WHY: &str = "may not change once set";
    if is_headless(spec) && is_headless(before) {
        return;
    }
    let (now, old) = (spec.get("clusterIPs"), before.get("clusterIPs"));
    let first_differs = !now.is_empty() && !old.is_empty() && !now.at(0).equals(old.at(0));
    if now.len() == old.len() {
        for (one, _) in now.items().zip(old.items()).filter(|(one, old)| !one.equals(*old)) {
            now.shown_as(one).invalid(WHY);
        }
        return;
    }
    if now.len() < old.len() && now.is_empty() {
        now.shown_as(now.at(0)).invalid("primary clusterIP can not be unset");
    }
    if first_differs {
        now.shown_as(now.at(0)).invalid(WHY);
    }
    let policy = spec.get("ipFamilyPolicy");
    if now.len() < old.len() && now.len() == 1 && policy.text() != "SingleStack" {
        policy.invalid("must be set to 'SingleStack' when releasing the secondary clusterIP");
    }
}

fn check_family_change<'a>(spec: Field<'a>, before: Field<'a>) {
    const WHY: &str = "may not change once set";
    if is_headless(spec) || is_headless(before) {
        return;
    }
    let (now, old) = (spec.get("ipFamilies"), before.get("ipFamilies"));
    let addresses = spec.get("clusterIPs");
    if now.len() == old.len() {
        for _ in now.items().zip(old.items()).filter(|(one, old)| !one.equals(*old)) {
            now.shown_as(now.at(0)).invalid(WHY);
        }
        return;
    }
    if now.len() < old.len() && addresses.is_empty() {
        now.shown_as(now.at(0)).invalid("primary ipFamily can not be unset");
    }
    if !now.is_empty() && !old.is_empty() && !now.at(0).equals(old.at(0)) {
        addresses.shown_as(now.at(0)).invalid(WHY);
    }
    let policy = spec.get("ipFamilyPolicy");
    if now.len() < old.len() && now.len() == 1 && policy.text() != "SingleStack" {
        policy.invalid("must be set to 'SingleStack' when releasing the secondary ipFamily");
    }
}

/// Checks the status of a service.
pub(super) fn check_status<'a>(service: Field<'a>, old: Field<'a>) {
    let entries = |service: Field<'a>| service.get("status").get("loadBalancer").get("ingress");
    if service.get("spec").get("type").text() != "LoadBalancer" && !entries(service).is_empty() {
        entries(service).forbidden("may only be used when `spec.type` is 'LoadBalancer'");
        return;
    }
    let stored: Vec<&str> = entries(old).items().map(|entry| entry.get("ip").text()).collect();
    for entry in entries(service).items() {
        let (ip, mode) = (entry.get("ip"), entry.get("ipMode"));
        let has_ip = !ip.text().is_empty();
        if has_ip {
            ip.ip_as_stored(&stored);
        }
        match (mode.is_set(), has_ip) {
            (false, true) => mode.required("must be specified when `ip` is set"),
            (true, false) => mode.forbidden("may not be specified when `ip` is not set"),
            (true, true) => {
                mode.one_of(&["Proxy", "VIP"]);
            }
            (false, false) => {}
        }
        entry.get("hostname").host_of_balancer();
    }
}
