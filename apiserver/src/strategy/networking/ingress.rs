//! `networking.k8s.io/v1` `Ingress`: which requests from outside go to which service.

use crdgen_schema::metadata::NameRule;
use crdgen_schema::name;
use serde_json::{Value, json};

use crate::check::Field;
use crate::check::address::parse;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::{cell, table};

/// `networking.k8s.io/v1/Ingress`
#[derive(Debug)]
pub(in crate::strategy) struct Ingress;

const CLASS: &str = "kubernetes.io/ingress.class";

impl Strategy for Ingress {
    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check_spec(object.get("spec"), None);
        let (class, annotation) = (object.get("spec").get("ingressClassName"), object.annotation(CLASS));
        if annotation.is_set() && class.is_set() && annotation.text() != class.text() {
            let path = object.get("annotations").get(CLASS);
            annotation.shown_as(path).invalid("must match `ingressClassName` when both are specified");
        }
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource == Subresource::Main {
            object.metadata(true, NameRule::DnsSubdomain);
            check_spec(object.get("spec"), Some(old.get("spec")));
        } else {
            check_status(object, old);
        }
    }

    fn warnings(&self, object: Field<'_>, old: Option<Field<'_>>) -> Vec<String> {
        let class = object.get("spec").get("ingressClassName");
        let is_old_way = old.is_none() && object.annotation(CLASS).is_set() && !class.is_set();
        let warning = format!("annotation {CLASS:?} is deprecated, please use 'spec.ingressClassName' instead");
        is_old_way.then_some(warning).into_iter().collect()
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let spec = &object["spec"];
        let has_tls = spec["tls"].as_array().is_some_and(|list| !list.is_empty());
        vec![
            object["metadata"]["name"].clone(),
            cell::text_or(&spec["ingressClassName"], "<none>"),
            json!(hosts(spec)),
            json!(cell::ingress(&object["status"]["loadBalancer"]).join(",")),
            json!(if has_tls { "80, 443" } else { "80" }),
            table::age(object, now),
        ]
    }
}

/// The first three hosts (`formatHosts`).
fn hosts(spec: &Value) -> String {
    let rules = spec["rules"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (mut list, mut more) = (Vec::new(), false);
    for rule in rules {
        more |= list.len() == 3;
        list.extend(rule["host"].as_str().filter(|host| !more && !host.is_empty()));
    }
    match (list.is_empty(), more) {
        (true, _) => "*".to_owned(),
        (false, true) => format!("{} + {} more...", list.join(","), rules.len() - 3),
        (false, false) => list.join(","),
    }
}

/// What a stored ingress has that a new one could not have.
#[derive(Clone, Copy)]
struct Lenient {
    secret_names: bool,
    wildcard_rules: bool,
}

fn check_spec<'a>(spec: Field<'a>, old: Option<Field<'a>>) {
    let (backend, rules, tls) = (spec.get("defaultBackend"), spec.get("rules"), spec.get("tls"));
    let lenient = Lenient {
        secret_names: old.is_some_and(has_bad_secret_name),
        wildcard_rules: old.is_some_and(has_bad_wildcard_rule),
    };
    if rules.is_empty() && !backend.is_set() {
        rules.shown_as(spec).invalid("either `defaultBackend` or `rules` must be specified");
    }
    if backend.is_set() {
        check_backend(backend);
    }
    for rule in rules.items() {
        check_rule(rule, lenient);
    }
    tls.items().for_each(|tls| check_tls(tls, lenient));
    if spec.get("ingressClassName").is_set() {
        spec.get("ingressClassName").dns_subdomain();
    }
}

fn has_bad_secret_name(spec: Field<'_>) -> bool {
    let mut names = spec.get("tls").items().map(|tls| tls.get("secretName").text());
    names.any(|text| !text.is_empty() && !name::dns_subdomain(text).is_empty())
}

fn has_bad_wildcard_rule(spec: Field<'_>) -> bool {
    spec.get("rules").items().filter(|rule| rule.get("host").text().contains('*')).any(|rule| {
        let http = rule.get("http");
        http.is_set() && http.is_wrong(check_http)
    })
}

