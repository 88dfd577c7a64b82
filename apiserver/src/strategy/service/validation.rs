//! What is wrong with a service.
//!
//! Source: `validateService`, `pkg/api/service/warnings.go`.

use serde_json::json;

use crate::check::Field;
use crate::check::address::parse;

const HINTS: &str = "service.kubernetes.io/topology-aware-hints";
const MODE: &str = "service.kubernetes.io/topology-mode";
const SOURCE_RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";

/// Checks a new service, or one that replaces `old`.
pub(super) fn check<'a>(service: Field<'a>, old: Option<Field<'a>>) {
    let (spec, annotations) = (service.get("spec"), service.get("metadata").get("annotations"));
    let (hints, mode) = (annotations.key(HINTS), annotations.key(MODE));
    if hints.is_set() && mode.is_set() && hints.text() != mode.text() {
        mode.invalid(format!("must match annotations[{HINTS}] when both are specified"));
    }
    let kind = spec.get("type").text();
    if spec.get("ports").is_empty() && !is_headless(spec) && kind != "ExternalName" {
        spec.get("ports").required("");
    }
    match kind {
        "LoadBalancer" | "NodePort" if is_headless(spec) => {
            spec.get("clusterIPs").at(0).invalid(format!("may not be set to 'None' for {kind} services"));
        }
        "ExternalName" => check_external_name(spec),
        _ => {}
    }
    check_ports(spec);
    spec.get("selector").labels();
    check_affinity(spec);
    check_addresses(service, old);
    check_external_ips(spec, old);
    spec.get("type").require_one_of(&["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]);
    check_node_ports(spec, kind);
    check_source_ranges(service, old);
    check_balancer(spec, kind);
    check_traffic(spec, kind);
}

pub(super) fn is_headless(spec: Field<'_>) -> bool {
    spec.get("clusterIPs").len() == 1 && spec.get("clusterIPs").at(0).text() == "None"
}

fn check_external_name(spec: Field<'_>) {
    for name in ["clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
        let field = spec.get(name);
        if !field.is_empty() || !field.text().is_empty() {
            field.forbidden("may not be set for ExternalName services");
        }
    }
    let name = spec.get("externalName");
    let trimmed = name.text().strip_suffix('.').unwrap_or(name.text());
    if trimmed.is_empty() {
        name.required("");
    } else {
        name.invalid_text_for(trimmed, crdgen_schema::name::dns_subdomain(trimmed));
    }
}

fn check_ports(spec: Field<'_>) {
    let ports = spec.get("ports");
    let mut names: Vec<&str> = Vec::new();
    for port in ports.items() {
        let name = port.get("name");
        if name.text().is_empty() {
            if ports.len() > 1 {
                name.required("");
            }
        } else {
            name.dns_label();
            if names.contains(&name.text()) {
                name.duplicate();
            }
            names.push(name.text());
        }
        port.get("port").port_number();
        port.get("protocol").protocol();
        port.get("targetPort").port_number_or_name();
        if port.get("appProtocol").is_set() {
            port.get("appProtocol").qualified_name();
        }
    }
}

fn check_affinity(spec: Field<'_>) {
    const WHEN: &str = "when session affinity type is ClientIP";
    let (affinity, config) = (spec.get("sessionAffinity"), spec.get("sessionAffinityConfig"));
    affinity.require_one_of(&["ClientIP", "None"]);
    let timeout = config.get("clientIP").get("timeoutSeconds");
    match affinity.text() {
        "ClientIP" if !config.is_set() => config.required(WHEN),
        "ClientIP" if !config.get("clientIP").is_set() => config.get("clientIP").required(WHEN),
        "ClientIP" if !timeout.is_set() => timeout.required(WHEN),
        "ClientIP" if !(1..=86_400).contains(&timeout.int()) => {
            timeout.invalid("must be greater than 0 and less than 86400");
        }
        "None" if config.is_set() => config.forbidden("must not be set when session affinity is None"),
        _ => {}
    }
}

/// The addresses and families of a service (`ValidateServiceClusterIPsRelatedFields`).
pub(super) fn check_addresses<'a>(service: Field<'a>, old: Option<Field<'a>>) {
    let spec = service.get("spec");
    if spec.get("type").text() == "ExternalName" {
        return;
    }
    let (one, all) = (spec.get("clusterIP"), spec.get("clusterIPs"));
    match (one.text(), all.len()) {
        ("", 0) => {}
        ("", _) => all.invalid("must be empty when `clusterIP` is not specified"),
        (_, 0) => all.required(""),
        (one, _) if all.at(0).text() != one => all.invalid("first value must match `clusterIP`"),
        _ => {}
    }
    let mut seen: Vec<&str> = Vec::new();
    for family in spec.get("ipFamilies").items() {
        family.one_of(&["IPv4", "IPv6"]);
        if seen.contains(&family.text()) {
            family.duplicate();
        }
        seen.push(family.text());
    }
    if spec.get("ipFamilyPolicy").is_set() {
        spec.get("ipFamilyPolicy").one_of(&["PreferDualStack", "RequireDualStack", "SingleStack"]);
    }
    let stored: Vec<&str> = old.map(|old| texts(old.get("spec").get("clusterIPs"))).unwrap_or_default();
    let mut fine = true;
    for (index, address) in all.items().enumerate() {
        if index == 0 && address.text() == "None" {
            if all.len() > 1 {
                fine = false;
                all.invalid("'None' must be the first and only value");
            }
        } else {
            fine &= address.ip_as_stored(&stored);
        }
    }
    if all.len() > 2 {
        all.invalid("may only hold up to 2 values");
    }
    if fine {
        check_families(spec);
    }
}

