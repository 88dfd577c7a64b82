//! What is wrong with the spec of an autoscaler.
//!
//! Source: `pkg/apis/autoscaling/validation`. The gate `HPAScaleToZero` is off.

use crate::check::Field;

const METRICS: [&str; 5] = ["ContainerResource", "External", "Object", "Pods", "Resource"];
/// The members of a metric, in the order in which Go looks at them, and the type of each.
const SOURCES: [(&str, &str); 5] = [
    ("object", "Object"),
    ("external", "External"),
    ("pods", "Pods"),
    ("resource", "Resource"),
    ("containerResource", "ContainerResource"),
];
const LONGEST_PERIOD: i64 = 1800;
const LONGEST_WINDOW: i64 = 3600;

/// What is allowed in a reference to an object.
#[derive(Clone, Copy)]
struct References {
    /// Whatever stands there, because a stored object has it.
    any_version: bool,
    core_group: bool,
}

/// Checks a new spec, or one that replaces `old`.
pub(super) fn check<'a>(spec: Field<'a>, old: Option<Field<'a>>) {
    let (least, most, target) = (spec.get("minReplicas"), spec.get("maxReplicas"), spec.get("scaleTargetRef"));
    let had_zero = old.is_some_and(|old| old.get("minReplicas").is_set() && old.get("minReplicas").int() == 0);
    let bound = i64::from(!had_zero);
    if least.is_set() && least.int() < bound {
        least.invalid(format!("must be greater than or equal to {bound}"));
    }
    match most.int() {
        0 => most.required("must be set and greater than 0"),
        ..0 => most.invalid("must be greater than or equal to 1"),
        _ => {}
    }
    if least.is_set() && most.int() < least.int() {
        most.invalid_number("must be greater than or equal to `minReplicas`");
    }
    let same_target = old.is_some_and(|old| {
        ["apiVersion", "kind"].iter().all(|name| old.get("scaleTargetRef").get(name).text() == target.get(name).text())
    });
    let references =
        References { any_version: same_target, core_group: target.get("kind").text() == "ReplicationController" };
    check_reference(target, references);
    check_metrics(spec, old);
    for rules in
        ["scaleUp", "scaleDown"].map(|name| spec.get("behavior").get(name)).into_iter().filter(|it| it.is_set())
    {
        check_rules(rules);
    }
}

fn check_reference(reference: Field<'_>, allowed: References) {
    for name in ["kind", "name"] {
        if reference.get(name).require_text() {
            reference.get(name).path_segment();
        }
    }
    let version = reference.get("apiVersion");
    if !allowed.any_version
        && let Some(why) = version_fault(version.text(), allowed.core_group)
    {
        version.invalid(why);
    }
}

/// `ValidateAPIVersion`
fn version_fault(version: &str, core_group: bool) -> Option<String> {
    let has_group = match version.split('/').count() {
        1 => false,
        2 => !version.starts_with('/'),
        _ => return Some(format!("unexpected GroupVersion string: {version}")),
    };
    (!has_group && !core_group).then(|| "apiVersion must specify API group".to_owned())
}

fn check_metrics<'a>(spec: Field<'a>, old: Option<Field<'a>>) {
    let is_bad = |metric: Field<'_>| {
        let version = metric.get("object").get("describedObject").get("apiVersion");
        metric.get("object").is_set() && version_fault(version.text(), true).is_some()
    };
    let stored = old.is_some_and(|old| old.get("metrics").items().any(is_bad));
    let references = References { any_version: stored, core_group: true };
    let metrics = spec.get("metrics");
    for metric in metrics.items() {
        check_metric(metric, references);
    }
    let outside = |metric: Field<'_>| matches!(metric.get("type").text(), "Object" | "External");
    let least = spec.get("minReplicas");
    if least.is_set() && least.int() == 0 && !metrics.items().any(outside) {
        metrics.forbidden("must specify at least one Object or External metric to support scaling to zero replicas");
    }
}

