//! `v1` `Node`.
//!
//! Source: `ValidateNode`, `ValidateNodeUpdate`, `k8s.io/kubernetes/pkg/registry/core/node`.

use std::collections::BTreeSet;

use crdgen_schema::metadata::NameRule;
use crdgen_schema::name;
use serde_json::{Value, json};

use crate::check::Field;
use crate::check::address::Block;
use crate::resource::strategy::{Strategy, Subresource};
use crate::resource::{Resource, built_in};
use crate::response::table;

/// `v1/Node`
#[derive(Debug)]
pub(super) struct Node;

const ROLE_LABEL: &str = "kubernetes.io/role";
const ROLE_PREFIX: &str = "node-role.kubernetes.io/";

impl Strategy for Node {
    fn set_defaults(&self, object: &mut Value) {
        agree_about_blocks(&mut object["spec"]);
        let status = &mut object["status"];
        if status["allocatable"].is_null()
            && let Some(capacity) = status.get("capacity").filter(|capacity| !capacity.is_null()).cloned()
        {
            status["allocatable"] = capacity;
        }
        for part in ["spec", "status"] {
            if let Some(members) = object[part].as_object_mut() {
                members.retain(|_, value| !value.is_null());
            }
        }
    }

    fn prepare_for_create(&self, _resource: &Resource, object: &mut Value) {
        // Whoever registers a node sets its status at once.
        remove(&mut object["spec"], "configSource");
        remove(&mut object["status"], "config");
    }

    fn prepare_for_update(&self, resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        built_in::prepare_for_update(&[], resource, object, old, subresource);
        if subresource == Subresource::Main && old["spec"].get("configSource").is_none() {
            remove(&mut object["spec"], "configSource");
        }
        if subresource == Subresource::Status && old["status"].get("config").is_none() {
            remove(&mut object["status"], "config");
        }
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let (spec, status) = (object.get("spec"), object.get("status"));
        check_taints(object);
        check_resources(status);
        let swap = status.get("nodeInfo").get("swap").get("capacity");
        if swap.is_set() {
            swap.shown_as(object.get("metadata").get("nodeSwapStatus").get("capacity")).positive();
        }
        check_features(status.get("declaredFeatures"));
        check_blocks(spec.get("podCIDRs"));
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource == Subresource::Main {
            object.metadata(false, NameRule::DnsSubdomain);
            self.validate(resource, object);
        }
        check_update(object, old);
    }

    fn warnings(&self, object: Field<'_>, _old: Option<Field<'_>>) -> Vec<String> {
        let (spec, mut found) = (object.get("spec"), Vec::new());
        if spec.get("configSource").is_set() {
            found.push("spec.configSource: the feature is removed".to_owned());
        }
        if !spec.get("externalID").text().is_empty() {
            found.push("spec.externalID: this field is deprecated, and is unused by Kubernetes".to_owned());
        }
        found.extend(spec.get("podCIDRs").items().flat_map(Field::cidr_warnings));
        found
    }

    fn selectable(&self) -> &'static [&'static str] {
        &["spec.unschedulable"]
    }

    fn selected(&self, object: &Value, name: &str) -> Option<String> {
        (name == "spec.unschedulable").then(|| (object["spec"]["unschedulable"] == true).to_string())
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        cells(object, now)
    }
}

fn remove(object: &mut Value, name: &str) {
    if let Some(members) = object.as_object_mut() {
        members.remove(name);
    }
}

/// `podCIDR` is the first of `podCIDRs`. Where they differ, the former is right.
fn agree_about_blocks(spec: &mut Value) {
    let one = spec["podCIDR"].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let first = spec["podCIDRs"].get(0).and_then(Value::as_str).map(str::to_owned);
    match (one, first) {
        (Some(one), first) if first.as_ref() != Some(&one) => spec["podCIDRs"] = json!([one]),
        (None, Some(first)) => spec["podCIDR"] = json!(first),
        _ => {}
    }
}

fn check_taints(node: Field<'_>) {
    let shown = node.get("metadata").get("taints");
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for (index, taint) in node.get("spec").get("taints").items().enumerate() {
        let taint = taint.shown_as(shown.at(index));
        let (key, value, effect) = (taint.get("key"), taint.get("value"), taint.get("effect"));
        key.qualified_name();
        let faults = name::label_value(value.text());
        if !faults.is_empty() {
            value.invalid(faults.join(";"));
        }
        if effect.require_text() {
            effect.taint_effect();
        }
        let pair = (effect.text(), key.text());
        if seen.contains(&pair) {
            taint.duplicate_for("taints must be unique by key and effect pair");
        }
        seen.push(pair);
    }
}

fn check_resources(status: Field<'_>) {
    for list in ["capacity", "allocatable"].map(|name| status.get(name)) {
        for (resource, amount) in list.entries() {
            amount.shown_as(list.get(resource)).quantity_of(resource);
        }
    }
}

