#![allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.

use serde_json::json;

use super::*;

/// A strategy for a Dog whose schema has these properties; status and scale are subresources.
fn strategy(properties: Value) -> Strategy {
    let document = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "dogs.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "Dog", "plural": "dogs"}, "versions": [{
            "name": "v1", "served": true, "storage": true,
            "schema": {"openAPIV3Schema": {"type": "object", "properties": properties}},
            "subresources": {"status": {}, "scale": {
                "specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas", "labelSelectorPath": ".status.selector"
            }}
        }]}
    });
    Strategy::new(&Definition::from_value(&document).unwrap(), "v1").unwrap()
}

/// A Dog with these members.
fn dog(members: Value) -> Value {
    let mut object = json!({"apiVersion": "example.com/v1", "kind": "Dog", "metadata": {"name": "rex", "namespace": "n", "resourceVersion": "1"}});
    for (name, value) in members.as_object().cloned().unwrap_or_default() {
        object[name] = value;
    }
    object
}

fn check(errors: &Errors, expected: &[&str]) {
    let shown: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(shown, expected);
}

#[test]
fn decoding_prunes_then_drops_nulls_then_defaults() {
    let strategy = strategy(json!({"spec": {"type": "object", "properties": {
        "a": {"type": "integer"}, "b": {"type": "integer", "default": 2}, "c": {"type": "object", "default": {"x": 1, "y": 2}, "properties": {"x": {}}}
    }}}));
    let mut object = dog(json!({"spec": {"a": null, "b": null, "z": 1}, "metadata": {"name": "rex", "z": 1}}));
    assert_eq!(strategy.decode(&mut object).unwrap(), ["metadata.z", "spec.z"]);
    assert_eq!(object["spec"], json!({"b": 2, "c": {"x": 1}}));
    assert_eq!(object["metadata"], json!({"name": "rex"}));
}

#[test]
fn objects_of_another_kind_are_neither_pruned_nor_accepted() {
    let strategy = strategy(json!({"a": {"default": 1}}));
    let mut object = dog(json!({"kind": "Cat", "x": 1}));
    assert_eq!(strategy.decode(&mut object).unwrap(), Vec::<String>::new());
    assert_eq!(object["x"], 1);
    check(&strategy.check(&object, Operation::Create), &[r#"kind: Invalid value: "Cat": must be Dog"#]);
    for wrong in [
        json!({"kind": ""}),
        json!({"kind": null}),
        json!({"kind": 1}),
        json!({"metadata": 1}),
        json!({"apiVersion": null}),
        json!({"apiVersion": 1}),
        json!({"apiVersion": "a/b/c"}),
    ] {
        assert!(strategy.decode(&mut dog(wrong.clone())).is_err(), "{wrong}");
    }
}

#[test]
fn a_create_request_sets_no_status_and_starts_the_generation() {
    let strategy = strategy(json!({}));
    let mut object = dog(json!({"status": {"a": 1}}));
    strategy.prepare(&mut object, Operation::Create);
    assert_eq!(object.get("status"), None);
    assert_eq!(object["metadata"]["generation"], 1);
}

#[test]
fn an_update_keeps_the_status_and_counts_changes() {
    let strategy = strategy(json!({}));
    let mut old = dog(json!({"spec": 1, "status": 1}));
    old["metadata"]["generation"] = json!(4);
    let mut object = dog(json!({"spec": 2, "status": 2}));
    strategy.prepare(&mut object, Operation::Update { old: &old });
    assert_eq!((&object["status"], &object["metadata"]["generation"]), (&json!(1), &json!(5)));
    let mut same = dog(json!({"spec": 1}));
    strategy.prepare(&mut same, Operation::Update { old: &old });
    assert_eq!(same["metadata"]["generation"], 4);
}

#[test]
fn a_status_update_takes_and_checks_the_status_only() {
    let strategy = strategy(
        json!({"spec": {"type": "string"}, "status": {"type": "object", "properties": {"a": {"maximum": 1}}}}),
    );
    let old = dog(json!({"spec": 1, "status": {"a": 0}}));
    let mut object = dog(json!({"spec": "new", "status": {"a": 2}}));
    strategy.prepare(&mut object, Operation::Status { old: &old });
    assert_eq!(object["spec"], 1);
    check(
        &strategy.check(&object, Operation::Status { old: &old }),
        &["status.a: Invalid value: 2: a in body should be less than or equal to 1"],
    );
}

#[test]
fn a_status_update_keeps_the_managed_fields_of_the_request() {
    let strategy = strategy(json!({}));
    let old = dog(json!({"metadata": {"name": "rex", "managedFields": [{"manager": "old"}]}}));
    let mut object = dog(json!({"metadata": {"managedFields": [{"manager": "new"}]}, "status": 1}));
    strategy.prepare(&mut object, Operation::Status { old: &old });
    assert_eq!(object["metadata"], json!({"name": "rex", "managedFields": [{"manager": "new"}]}));
    let mut none = dog(json!({"status": 1}));
    strategy.prepare(&mut none, Operation::Status { old: &old });
    assert_eq!(none["metadata"], json!({"name": "rex"}));
}

#[test]
fn a_repetition_of_old_switches_the_check_for_repetitions_off() {
    let strategy =
        strategy(json!({"l": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "integer"}}}));
    let (once, twice) = (dog(json!({"l": [1]})), dog(json!({"l": [1, 1, 2]})));
    check(&strategy.check(&twice, Operation::Update { old: &once }), &["l[1]: Duplicate value: 1"]);
    check(&strategy.check(&dog(json!({"l": [2, 2, 3]})), Operation::Update { old: &twice }), &[]);
    check(&strategy.check(&twice, Operation::Create), &["l[1]: Duplicate value: 1"]);
}

#[test]
fn rules_that_were_not_checked_are_told_after_blocking_errors() {
    let strategy =
        strategy(json!({"name": {"type": "string", "pattern": "^a$", "x-kubernetes-validations": [{"rule": "true"}]}}));
    assert!(strategy.has_rules());
    check(
        &strategy.check(&dog(json!({"name": "b"})), Operation::Create),
        &[r#"name: Invalid value: "b": name in body should match '^a$'"#],
    );
    let blocked = strategy.check(&dog(json!({"name": 1})), Operation::Create);
    assert_eq!(blocked.len(), 2);
    assert!(blocked.0[1].to_string().starts_with("<nil>: Invalid value: null: some validation rules were not checked"));
}

#[test]
fn scale_paths_hold_small_integers_and_a_text() {
    let open = || json!({"x-kubernetes-preserve-unknown-fields": true});
    let strategy = strategy(json!({"spec": open(), "status": open()}));
    check(
        &strategy.check(
            &dog(json!({"spec": {"replicas": 2_147_483_647}, "status": {"selector": "a=b"}})),
            Operation::Create,
        ),
        &[],
    );
    check(
        &strategy.check(
            &dog(json!({"spec": {"replicas": 1.0}, "status": {"replicas": -1, "selector": 1}})),
            Operation::Create,
        ),
        &[
            ".spec.replicas: Invalid value: 0: .spec.replicas accessor error: 1 is of the type float64, expected int64",
            ".status.replicas: Invalid value: -1: should be a non-negative integer",
            ".status.selector: Invalid value: \"\": .status.selector accessor error: 1 is of the type int64, expected string",
        ],
    );
    let large = strategy.check(&dog(json!({"spec": {"replicas": 2_147_483_648_u32}, "status": 1})), Operation::Create);
    assert_eq!(large.len(), 3, "{large}");
}