fn check_tls(tls: Field<'_>, lenient: Lenient) {
    for host in tls.get("hosts").items() {
        check_host(host);
    }
    let secret = tls.get("secretName");
    if !lenient.secret_names && !secret.text().is_empty() {
        secret.dns_subdomain();
    }
}

fn check_host(host: Field<'_>) {
    if host.text().contains('*') {
        host.invalid_for(wildcard_faults(host.text()));
    } else {
        host.dns_subdomain();
    }
}

/// `IsWildcardDNS1123Subdomain`
fn wildcard_faults(text: &str) -> Vec<String> {
    const WHY: &str = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must \
        consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. \
        '*.example.com', regex used for validation is \
        '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    let mut faults = Vec::new();
    if text.len() > 253 {
        faults.push("must be no more than 253 characters".to_owned());
    }
    let domain = text.strip_prefix("*.").map(|rest| rest.get(..253).unwrap_or(rest));
    if domain.is_none_or(|domain| !name::dns_subdomain(domain).is_empty()) {
        faults.push(WHY.to_owned());
    }
    faults
}

fn check_rule(rule: Field<'_>, lenient: Lenient) {
    let host = rule.get("host");
    if !host.text().is_empty() {
        if parse(host.text()).is_some() {
            host.invalid("must be a DNS name, not an IP address");
        }
        check_host(host);
    }
    let is_wildcard = host.text().contains('*');
    if rule.get("http").is_set() && !(is_wildcard && lenient.wildcard_rules) {
        check_http(rule.get("http"));
    }
}

fn check_http(http: Field<'_>) {
    let paths = http.get("paths");
    if paths.is_empty() {
        paths.required("");
    }
    paths.items().for_each(check_path);
}

fn check_path(entry: Field<'_>) {
    const SEQUENCES: [&str; 5] = ["//", "/./", "/../", "%2f", "%2F"];
    let (kind, path) = (entry.get("pathType"), entry.get("path"));
    if !kind.is_set() {
        kind.required("pathType must be specified");
        return;
    }
    let is_absolute = path.text().starts_with('/');
    match kind.text() {
        "Exact" | "Prefix" => {
            if !is_absolute {
                path.invalid("must be an absolute path");
            }
            for part in SEQUENCES.iter().filter(|part| path.text().contains(**part)) {
                path.invalid(format!("must not contain '{part}'"));
            }
            for end in ["/..", "/."].iter().filter(|end| path.text().ends_with(**end)) {
                path.invalid(format!("cannot end with '{end}'"));
            }
        }
        "ImplementationSpecific" => {
            if !path.text().is_empty() && !is_absolute {
                path.invalid("must be an absolute path");
            }
        }
        _ => kind.not_supported(&["Exact", "ImplementationSpecific", "Prefix"]),
    }
    check_backend(entry.get("backend"));
}

fn check_backend(backend: Field<'_>) {
    let (resource, service) = (backend.get("resource"), backend.get("service"));
    let refuse = |why: &str| backend.invalid_as(&json!(""), why);
    match (resource.is_set(), service.is_set()) {
        (true, true) => refuse("cannot set both resource and service backends"),
        (false, false) => refuse("resource or service backend is required"),
        (true, false) => super::class::check_reference(resource),
        (false, true) => {
            if service.get("name").require_text() {
                service.get("name").dns_label();
            }
            let (port_name, number) = (service.get("port").get("name"), service.get("port").get("number"));
            match (port_name.text().is_empty(), number.int()) {
                (false, 0) => port_name.port_name(),
                (false, _) => refuse("cannot set both port name & port number"),
                (true, 0) => backend.required("port name or number is required"),
                (true, _) => number.port_number(),
            }
        }
    }
}

fn check_status<'a>(object: Field<'a>, old: Field<'a>) {
    let entries = |object: Field<'a>| object.get("status").get("loadBalancer").get("ingress");
    let stored: Vec<&str> = entries(old).items().map(|entry| entry.get("ip").text()).collect();
    for entry in entries(object).items() {
        if !entry.get("ip").text().is_empty() {
            entry.get("ip").ip_as_stored(&stored);
        }
        entry.get("hostname").host_of_balancer();
    }
}
