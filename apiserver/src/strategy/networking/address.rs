//! `networking.k8s.io/v1` `IPAddress` and `ServiceCIDR`: the addresses of services, and the blocks that they come from.

use serde_json::{Value, json};

use crdgen_schema::metadata::NameRule;

use crate::check::Field;
use crate::check::address::Block;
use crate::object;
use crate::resource::strategy::{Strategy, Subresource};
use crate::resource::{Resource, built_in};
use crate::response::table;

/// `networking.k8s.io/v1/IPAddress`
#[derive(Debug)]
pub(in crate::strategy) struct IpAddress;

/// `networking.k8s.io/v1/ServiceCIDR`
#[derive(Debug)]
pub(in crate::strategy) struct ServiceCidr;

impl Strategy for IpAddress {
    fn name_rule(&self) -> NameRule {
        NameRule::PathSegment
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        object.get("metadata").get("name").canonical_ip();
        let parent = object.get("spec").get("parentRef");
        if !parent.is_set() {
            parent.required("");
            return;
        }
        let (group, namespace) = (parent.get("group"), parent.get("namespace"));
        if !group.text().is_empty() {
            group.dns_subdomain();
        }
        for part in ["resource", "name"] {
            if parent.get(part).require_text() {
                parent.get(part).path_segment();
            }
        }
        namespace.path_segment();
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        object.metadata(false, NameRule::PathSegment);
        self.validate(resource, object);
        let (parent, before) = (object.get("spec").get("parentRef"), old.get("spec").get("parentRef"));
        if !parent.equals(before) && parent.is_set() {
            parent.invalid("field is immutable");
        } else if !parent.equals(before) {
            parent.invalid_as(&Value::Null, "field is immutable");
        }
    }

    fn selectable(&self) -> &'static [&'static str] {
        &[]
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let parent = &object["spec"]["parentRef"];
        let part = |name: &str| parent[name].as_str().unwrap_or_default();
        let mut shown = "<none>".to_owned();
        if parent.is_object() {
            shown = part("resource").to_lowercase();
            for (before, name) in [(".", "group"), ("/", "namespace")] {
                if !part(name).is_empty() {
                    shown.extend([before, part(name)]);
                }
            }
            shown.extend(["/", part("name")]);
        }
        vec![object["metadata"]["name"].clone(), json!(shown), table::age(object, now)]
    }
}

impl Strategy for ServiceCidr {
    fn prepare_for_update(&self, resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        built_in::prepare_for_update(&[], resource, object, old, subresource);
        if subresource == Subresource::Status {
            object::reset_for_status(object, old);
        }
    }

    fn ignored(&self, _resource: &Resource, subresource: Subresource) -> &'static [&'static str] {
        if subresource == Subresource::Status { &["metadata", "spec"] } else { &["status"] }
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check_blocks(object.get("spec"));
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        const WHY: &str = "field is immutable";
        if subresource != Subresource::Main {
            return;
        }
        let (now, before) = (object.get("spec").get("cidrs"), old.get("spec").get("cidrs"));
        match (before.len(), now.len()) {
            (was, is) if was == is => {
                for (block, _) in now.items().zip(before.items()).filter(|(block, old)| !block.equals(*old)) {
                    block.invalid(WHY);
                }
            }
            (1, 2) => {
                if !now.at(0).equals(before.at(0)) {
                    now.at(0).invalid(WHY);
                }
                check_blocks(object.get("spec"));
            }
            _ => now.invalid(WHY),
        }
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let blocks = object["spec"]["cidrs"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let blocks = blocks.collect::<Vec<_>>().join(",");
        vec![object["metadata"]["name"].clone(), json!(blocks), table::age(object, now)]
    }
}

fn check_blocks(spec: Field<'_>) {
    let blocks = spec.get("cidrs");
    match blocks.len() {
        0 => return blocks.required("at least one CIDR required"),
        1 | 2 => {}
        _ => return spec.shown_as(blocks).invalid("may only hold up to 2 values"),
    }
    blocks.items().for_each(Field::cidr);
    let family = |index| Block::parse(blocks.at(index).text()).map(|block| block.address.is_ipv4());
    if blocks.len() == 2 && family(0).is_some() && family(0) == family(1) {
        blocks.invalid("may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64");
    }
}