fn check_metric(metric: Field<'_>, references: References) {
    let kind = metric.get("type");
    if kind.text().is_empty() {
        kind.required("must specify a metric source type");
    }
    kind.one_of(&METRICS);
    let present: Vec<&'static str> =
        SOURCES.iter().map(|(member, _)| *member).filter(|member| metric.get(member).is_set()).collect();
    if let Some(first) = present.first() {
        check_source(first, metric.get(first), references);
    }
    let expected = SOURCES.iter().find(|(_, named)| *named == kind.text()).map(|(member, _)| *member);
    match expected {
        Some(expected) if !metric.get(expected).is_set() => {
            metric.get(expected).required("must populate information for the given metric source");
        }
        Some(_) => {}
        None => kind.not_supported(&METRICS),
    }
    if present.len() != 1 {
        for other in present.iter().filter(|member| Some(**member) != expected) {
            metric.get(other).forbidden("must populate the given metric source only");
        }
    }
}

fn check_source(member: &str, source: Field<'_>, references: References) {
    let target = source.get("target");
    let has = |name: &'static str| target.get(name).is_set();
    match member {
        "object" => {
            check_reference(source.get("describedObject"), references);
            check_identifier(source.get("metric"));
            check_target(target);
            if !has("value") && !has("averageValue") {
                target.get("averageValue").required("must set either a target value or averageValue");
            }
        }
        "external" => {
            check_identifier(source.get("metric"));
            check_target(target);
            match (has("value"), has("averageValue")) {
                (false, false) => {
                    target
                        .get("averageValue")
                        .required("must set either a target value for metric or a per-pod target");
                }
                (true, true) => {
                    target.get("value").forbidden("may not set both a target value for metric and a per-pod target");
                }
                _ => {}
            }
        }
        "pods" => {
            check_identifier(source.get("metric"));
            check_target(target);
            if !has("averageValue") {
                target.get("averageValue").required("must specify a positive target averageValue");
            }
        }
        _ => {
            check_resource(source, member == "containerResource");
            check_target(target);
            match (has("averageUtilization"), has("averageValue")) {
                (false, false) => target
                    .get("averageUtilization")
                    .required("must set either a target raw value or a target utilization"),
                (true, true) => {
                    target
                        .get("averageValue")
                        .forbidden("may not set both a target raw value and a target utilization");
                }
                _ => {}
            }
        }
    }
}

fn check_resource(source: Field<'_>, of_container: bool) {
    let (name, container) = (source.get("name"), source.get("container"));
    if name.text().is_empty() {
        name.required("must specify a resource name");
    } else if of_container {
        name.container_resource_name(name.text());
    }
    if of_container {
        if container.text().is_empty() {
            container.required("must specify a container");
        } else {
            container.dns_label();
        }
    }
}

fn check_identifier(metric: Field<'_>) {
    let name = metric.get("name");
    if name.text().is_empty() {
        name.required("must specify a metric name");
    } else {
        name.path_segment();
    }
}

fn check_target(target: Field<'_>) {
    let (kind, utilization) = (target.get("type"), target.get("averageUtilization"));
    if kind.text().is_empty() {
        kind.required("must specify a metric target type");
    }
    if !["Utilization", "Value", "AverageValue"].contains(&kind.text()) {
        kind.invalid("must be either Utilization, Value, or AverageValue");
    }
    for amount in ["value", "averageValue"].map(|name| target.get(name)) {
        if amount.is_set() && amount.quantity().sign() != 1 {
            amount.invalid("must be positive");
        }
    }
    if utilization.is_set() && utilization.int() < 1 {
        utilization.invalid("must be greater than 0");
    }
}

fn check_rules(rules: Field<'_>) {
    let (window, select, policies) =
        (rules.get("stabilizationWindowSeconds"), rules.get("selectPolicy"), rules.get("policies"));
    if window.int() < 0 {
        window.invalid("must be greater than or equal to zero");
    }
    if window.int() > LONGEST_WINDOW {
        window.invalid(format!("must be less than or equal to {LONGEST_WINDOW}"));
    }
    if select.is_set() {
        select.one_of(&["Disabled", "Max", "Min"]);
    }
    if policies.is_empty() {
        policies.required("must specify at least one Policy");
    }
    for policy in policies.items() {
        let period = policy.get("periodSeconds");
        policy.get("type").one_of(&["Percent", "Pods"]);
        for number in [policy.get("value"), period] {
            if number.int() <= 0 {
                number.invalid_number("must be greater than zero");
            }
        }
        if period.int() > LONGEST_PERIOD {
            period.invalid(format!("must be less than or equal to {LONGEST_PERIOD}"));
        }
    }
    if rules.get("tolerance").is_set() {
        rules.get("tolerance").quantity_not_negative();
    }
}