fn check_families(spec: Field<'_>) {
    let (all, families) = (spec.get("clusterIPs"), spec.get("ipFamilies"));
    let is_six = |address: Field<'_>| parse(address.text()).is_some_and(|address| address.is_ipv6());
    if all.len() > 1 {
        let six = all.items().filter(|address| is_six(*address)).count();
        if six == 0 || six == all.len() {
            all.invalid("may specify no more than one IP for each IP family");
        }
    }
    if is_headless(spec) {
        return;
    }
    for (index, (address, family)) in all.items().zip(families.items()).enumerate() {
        match family.text() {
            "IPv4" if is_six(address) => {
                address.invalid(format!("expected an IPv4 value as indicated by `ipFamilies[{index}]`"));
            }
            "IPv6" if !is_six(address) => {
                address.invalid(format!("expected an IPv6 value as indicated by `ipFamilies[{index}]`"));
            }
            _ => {}
        }
    }
}

fn check_external_ips<'a>(spec: Field<'a>, old: Option<Field<'a>>) {
    let stored: Vec<&str> = old.map(|old| texts(old.get("spec").get("externalIPs"))).unwrap_or_default();
    for address in spec.get("externalIPs").items() {
        if address.ip_as_stored(&stored) {
            address.endpoint_ip();
        }
    }
}

fn check_node_ports(spec: Field<'_>, kind: &str) {
    let has = |port: &Field<'_>| port.get("nodePort").int() != 0;
    if kind == "ClusterIP" {
        for port in spec.get("ports").items().filter(has) {
            port.get("nodePort").forbidden("may not be used when `type` is 'ClusterIP'");
        }
    }
    let mut seen: Vec<(&str, i64)> = Vec::new();
    for port in spec.get("ports").items().filter(has) {
        let pair = (port.get("protocol").text(), port.get("nodePort").int());
        if seen.contains(&pair) {
            port.get("nodePort").duplicate();
        }
        seen.push(pair);
    }
    seen.clear();
    for port in spec.get("ports").items() {
        let (protocol, number) = (port.get("protocol").text(), port.get("port").int());
        if seen.contains(&(protocol, number)) {
            // Only what must be unique is shown.
            let key = json!({"protocol": protocol, "port": number});
            port.with_value(&key).duplicate();
        }
        seen.push((protocol, number));
    }
}

fn check_source_ranges<'a>(service: Field<'a>, old: Option<Field<'a>>) {
    const WHY: &str = "may only be used when `type` is 'LoadBalancer'";
    let (spec, ranges) = (service.get("spec"), service.get("spec").get("loadBalancerSourceRanges"));
    let is_balancer = spec.get("type").text() == "LoadBalancer";
    if !ranges.is_empty() {
        let field = spec.get("LoadBalancerSourceRanges");
        if !is_balancer {
            field.forbidden(WHY);
        }
        let before = |old: Field<'a>| texts(old.get("spec").get("loadBalancerSourceRanges"));
        let stored: Vec<&str> = old.map(before).unwrap_or_default().into_iter().map(str::trim).collect();
        for (index, range) in ranges.items().enumerate().filter(|(_, range)| !stored.contains(&range.text().trim())) {
            field.at(index).cidr_in_any_form(range.text().trim());
        }
        return;
    }
    let annotation = |service: Field<'a>| service.get("metadata").get("annotations").key(SOURCE_RANGES);
    let given = annotation(service);
    if !given.is_set() {
        return;
    }
    if !is_balancer {
        given.forbidden(WHY);
    }
    if old.is_none_or(|old| !annotation(old).equals(given)) && !given.text().trim().is_empty() {
        for range in given.text().trim().split(',') {
            given.cidr_in_any_form(range.trim());
        }
    }
}

