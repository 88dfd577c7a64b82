#![allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.

use serde_json::{Value, json};

use super::*;
use crate::{
    field::{Errors, Path},
    schema::Schema,
};

fn check_coerced(metadata: Value, coerced: Value, unknown: &[&str]) {
    let mut object = json!({"metadata": metadata});
    assert_eq!(coerce(&mut object).unwrap(), unknown);
    assert_eq!(object["metadata"], coerced);
}

fn check_refused(metadata: Value, part: &str) {
    let error = coerce(&mut json!({"metadata": metadata})).unwrap_err();
    assert!(error.contains(part), "{error}");
}

/// Compares errors by their field and the beginning of their text.
fn check(errors: &Errors, expected: &[(&str, &str)]) {
    assert_eq!(errors.len(), expected.len(), "{errors}");
    for (error, (field, start)) in errors.iter().zip(expected) {
        assert_eq!(&error.field, field, "{error}");
        assert!(error.body().starts_with(start), "{error}");
    }
}

fn validate_at_root(metadata: Value, namespaced: bool) -> Errors {
    validate(&metadata, namespaced, NameRule::DnsSubdomain, &Path::ROOT.child("metadata"))
}

#[test]
fn unknown_and_empty_members_of_metadata_are_dropped() {
    check_coerced(
        json!({
            "name": "a", "namespace": "", "labels": {}, "generation": 2.0, "deletionGracePeriodSeconds": 0, "x": 1,
            "creationTimestamp": null, "annotations": {"a": null},
            "ownerReferences": [{"kind": "K", "y": 1, "controller": true}]
        }),
        json!({
            "name": "a", "generation": 2, "deletionGracePeriodSeconds": 0, "annotations": {"a": ""},
            "ownerReferences": [{"apiVersion": "", "kind": "K", "name": "", "uid": "", "controller": true}]
        }),
        &["metadata.ownerReferences[0].y", "metadata.x"],
    );
    check_coerced(json!(null), json!({}), &[]);
}

#[test]
fn metadata_of_a_wrong_type_is_refused() {
    check_refused(json!([]), "cannot unmarshal array");
    check_refused(json!({"name": 1}), "cannot unmarshal number into Go struct field ObjectMeta.name of type string");
    check_refused(json!({"labels": {"a": 1}}), "ObjectMeta.labels");
    check_refused(json!({"generation": 1.5}), "int64");
    check_refused(json!({"creationTimestamp": "yesterday"}), "parsing time");
    check_refused(json!({"creationTimestamp": "2024-01-02t03:04:05z"}), "parsing time");
    check_refused(json!({"finalizers": "a"}), "[]string");
}

#[test]
fn names_are_subdomains_in_their_namespace() {
    check(&validate_at_root(json!({"name": "a.b", "namespace": "n"}), true), &[]);
    check(
        &validate_at_root(json!({}), true),
        &[("metadata.name", "Required value: name or generateName"), ("metadata.namespace", "Required value")],
    );
    check(
        &validate_at_root(json!({"name": "A", "namespace": "n"}), false),
        &[("metadata.name", "Invalid value: \"A\""), ("metadata.namespace", "Forbidden: not allowed on this type")],
    );
    check(&validate_at_root(json!({"name": "a", "generateName": "a-"}), false), &[]);
    check(
        &validate_at_root(json!({"name": "a", "generateName": "é-"}), false),
        &[("metadata.generateName", "Invalid value: \"é-\"")],
    );
    check(
        &validate_at_root(json!({"name": "a", "generateName": "-"}), false),
        &[("metadata.generateName", "Invalid value: \"-\"")],
    );
}

#[test]
fn labels_annotations_and_finalizers_are_checked() {
    let metadata = json!({
        "name": "a", "labels": {"a b": "x", "ok": "-"}, "annotations": {"-": "", "UPPER.example.com/ok": "anything at all"},
        "finalizers": ["orphan", "foregroundDeletion", "a/b/c"]
    });
    check(
        &validate_at_root(metadata, false),
        &[
            ("metadata.labels", "Invalid value: \"a b\": name part must consist"),
            ("metadata.labels", "Invalid value: \"-\": a valid label must"),
            ("metadata.annotations", "Invalid value: \"-\""),
            ("metadata.finalizers", "Invalid value: \"a/b/c\": a valid label key"),
            (
                "metadata.finalizers",
                "Invalid value: [\"orphan\",\"foregroundDeletion\",\"a/b/c\"]: finalizer orphan and f",
            ),
        ],
    );
    let large = json!({"name": "a", "annotations": {"a": "x".repeat(256 * 1024)}});
    check(&validate_at_root(large, false), &[("metadata.annotations", "Too long: may not be more than 262144 bytes")]);
}

