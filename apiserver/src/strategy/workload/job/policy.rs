//! When a job fails, and when it has succeeded, beside the counts of its pods.
//!
//! Source: `validatePodFailurePolicy`, `validateSuccessPolicy`.

use std::collections::BTreeSet;

use crdgen_schema::go;

use super::indexes;
use crate::check::Field;

const RULES: i64 = 20;
const ACTIONS: [&str; 4] = ["Count", "FailIndex", "FailJob", "Ignore"];

/// The rules of a pod failure policy.
pub(super) fn check_failure(spec: Field<'_>, rules: Field<'_>) {
    if rules.len() > 20 {
        rules.too_many(RULES);
    }
    for rule in rules.items() {
        check_action(spec, rule.get("action"));
        let (codes, conditions) = (rule.get("onExitCodes"), rule.get("onPodConditions"));
        if codes.is_set() {
            check_codes(spec, codes);
        }
        check_conditions(conditions);
        match (codes.is_set(), conditions.is_empty()) {
            (true, false) => rule.invalid_unshown("specifying both OnExitCodes and OnPodConditions is not supported"),
            (false, true) => rule.invalid_unshown("specifying one of OnExitCodes and OnPodConditions is required"),
            _ => {}
        }
    }
}

fn check_action(spec: Field<'_>, action: Field<'_>) {
    match action.text() {
        "FailIndex" if !spec.get("backoffLimitPerIndex").is_set() => {
            action.invalid("requires the backoffLimitPerIndex to be set");
        }
        _ => known(action, &ACTIONS),
    }
}

/// A text that must be there and one of those that are known, which the refusal of an absent one lists too.
fn known(field: Field<'_>, known: &[&str]) {
    if field.text().is_empty() {
        let known: Vec<String> = known.iter().map(|one| go::print_quoted(one)).collect();
        field.required(format!("valid values: [{}]", known.join(" ")));
    } else {
        field.one_of(known);
    }
}

fn check_conditions(conditions: Field<'_>) {
    if conditions.len() > 20 {
        conditions.too_many(RULES);
    }
    for condition in conditions.items() {
        condition.get("type").qualified_name();
        known(condition.get("status"), &["False", "True", "Unknown"]);
    }
}

fn check_codes(spec: Field<'_>, codes: Field<'_>) {
    let (operator, container, values) = (codes.get("operator"), codes.get("containerName"), codes.get("values"));
    known(operator, &["In", "NotIn"]);
    let pod = spec.get("template").get("spec");
    let lists = ["containers", "initContainers"].map(|list| pod.get(list));
    let mut names = lists.into_iter().flat_map(|list| list.items().map(|one| one.get("name").text()));
    if container.is_set() && !names.any(|name| name == container.text()) {
        container.invalid("must be one of the container or initContainer names in the pod template");
    }
    if values.is_empty() {
        values.invalid("at least one value is required");
    } else if values.len() > 255 {
        values.too_many(255);
    }
    let mut seen = BTreeSet::new();
    for value in values.items() {
        if operator.text() == "In" && value.int() == 0 {
            value.invalid("must not be 0 for the In operator");
        }
        if !seen.insert(value.int()) {
            value.duplicate();
        }
    }
    let values_in_order: Vec<i64> = values.items().map(Field::int).collect();
    if !values_in_order.is_sorted() {
        values.invalid("must be ordered");
    }
}

/// A success policy. It needs indexes.
pub(super) fn check_success(spec: Field<'_>, policy: Field<'_>) {
    if spec.get("completionMode").text() != "Indexed" {
        policy.invalid("requires indexed completion mode");
        return;
    }
    let rules = policy.get("rules");
    if rules.is_empty() {
        rules.required("at least one rules must be specified when the successPolicy is specified");
    }
    if rules.len() > 20 {
        rules.too_many(RULES);
    }
    rules.items().for_each(|rule| check_success_rule(spec.get("completions").int(), rule));
}

/// Neither policy can be changed.
pub(super) fn check_same(spec: Field<'_>, old: Field<'_>, policy: &'static str) {
    let of = spec.get(policy);
    if !of.equals(old.get(policy)) {
        of.invalid("field is immutable");
    }
}

fn check_success_rule(completions: i64, rule: Field<'_>) {
    const LONGEST: i64 = 64 * 1024;
    let (indexes, count) = (rule.get("succeededIndexes"), rule.get("succeededCount"));
    if !indexes.is_set() && !count.is_set() {
        rule.required("at least one of succeededCount or succeededIndexes must be specified");
    }
    let mut total = 0;
    if indexes.is_set() {
        if indexes.text().len() > 64 * 1024 {
            indexes.too_long(LONGEST);
        }
        match indexes::count(indexes.text(), completions) {
            Ok(found) => total = found,
            Err(why) => indexes.invalid(format!("error parsing succeededIndexes: {why}")),
        }
    }
    if count.is_set() {
        count.not_negative();
        if count.int() > completions {
            let why = format!("must be less than or equal to {completions} (the number of specified completions)");
            count.invalid(why);
        }
        if indexes.is_set() && count.int() > total {
            count.invalid(format!(
                "must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"
            ));
        }
    }
}
