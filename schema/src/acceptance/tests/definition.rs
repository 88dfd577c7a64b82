//! The document, its names and its group.

use serde_json::json;

use super::*;

#[test]
fn a_plain_definition_is_accepted() {
    check(&crd(), &[]);
}

#[test]
fn what_go_cannot_decode_is_malformed() {
    let malformed = |pointer: &str, value: Value| {
        let mut document = crd();
        *document.pointer_mut(pointer).unwrap() = value;
        matches!(judge(&document), Err(Rejection::Malformed(_)))
    };
    assert!(malformed("/apiVersion", json!("apiextensions.k8s.io/v1beta1")));
    assert!(malformed("/kind", json!("Dog")));
    assert!(malformed("/metadata/name", json!(1)));
    assert!(malformed("/spec/versions", json!({})));
    assert!(malformed("/spec/names/kind", json!(true)));
    assert!(malformed("/spec/versions/0/schema", json!(true)));
    for (pointer, good, bad) in [
        ("/status", json!({"storedVersions": ["v1"]}), json!({"storedVersions": "v1"})),
        ("/spec/conversion", json!({"strategy": "None"}), json!("None")),
        (
            "/spec/conversion",
            json!({"webhook": {"clientConfig": {"caBundle": "aGk=\n"}}}),
            json!({"webhook": {"clientConfig": {"caBundle": "a"}}}),
        ),
        (
            "/spec/conversion",
            json!({"webhook": {"clientConfig": {"service": {"port": 1}}}}),
            json!({"webhook": {"clientConfig": {"service": {"port": 4_294_967_296_i64}}}}),
        ),
        ("/spec/versions/0/subresources", json!({"status": {"x": 1}, "scale": null}), json!({"status": "on"})),
        ("/spec/versions/0/schema/openAPIV3Schema/externalDocs", json!({"url": "x"}), json!("x")),
        ("/spec/versions/0/schema/openAPIV3Schema/additionalProperties", json!(false), json!("false")),
        ("/spec/versions/0/schema/openAPIV3Schema/dependencies", json!({"a": ["b"], "c": {}}), json!({"a": [1]})),
        ("/spec/versions/0/schema/openAPIV3Schema/items", json!(false), json!([{"type": 1}])),
    ] {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        for (value, refused) in [(good, false), (bad, true)] {
            let mut document = crd();
            document.pointer_mut(parent).unwrap()[name] = value;
            let found = judge(&document);
            assert_eq!(matches!(found, Err(Rejection::Malformed(_))), refused, "{pointer}: {found:?}");
        }
    }
    assert!(malformed("/spec/versions/0/schema/openAPIV3Schema", json!({"minLength": 1.5})));
    assert!(!malformed("/spec/versions/0/schema/openAPIV3Schema", json!({"type": "text"})));
}

#[test]
fn names_fit_together() {
    check_with(
        "/metadata/name",
        json!("cats.example.com"),
        &[("metadata.name", "Invalid value: \"cats.example.com\": must be spec.names.plural")],
    );
    check_with(
        "/spec/names/kind",
        json!(""),
        &[("spec.names.singular", "Required"), ("spec.names.kind", "Required"), ("spec.names.listKind", "Required")],
    );
    check_with(
        "/spec/names/listKind",
        json!("Dog"),
        &[("spec.names.listKind", "Invalid value: \"Dog\": kind and listKind")],
    );
    check_with("/spec/names/shortNames", json!(["D"]), &[("spec.names.shortNames[0]", "Invalid value: \"D\"")]);
    check_with(
        "/spec/scope",
        json!("Global"),
        &[("spec.scope", "Unsupported value: \"Global\": supported values: \"Cluster\", \"Namespaced\"")],
    );
}

#[test]
fn protected_groups_need_an_approval() {
    let mut document = crd();
    document["metadata"]["name"] = json!("dogs.pets.k8s.io");
    document["spec"]["group"] = json!("pets.k8s.io");
    let path = "metadata.annotations[api-approved.kubernetes.io]";
    check(&document, &[(path, "Required value: protected groups")]);
    for (annotation, errors) in
        [("unapproved, test only", 0), ("https://github.com/kubernetes/kubernetes/pull/1", 0), ("yes", 1)]
    {
        document["metadata"]["annotations"] = json!({"api-approved.kubernetes.io": annotation});
        check(&document, &[(path, "Invalid value: \"yes\"")][..errors]);
    }
}