#[test]
fn owners_need_all_that_names_them() {
    let metadata = json!({"name": "a", "ownerReferences": [
        {"apiVersion": "a/b/c", "kind": "", "name": "n", "uid": "u", "controller": true},
        {"apiVersion": "v1", "kind": "Event", "name": "n", "uid": "u", "controller": true}
    ]});
    check(
        &validate_at_root(metadata, false),
        &[
            ("metadata.ownerReferences.apiVersion", "Invalid value: \"a/b/c\": version must not be empty"),
            ("metadata.ownerReferences.kind", "Invalid value: \"\": must not be empty"),
            (
                "metadata.ownerReferences",
                r#"Invalid value: {"apiVersion":"v1","kind":"Event","name":"n","uid":"u","controller":true}: /v1"#,
            ),
            ("metadata.ownerReferences", "Invalid value: [{"),
        ],
    );
    let owner = json!({"apiVersion": "v1", "kind": "A", "name": "n", "uid": "u", "controller": true});
    assert_eq!(validate_at_root(json!({"name": "a", "ownerReferences": vec![owner; 1000]}), false).len(), 10);
}

#[test]
fn managed_fields_have_an_operation() {
    let metadata =
        json!({"name": "a", "managedFields": [{"operation": "Patch", "fieldsType": "X", "manager": "m".repeat(129)}]});
    check(
        &validate_at_root(metadata, false),
        &[
            ("metadata.managedFields[0].operation", "Invalid value: \"Patch\""),
            ("metadata.managedFields[0].fieldsType", "Invalid value: \"X\""),
            ("metadata.managedFields[0].manager", "Too long: may not be more than 128 bytes"),
        ],
    );
}

#[test]
fn an_update_keeps_names_and_times() {
    let path = Path::ROOT.child("metadata");
    let old = json!({"name": "a", "uid": "u", "resourceVersion": "1", "generation": 2});
    check(&validate_update(&old, &old, &path), &[]);
    let new = json!({"name": "b", "uid": "v", "generation": 1});
    check(
        &validate_update(&new, &old, &path),
        &[
            ("metadata.resourceVersion", "Invalid value: \"\": must be specified for an update"),
            ("metadata.generation", "Invalid value: 1: must not be decremented"),
            ("metadata.name", "Invalid value: \"b\": field is immutable"),
            ("metadata.uid", "Invalid value: \"v\": field is immutable"),
        ],
    );
    let deleted = json!({"resourceVersion": "1", "deletionTimestamp": "2024-01-02T03:04:05Z", "finalizers": ["a"]});
    let mut added = deleted.clone();
    added["finalizers"] = json!(["a", "b"]);
    check(
        &validate_update(&added, &deleted, &path),
        &[("metadata.finalizers", "Forbidden: no new finalizers can be added")],
    );
}

#[test]
fn embedded_resources_need_a_type_but_no_name() {
    let schema = json!({"properties": {"e": {"x-kubernetes-embedded-resource": true}, "m": {"additionalProperties": {"x-kubernetes-embedded-resource": true}}}});
    let schema = Schema::from_value(&schema).unwrap();
    check(&validate_embedded(&json!({"e": {"apiVersion": "v1", "kind": "K"}}), &schema), &[]);
    check(
        &validate_embedded(&json!({"m": {"k": {}}}), &schema),
        &[("m[k].apiVersion", "Required value"), ("m[k].kind", "Required value")],
    );
    check(
        &validate_embedded(&json!({"e": {"apiVersion": "a/b/c", "kind": "a.b", "metadata": {"name": "a/b"}}}), &schema),
        &[
            ("e.apiVersion", "Invalid value: \"a/b/c\": unexpected GroupVersion string: a/b/c"),
            ("e.kind", "Invalid value: \"a.b\": may have mixed case"),
            ("e.metadata.name", "Invalid value: \"a/b\": may not contain '/'"),
        ],
    );
}

#[test]
fn embedded_metadata_is_coerced() {
    let schema = Schema::from_value(&json!({"properties": {"e": {"x-kubernetes-embedded-resource": true}}})).unwrap();
    let mut object = json!({"e": {"metadata": {"name": "a", "x": 1}}});
    assert_eq!(coerce_embedded(&mut object, &schema).unwrap(), ["e.metadata.x"]);
    assert_eq!(object, json!({"e": {"metadata": {"name": "a"}}}));
    let error = coerce_embedded(&mut json!({"e": {"kind": 1}}), &schema).unwrap_err();
    assert_eq!(error.to_string(), "e.kind: Invalid value: 1: must be a string");
}