fn check_features(features: Field<'_>) {
    let mut before: Option<&str> = None;
    for feature in features.items() {
        let text = feature.text();
        match before {
            Some(before) if before == text => feature.duplicate(),
            Some(before) if before > text => feature.invalid("list must be sorted alphabetically"),
            _ => {}
        }
        if text.len() > 253 {
            feature.invalid(format!("invalid feature name {text:?}: must be no more than 253 characters"));
        } else if !is_feature(text) {
            feature.invalid(format!(
                "invalid feature name {text:?}: must start with an UpperCamelCase segment, with subsequent segments \
                 separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters \
                 and slashes"
            ));
        }
        before = Some(text);
    }
}

fn is_feature(text: &str) -> bool {
    let is_segment = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.starts_with(|first: char| first.is_ascii_uppercase()) && text.split('/').all(is_segment)
}

fn check_blocks(blocks: Field<'_>) {
    for block in blocks.items() {
        block.cidr_as_stored(&[]);
    }
    if blocks.len() < 2 {
        return;
    }
    let parsed: Vec<Option<Block>> = blocks.items().map(|block| Block::parse(block.text())).collect();
    let fours = parsed.iter().flatten().filter(|block| block.address.is_ipv4()).count();
    if let Some(at) = parsed.iter().position(Option::is_none) {
        let text = blocks.at(at).text();
        blocks.internal(format!(
            "invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[{at}]: <nil> (invalid CIDR \
             address: {text})"
        ));
    }
    if blocks.len() > 2 || fours != 1 || parsed.contains(&None) {
        blocks.invalid("may specify no more than one CIDR for each IP family");
    }
}

fn check_update<'a>(node: Field<'a>, old: Field<'a>) {
    let (spec, before, status) = (node.get("spec"), old.get("spec"), node.get("status"));
    check_resources(status);
    check_features(status.get("declaredFeatures"));
    let mut seen: Vec<&Value> = Vec::new();
    for address in status.get("addresses").items() {
        if seen.contains(&address.value()) {
            address.duplicate();
        }
        seen.push(address.value());
    }
    check_block_change(spec.get("podCIDRs"), before.get("podCIDRs"));
    let provider = before.get("providerID");
    if !provider.text().is_empty() && !provider.equals(spec.get("providerID")) {
        spec.get("providerID").forbidden("node updates may not change providerID except from \"\" to valid");
    }
    check_taints(node);
    if spec.get("externalID").text() != before.get("externalID").text() {
        spec.get("externalID").forbidden("may not be updated");
    }
}

fn check_block_change<'a>(now: Field<'a>, before: Field<'a>) {
    const WHY: &str = "node updates may not change podCIDR except from \"\" to valid";
    if before.is_empty() {
        return;
    }
    if now.len() != before.len() {
        return now.forbidden(WHY);
    }
    for _ in now.items().zip(before.items()).filter(|(block, old)| !block.equals(*old)) {
        now.forbidden(WHY);
    }
}

fn cells(node: &Value, now: jiff::Timestamp) -> Vec<Value> {
    let (status, info) = (&node["status"], &node["status"]["nodeInfo"]);
    let address = |kind: &str| {
        let mut all = status["addresses"].as_array().into_iter().flatten();
        let found = all.find(|address| address["type"] == kind).and_then(|address| address["address"].as_str());
        json!(found.unwrap_or("<none>"))
    };
    let known = |name: &str| info[name].as_str().filter(|text| !text.is_empty()).unwrap_or("<unknown>").to_owned();
    let kernel = match info["architecture"].as_str().unwrap_or_default() {
        "" => known("kernelVersion"),
        architecture => format!("{} ({architecture})", known("kernelVersion")),
    };
    vec![
        node["metadata"]["name"].clone(),
        json!(phase(node)),
        json!(roles(node)),
        table::age(node, now),
        json!(info["kubeletVersion"].as_str().unwrap_or_default()),
        address("InternalIP"),
        address("ExternalIP"),
        json!(known("osImage")),
        json!(kernel),
        json!(known("containerRuntimeVersion")),
    ]
}

fn phase(node: &Value) -> String {
    let conditions = node["status"]["conditions"].as_array();
    let is_ready = |condition: &&Value| condition["type"] == "Ready";
    let ready = conditions.and_then(|conditions| conditions.iter().rev().find(is_ready));
    let phase = match ready {
        None => "Unknown",
        Some(ready) if ready["status"] == "True" => "Ready",
        Some(_) => "NotReady",
    };
    if node["spec"]["unschedulable"] == true { format!("{phase},SchedulingDisabled") } else { phase.to_owned() }
}

fn roles(node: &Value) -> String {
    let labels = node["metadata"]["labels"].as_object().into_iter().flatten();
    let roles: BTreeSet<&str> = labels
        .filter_map(|(key, value)| match key.strip_prefix(ROLE_PREFIX) {
            Some(role) => Some(role),
            None if key == ROLE_LABEL => value.as_str(),
            None => None,
        })
        .filter(|role| !role.is_empty())
        .collect();
    if roles.is_empty() { "<none>".to_owned() } else { roles.into_iter().collect::<Vec<_>>().join(",") }
}
