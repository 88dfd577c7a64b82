//! `networking.k8s.io/v1` `NetworkPolicy`: which pods may talk to which.

use serde_json::{Value, json};

use crate::check::Field;
use crate::check::address::Block;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::{cell, table};

/// `networking.k8s.io/v1/NetworkPolicy`
#[derive(Debug)]
pub(in crate::strategy) struct NetworkPolicy;

/// The lists of rules, and of their peers.
const DIRECTIONS: [(&str, &str); 2] = [("ingress", "from"), ("egress", "to")];

impl Strategy for NetworkPolicy {
    fn set_defaults(&self, object: &mut Value) {
        let is_empty = |spec: &Value, name: &str| spec[name].as_array().is_none_or(Vec::is_empty);
        let Some(spec) = object.get_mut("spec").filter(|spec| spec.is_object()) else { return };
        if is_empty(spec, "policyTypes") {
            let egress = !is_empty(spec, "egress");
            spec["policyTypes"] = if egress { json!(["Ingress", "Egress"]) } else { json!(["Ingress"]) };
        }
    }

    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check(object.get("spec"), &[], false);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        let before = old.get("spec");
        let blocks = peers(before).map(|peer| peer.get("ipBlock"));
        let texts = blocks.flat_map(|block| {
            std::iter::once(block.get("cidr")).chain(block.get("except").items()).map(Field::text).collect::<Vec<_>>()
        });
        let stored: Vec<&str> = texts.collect();
        let lenient = before.get("podSelector").is_wrong(Field::label_selector);
        check(object.get("spec"), &stored, lenient);
    }

    fn warnings(&self, object: Field<'_>, _old: Option<Field<'_>>) -> Vec<String> {
        let blocks = peers(object.get("spec")).map(|peer| peer.get("ipBlock")).filter(|block| block.is_set());
        let warn = |block: Field<'_>| {
            let all = std::iter::once(block.get("cidr")).chain(block.get("except").items());
            all.flat_map(Field::cidr_warnings).collect::<Vec<_>>()
        };
        blocks.flat_map(warn).collect()
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let selector = cell::label_selector(&object["spec"]["podSelector"]);
        vec![object["metadata"]["name"].clone(), json!(selector), table::age(object, now)]
    }
}

fn peers(spec: Field<'_>) -> impl Iterator<Item = Field<'_>> {
    let rules = move |(rules, peers): (&'static str, &'static str)| {
        spec.get(rules).items().flat_map(move |rule| rule.get(peers).items())
    };
    DIRECTIONS.into_iter().flat_map(rules)
}

fn check(spec: Field<'_>, stored: &[&str], lenient: bool) {
    spec.get("podSelector").label_selector_with(!lenient);
    for (rules, peers) in DIRECTIONS {
        for rule in spec.get(rules).items() {
            rule.get("ports").items().for_each(check_port);
            rule.get(peers).items().for_each(|peer| check_peer(peer, stored, lenient));
        }
    }
    let types = spec.get("policyTypes");
    if types.len() > 2 {
        types.invalid("may not specify more than two policyTypes");
        return;
    }
    for kind in types.items() {
        kind.one_of(&["Ingress", "Egress"]);
    }
}

fn check_port(entry: Field<'_>) {
    let (protocol, port, end) = (entry.get("protocol"), entry.get("port"), entry.get("endPort"));
    if protocol.is_set() {
        protocol.one_of(&["TCP", "UDP", "SCTP"]);
    }
    if !port.is_set() {
        if end.is_set() {
            end.invalid("may not be specified when `port` is not specified");
        }
    } else if port.value().is_string() {
        if end.is_set() {
            end.invalid("may not be specified when `port` is non-numeric");
        }
        port.port_name();
    } else {
        port.port_number();
        if end.is_set() {
            if end.int() < port.int() {
                port.shown_as(end).invalid("must be greater than or equal to `port`");
            }
            end.port_number();
        }
    }
}

fn check_peer(peer: Field<'_>, stored: &[&str], lenient: bool) {
    let mut count = 0;
    for name in ["podSelector", "namespaceSelector"] {
        if peer.get(name).is_set() {
            count += 1;
            peer.get(name).label_selector_with(!lenient);
        }
    }
    let block = peer.get("ipBlock");
    if block.is_set() {
        check_block(block, stored);
        if count > 0 {
            peer.forbidden("may not specify both ipBlock and another peer");
        }
    } else if count == 0 {
        peer.required("must specify a peer");
    }
}

fn check_block(block: Field<'_>, stored: &[&str]) {
    let cidr = block.get("cidr");
    if !cidr.require_text() {
        return;
    }
    cidr.cidr_as_stored(stored);
    let Some(outer) = Block::parse(cidr.text()) else { return };
    for except in block.get("except").items() {
        except.cidr_as_stored(stored);
        let Some(inner) = Block::parse(except.text()) else { continue };
        if !outer.contains(inner.address) || outer.bits >= inner.bits {
            except.invalid("must be a strict subset of `cidr`");
        }
    }
}
