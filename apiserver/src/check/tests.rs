//! What the shared checks report.

use serde_json::{Value, json};

use super::*;

#[track_caller]
fn check(object: &Value, look: impl FnOnce(Field<'_>), expected: &[&str]) {
    let found: Vec<String> = Check::of(object, look).iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

#[test]
fn errors_name_the_path_of_the_field() {
    let object = json!({"spec": {"ports": [{"port": 0}], "labels": {"a": 1}}});
    let look = |root: Field<'_>| {
        root.get("spec").get("ports").at(0).get("port").port_number();
        root.get("spec").get("labels").key("a").invalid("no");
    };
    let expected = [
        "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
        "spec.labels[a]: Invalid value: 1: no",
    ];
    check(&object, look, &expected);
}

#[test]
fn what_is_absent_reads_as_zero() {
    let look = |root: Field<'_>| {
        root.get("count").positive();
        root.get("kind").one_of(&["A", "B"]);
        assert!(!root.get("a").get("b").is_set());
    };
    let expected = [
        "count: Invalid value: 0: must be greater than zero",
        "kind: Unsupported value: \"\": supported values: \"A\", \"B\"",
    ];
    check(&json!({"count": null}), look, &expected);
}

#[test]
fn a_selector_is_checked_whole() {
    let selector = json!({"matchLabels": {"a b": "-"}, "matchExpressions": [
        {"key": "a", "operator": "In"}, {"key": "b", "operator": "Exists", "values": ["x"]},
        {"key": "c", "operator": "In", "values": ["-"]}, {"key": "d", "operator": "is"}]});
    let errors = Check::of(&selector, |field| {
        field.label_selector();
    });
    let paths: Vec<String> = errors.into_iter().map(|error| error.field).collect();
    let expected = [
        "matchLabels",
        "matchLabels",
        "matchExpressions[0].values",
        "matchExpressions[1].values",
        "matchExpressions[2].values[0]",
        "matchExpressions[3].operator",
    ];
    assert_eq!(paths, expected);
}

#[track_caller]
fn check_selects(selector: &Value, labels: &Value, expected: bool) {
    let both = json!({"selector": selector, "labels": labels});
    let mut selects = !expected;
    Check::of(&both, |root| selects = root.get("selector").selects(root.get("labels")));
    assert_eq!(selects, expected, "{selector} {labels}");
}

#[test]
fn a_selector_selects_what_meets_all_of_it() {
    check_selects(&json!({}), &json!({}), true);
    check_selects(&json!({"matchLabels": {"a": "1"}}), &json!({"a": "1", "b": "2"}), true);
    check_selects(&json!({"matchLabels": {"a": "1"}}), &json!({"a": "2"}), false);
    let not_in = json!({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["1"]}]});
    check_selects(&not_in, &json!({}), true);
    check_selects(&not_in, &json!({"a": "1"}), false);
    check_selects(&json!({"matchExpressions": [{"key": "a", "operator": "Exists"}]}), &json!({}), false);
}

#[test]
fn the_name_of_a_port_has_letters_and_single_hyphens() {
    let count = |name: &str| {
        let errors = Check::of(&json!(name), |field| {
            field.port_name();
        });
        errors.len()
    };
    assert_eq!(count("http-1"), 0);
    assert_eq!(count("1--2"), 2);
    assert_eq!(count("Http"), 1);
    assert_eq!(count(""), 2);
}
