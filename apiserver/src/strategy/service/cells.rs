//! A service in a Table.
//!
//! Source: `printService`.

use serde_json::{Value, json};

use super::{kind, texts};
use crate::response::{cell, table};

pub(super) fn of(service: &Value, now: jiff::Timestamp) -> Vec<Value> {
    let spec = &service["spec"];
    vec![
        service["metadata"]["name"].clone(),
        json!(kind(service)),
        json!(texts(spec, "clusterIPs").first().unwrap_or(&"<none>")),
        json!(external_ip(service)),
        json!(cell::or_none(&ports(spec))),
        table::age(service, now),
        json!(cell::labels(&spec["selector"])),
    ]
}

fn external_ip(service: &Value) -> String {
    let external = texts(&service["spec"], "externalIPs");
    match kind(service) {
        "ClusterIP" | "NodePort" => cell::or_none(&external.join(",")).to_owned(),
        "LoadBalancer" => {
            let mut all = cell::ingress(&service["status"]["loadBalancer"]);
            all.extend(external.into_iter().map(str::to_owned));
            if all.is_empty() { "<pending>".to_owned() } else { all.join(",") }
        }
        "ExternalName" => service["spec"]["externalName"].as_str().unwrap_or_default().to_owned(),
        _ => "<unknown>".to_owned(),
    }
}

fn ports(spec: &Value) -> String {
    let ports = spec["ports"].as_array().into_iter().flatten().map(|port| {
        let (number, protocol) = (&port["port"], port["protocol"].as_str().unwrap_or_default());
        match port["nodePort"].as_i64().filter(|port| *port > 0) {
            Some(node) => format!("{number}:{node}/{protocol}"),
            None => format!("{number}/{protocol}"),
        }
    });
    ports.collect::<Vec<_>>().join(",")
}
