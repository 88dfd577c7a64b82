//! Where a pod may run: tolerations, affinities, topology spread, scheduling gates.
//!
//! Source: `ValidateTolerations`, `validateAffinity`, `validateTopologySpreadConstraints`, `validateSchedulingGates`.

use std::collections::{BTreeMap, BTreeSet};

use crdgen_schema::field::Error;
use crdgen_schema::name;
use serde_json::Value;

use crate::check::Field;

/// Checks the tolerations of a pod.
pub(in crate::strategy) fn check_tolerations(tolerations: Field<'_>) {
    for toleration in tolerations.items() {
        let [key, operator, value, effect] = ["key", "operator", "value", "effect"].map(|name| toleration.get(name));
        if key.text().is_empty() {
            if operator.text() != "Exists" {
                operator.invalid(
                    "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
                );
            }
        } else {
            key.qualified_name();
        }
        if toleration.get("tolerationSeconds").is_set() && effect.text() != "NoExecute" {
            effect.invalid("effect must be 'NoExecute' when `tolerationSeconds` is set");
        }
        match operator.text() {
            "" | "Equal" => {
                let faults = name::label_value(value.text());
                if !faults.is_empty() {
                    value.shown_as(operator).invalid(faults.join(";"));
                }
            }
            "Exists" if !value.text().is_empty() => {
                value.shown_as(operator).invalid("value must be empty when `operator` is 'Exists'");
            }
            "Exists" => {}
            "Lt" | "Gt" => operator.not_supported(&["Equal", "Exists", "Lt", "Gt"]),
            _ => operator.not_supported(&["Equal", "Exists"]),
        }
        if !effect.text().is_empty() {
            effect.taint_effect();
        }
    }
}

/// Checks the affinities of a pod. Selectors may have values that no label can have if they had them before.
pub(super) fn check_affinity(affinity: Field<'_>, checks_values: bool) {
    const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
    const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";
    let node = affinity.get("nodeAffinity");
    if node.get(REQUIRED).is_set() {
        node.get(REQUIRED).node_selector();
    }
    for term in node.get(PREFERRED).items() {
        check_weight(term);
        term.get("preference").node_selector_term(false);
    }
    for pods in ["podAffinity", "podAntiAffinity"].map(|name| affinity.get(name)) {
        pods.get(REQUIRED).items().for_each(|term| check_term(term, checks_values));
        for term in pods.get(PREFERRED).items() {
            check_weight(term);
            check_term(term.get("podAffinityTerm"), checks_values);
        }
    }
}

fn check_weight(term: Field<'_>) {
    if !(1..=100).contains(&term.get("weight").int()) {
        term.get("weight").invalid_number("must be in the range 1-100");
    }
}

fn check_term(term: Field<'_>, checks_values: bool) {
    for selector in ["labelSelector", "namespaceSelector"] {
        term.get(selector).label_selector_with(checks_values);
    }
    for namespace in term.get("namespaces").items() {
        namespace.shown_as(term.get("namespace")).dns_label();
    }
    check_label_keys(term);
    let key = term.get("topologyKey");
    if key.text().is_empty() {
        key.required("can not be empty");
    }
    key.qualified_name();
}

/// `ValidateMatchLabelKeysAndMismatchLabelKeys`
fn check_label_keys(owner: Field<'_>) {
    let (selector, keys, others) =
        (owner.get("labelSelector"), owner.get("matchLabelKeys"), owner.get("mismatchLabelKeys"));
    for keys in [keys, others].into_iter().filter(|keys| !keys.is_empty()) {
        if selector.is_set() {
            keys.items().for_each(Field::qualified_name);
        } else {
            keys.forbidden("must not be specified when labelSelector is not set");
        }
    }
    let positions: BTreeMap<&str, usize> = keys.items().enumerate().map(|(index, key)| (key.text(), index)).collect();
    let mut seen: BTreeSet<&str> = selector.get("matchLabels").entries().map(|(key, _)| key).collect();
    for key in selector.get("matchExpressions").items().map(|expression| expression.get("key")) {
        if let Some(index) = positions.get(key.text()).filter(|_| seen.contains(key.text())) {
            key.shown_as(owner.at(*index)).invalid("exists in both matchLabelKeys and labelSelector");
        }
        seen.insert(key.text());
    }
    let others: BTreeSet<&str> = others.items().map(Field::text).collect();
    for key in keys.items().filter(|key| others.contains(key.text())) {
        key.invalid("exists in both matchLabelKeys and mismatchLabelKeys");
    }
}

/// Checks how a pod is spread over domains. `checks_values`: see [`check_affinity`].
pub(super) fn check_spread(constraints: Field<'_>, checks_values: bool) {
    let all: Vec<Field<'_>> = constraints.items().collect();
    for (index, constraint) in all.iter().enumerate() {
        let (key, action) = (constraint.get("topologyKey"), constraint.get("whenUnsatisfiable"));
        constraint.get("maxSkew").positive();
        if key.text().is_empty() {
            key.required("can not be empty");
        }
        action.one_of(&["DoNotSchedule", "ScheduleAnyway"]);
        let is_same = |other: &Field<'_>| {
            other.get("topologyKey").text() == key.text() && other.get("whenUnsatisfiable").text() == action.text()
        };
        if all[index + 1..].iter().any(is_same) {
            let pair = constraint.get("{topologyKey, whenUnsatisfiable}");
            let shown = Value::from(format!("{{{}, {}}}", key.text(), action.text()));
            pair.report(Error::duplicate(pair.path(), &shown));
        }
        let domains = constraint.get("minDomains");
        if domains.is_set() {
            domains.positive();
            if action.text() != "DoNotSchedule" {
                domains.invalid(format!(
                    "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {}",
                    action.text()
                ));
            }
        }
        for policy in ["nodeAffinityPolicy", "nodeTaintsPolicy"].map(|name| constraint.get(name)) {
            if policy.is_set() {
                policy.one_of(&["Honor", "Ignore"]);
            }
        }
        check_label_keys(*constraint);
        constraint.get("labelSelector").label_selector_with(checks_values);
    }
}

/// Checks the gates that a pod waits for before it is scheduled.
pub(super) fn check_gates(gates: Field<'_>) {
    let mut seen = BTreeSet::new();
    for gate in gates.items() {
        let name = gate.get("name").shown_as(gate);
        name.qualified_name();
        if !seen.insert(name.text()) {
            name.duplicate();
        }
    }
}