fn check_balancer(spec: Field<'_>, kind: &str) {
    const WHY: &str = "may only be used when `type` is 'LoadBalancer'";
    let (ports, class) = (spec.get("allocateLoadBalancerNodePorts"), spec.get("loadBalancerClass"));
    if ports.is_set() && kind != "LoadBalancer" {
        ports.forbidden(WHY);
    }
    check_class(class, kind);
}

pub(super) fn check_class(class: Field<'_>, kind: &str) {
    match (class.is_set(), kind) {
        (false, _) => {}
        (true, "LoadBalancer") => class.qualified_name(),
        (true, _) => class.forbidden("may only be used when `type` is 'LoadBalancer'"),
    }
}

fn check_traffic(spec: Field<'_>, kind: &str) {
    const POLICIES: [&str; 2] = ["Cluster", "Local"];
    let external = spec.get("externalTrafficPolicy");
    if is_externally_accessible(spec) {
        external.require_one_of(&POLICIES);
    } else if !external.text().is_empty() {
        external.invalid("may only be set for externally-accessible services");
    }
    let port = spec.get("healthCheckNodePort");
    match (needs_health_port(spec), port.int()) {
        (false, 0) => {}
        (false, _) => {
            port.invalid("may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        }
        (true, 0) => port.required(""),
        (true, _) => port.port_number(),
    }
    let internal = spec.get("internalTrafficPolicy");
    if internal.is_set() {
        internal.one_of(&POLICIES);
    } else if ["NodePort", "LoadBalancer", "ClusterIP"].contains(&kind) {
        internal.required("");
    }
    if spec.get("trafficDistribution").is_set() {
        spec.get("trafficDistribution").one_of(&["PreferClose", "PreferSameZone", "PreferSameNode"]);
    }
}

fn is_externally_accessible(spec: Field<'_>) -> bool {
    match spec.get("type").text() {
        "LoadBalancer" | "NodePort" => true,
        "ClusterIP" => !spec.get("externalIPs").is_empty(),
        _ => false,
    }
}

pub(super) fn needs_health_port(spec: Field<'_>) -> bool {
    spec.get("type").text() == "LoadBalancer" && spec.get("externalTrafficPolicy").text() == "Local"
}

fn texts(list: Field<'_>) -> Vec<&str> {
    list.items().map(Field::text).collect()
}

/// What the client should know about a service.
pub(super) fn warnings(service: Field<'_>) -> Vec<String> {
    let (spec, mut found) = (service.get("spec"), Vec::new());
    if service.get("metadata").get("annotations").key(HINTS).is_set() {
        found.push(format!("annotation {HINTS} is deprecated, please use {MODE} instead"));
    }
    let (one, kind) = (spec.get("clusterIP").text(), spec.get("type").text());
    let (external, balancer) = (spec.get("externalIPs"), spec.get("loadBalancerIP"));
    if !one.is_empty() && one != "None" {
        found.extend(spec.get("clusterIPs").items().filter_map(Field::ip_warning));
    }
    let headless = kind == "ClusterIP" && one == "None";
    if headless {
        let ignored = [
            (!balancer.text().is_empty(), "loadBalancerIP"),
            (!external.is_empty(), "externalIPs"),
            (spec.get("sessionAffinity").text() != "None", "SessionAffinity"),
        ];
        let ignored = ignored.into_iter().filter(|(is, _)| *is);
        found.extend(ignored.map(|(_, name)| format!("spec.{name} is ignored for headless services")));
    }
    found.extend(external.items().filter_map(Field::ip_warning));
    if !external.is_empty() && !headless && kind != "ExternalName" {
        found.push("spec.externalIPs is deprecated and may no longer be implemented in some clusters".to_owned());
    }
    if !balancer.text().is_empty() {
        found.extend(balancer.ip_warning());
    }
    found.extend(spec.get("loadBalancerSourceRanges").items().flat_map(Field::cidr_warnings));
    if kind == "ExternalName" && !external.is_empty() {
        found.push("spec.externalIPs is ignored when spec.type is \"ExternalName\"".to_owned());
    }
    if kind != "ExternalName" && !spec.get("externalName").text().is_empty() {
        found.push("spec.externalName is ignored when spec.type is not \"ExternalName\"".to_owned());
    }
    if spec.get("trafficDistribution").text() == "PreferClose" {
        found.push("spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"".to_owned());
    }
    found
}
