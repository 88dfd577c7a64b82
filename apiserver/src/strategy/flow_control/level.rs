//! `flowcontrol.apiserver.k8s.io/v1` `PriorityLevelConfiguration`.

use serde_json::{Value, json};

use super::{bootstrap, check_conditions};
use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// `flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration`
#[derive(Debug)]
pub(in crate::strategy) struct PriorityLevel;

const KEPT_ZERO: &str = "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares";
const MOST_QUEUES: i64 = 10_000_000;
const MOST_BITS: f64 = 60.0;

impl Strategy for PriorityLevel {
    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn prepare_for_update(&self, resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        super::prepare_for_update(resource, object, old, subresource);
    }

    fn repeats_changes(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let (spec, name) = (object.get("spec"), object.get("metadata").get("name").text());
        if object.annotation(KEPT_ZERO).is_set() {
            let annotations = object.get("metadata").get("annotations");
            annotations.forbidden(format!("annotation '{KEPT_ZERO}' is forbidden"));
        }
        check_spec(spec, name);
        check_mandatory(spec, name);
        check_conditions(object.get("status"));
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, _old: Field<'_>, subresource: Subresource) {
        super::validate_update(self, resource, object, subresource);
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let (spec, limited) = (&object["spec"], &object["spec"]["limited"]);
        let queuing = &limited["limitResponse"]["queuing"];
        let number = |of: &Value, name: &str| {
            if of.is_object() { json!(of[name].as_i64().unwrap_or(0)) } else { json!("<none>") }
        };
        vec![
            object["metadata"]["name"].clone(),
            spec["type"].clone(),
            number(limited, "nominalConcurrencyShares"),
            number(queuing, "queues"),
            number(queuing, "handSize"),
            number(queuing, "queueLengthLimit"),
            table::age(object, now),
        ]
    }
}

fn check_spec(spec: Field<'_>, name: &str) {
    let (kind, limited, exempt) = (spec.get("type"), spec.get("limited"), spec.get("exempt"));
    if (name == "exempt") != (kind.text() == "Exempt") {
        kind.invalid("must be 'Exempt' if and only if `name` is 'exempt'");
    }
    match kind.text() {
        "Exempt" => {
            if limited.is_set() {
                limited.forbidden("must be nil if the type is not Limited");
            }
            check_shares(exempt);
        }
        "Limited" => {
            if exempt.is_set() {
                exempt.forbidden("must be nil if the type is Limited");
            }
            if limited.is_set() {
                check_limited(limited);
            } else {
                limited.required("must not be empty when type is Limited");
            }
        }
        "" => kind.required(""),
        _ => kind.not_supported(&["Exempt", "Limited"]),
    }
}

fn check_shares(of: Field<'_>) {
    if of.get("nominalConcurrencyShares").int() < 0 {
        of.get("nominalConcurrencyShares").invalid("must be a non-negative integer");
    }
    check_lendable(of);
}

fn check_lendable(of: Field<'_>) {
    if !(0..=100).contains(&of.get("lendablePercent").int()) {
        of.get("lendablePercent").invalid("must be between 0 and 100, inclusive");
    }
}

fn check_limited(limited: Field<'_>) {
    if limited.get("nominalConcurrencyShares").int() < 0 {
        limited.get("nominalConcurrencyShares").invalid("must be a non-negative integer");
    }
    check_response(limited.get("limitResponse"));
    check_lendable(limited);
    if limited.get("borrowingLimitPercent").int() < 0 {
        limited.get("borrowingLimitPercent").invalid("if specified, must be a non-negative integer");
    }
}

fn check_response(response: Field<'_>) {
    let (kind, queuing) = (response.get("type"), response.get("queuing"));
    match (kind.text(), queuing.is_set()) {
        ("Reject", true) => queuing.forbidden("must be nil if limited.limitResponse.type is not Limited"),
        ("Reject", false) => {}
        ("Queue", false) => queuing.required("must not be empty if limited.limitResponse.type is Limited"),
        ("Queue", true) => check_queuing(queuing),
        ("", _) => kind.required(""),
        _ => kind.not_supported(&["Queue", "Reject"]),
    }
}

#[expect(clippy::cast_precision_loss, reason = "as Go does")]
fn check_queuing(queuing: Field<'_>) {
    let (limit, queues, hand) = (queuing.get("queueLengthLimit"), queuing.get("queues"), queuing.get("handSize"));
    if limit.int() <= 0 {
        limit.invalid_number("must be positive");
    }
    if queues.int() <= 0 {
        queues.invalid_number("must be positive");
    } else if queues.int() > MOST_QUEUES {
        queues.invalid(format!("must not be greater than {MOST_QUEUES}"));
    }
    let bits = ((queues.int() as f64).log2() * hand.int() as f64).ceil();
    if hand.int() <= 0 {
        hand.invalid_number("must be positive");
    } else if hand.int() > queues.int() {
        hand.invalid(format!("should not be greater than queues ({})", queues.int()));
    } else if bits > MOST_BITS {
        hand.invalid(format!(
            "required entropy bits of deckSize {} and handSize {} should not be greater than 60",
            queues.int(),
            hand.int()
        ));
    }
}

fn check_mandatory(spec: Field<'_>, name: &str) {
    let Some(mut mandatory) = bootstrap::mandatory(bootstrap::LEVEL, name) else { return };
    let is_exempt = name == "exempt";
    if is_exempt {
        mandatory["exempt"] = spec.get("exempt").value().clone();
    }
    if mandatory != *spec.value() {
        let except = if is_exempt { " except the 'spec.exempt' field" } else { "" };
        spec.invalid(format!("spec of '{name}'{except} must equal the fixed value"));
    }
}
