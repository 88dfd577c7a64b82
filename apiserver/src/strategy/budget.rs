//! `policy/v1` `PodDisruptionBudget`: how many of some pods may be evicted at a time.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/policy/validation`, `pkg/registry/policy/poddisruptionbudget`.

use serde_json::{Value, json};

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{MetadataCheck, Strategy, Subresource};
use crate::response::table;

/// `policy/v1/PodDisruptionBudget`
#[derive(Debug)]
pub(super) struct Budget;

impl Strategy for Budget {
    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn metadata_check(&self) -> MetadataCheck {
        MetadataCheck::Last
    }

    fn unconditional_update(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check(object.get("spec"), false);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource == Subresource::Main {
            check(object.get("spec"), old.get("spec").get("selector").is_wrong(Field::label_selector));
            return;
        }
        let status = object.get("status");
        status.get("conditions").conditions();
        for name in ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"] {
            status.get(name).not_negative();
        }
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let (spec, status) = (&object["spec"], &object["status"]);
        let amount = |name: &str| match &spec[name] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => "N/A".to_owned(),
        };
        vec![
            object["metadata"]["name"].clone(),
            json!(amount("minAvailable")),
            json!(amount("maxUnavailable")),
            json!(status["disruptionsAllowed"].as_i64().unwrap_or(0)),
            table::age(object, now),
        ]
    }
}

fn check(spec: Field<'_>, lenient: bool) {
    let (least, most) = (spec.get("minAvailable"), spec.get("maxUnavailable"));
    if least.is_set() && most.is_set() {
        spec.invalid("minAvailable and maxUnavailable cannot be both set");
    }
    for amount in [least, most].into_iter().filter(|amount| amount.is_set()) {
        check_amount(amount);
    }
    spec.get("selector").label_selector_with(!lenient);
    let policy = spec.get("unhealthyPodEvictionPolicy");
    if policy.is_set() {
        policy.one_of(&["AlwaysAllow", "IfHealthyBudget"]);
    }
}

/// A number that is not negative, or a percentage that is at most 100 (`ValidatePositiveIntOrPercent`,
/// `IsNotMoreThan100Percent`).
fn check_amount(amount: Field<'_>) {
    const RULE: &str = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', \
        regex used for validation is '[0-9]+%')";
    if !amount.value().is_string() {
        return amount.not_negative();
    }
    let digits = amount.text().strip_suffix('%').filter(|digits| !digits.is_empty());
    match digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) {
        None => amount.invalid(RULE),
        Some(digits) if digits.parse().is_ok_and(|percent: i64| percent <= 100) => {}
        Some(_) => amount.invalid("must not be greater than 100%"),
    }
}
