//! CRDs that kube-apiserver refuses, in ways that authors have met: each gets a warning in the server's words, with its place. Code is
//! generated all the same, unless the settings say otherwise.

#![allow(clippy::disallowed_methods, reason = "tests write their input")]

use std::fs;

use crdgen::Refused;

/// A CRD whose `spec` is this schema, which starts on line 15.
fn crd(spec: &str) -> String {
    format!(
        "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: dogs.example.com}}
spec:
  group: example.com
  names: {{kind: Dog, plural: dogs}}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {{spec: {spec}}}
"
    )
}

/// The server refuses the schema with these words; the finding is in line 15.
fn check(spec: &str, words: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dogs.yaml");
    fs::write(&file, crd(spec)).unwrap();
    let config = || crdgen::configure().out(folder.path().join("out"));
    let error = config().refused(Refused::Error).generate(&file).unwrap_err().to_string();
    assert!(error.contains("dogs.yaml:15:") && error.contains(words), "{error}");
    assert!(!folder.path().join("out").exists());
    let warnings = config().generate(&file).unwrap().warnings.to_string();
    assert!(warnings.contains("dogs.yaml:15:") && warnings.contains(words), "{warnings}");
    assert!(folder.path().join("out/example_com/v1/dog/mod.rs").exists());
}

#[test]
fn properties_beside_additional_properties() {
    let words = "additionalProperties and properties are mutual exclusive";
    check("{type: object, properties: {a: {type: string}}, additionalProperties: {type: string}}", words);
}

#[test]
fn items_without_a_type() {
    check("{type: array, items: {}}", "Required value: must not be empty for specified array items");
}

#[test]
fn an_array_without_items() {
    check("{type: array}", "Required value: must be specified");
}

#[test]
fn a_default_in_a_branch() {
    let spec = "{type: object, properties: {a: {type: string}}, allOf: [{properties: {a: {default: x}}}]}";
    check(spec, "Forbidden: must be undefined to be structural");
}

#[test]
fn a_default_that_the_enum_does_not_list() {
    check(
        "{type: object, properties: {a: {type: string, enum: [a], default: b}}}",
        "Unsupported value: \"b\": supported values: \"a\"",
    );
}

#[test]
fn a_default_of_another_type() {
    check("{type: object, properties: {a: {type: string, default: 1}}}", "must be of type string");
}

#[test]
fn a_default_that_would_be_pruned() {
    let spec = "{type: object, properties: {a: {type: object, default: {b: 1}, properties: {c: {type: string}}}}}";
    check(spec, "must not have unknown fields");
}

#[test]
fn keys_of_a_list_that_need_not_be_there() {
    let list = "type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name]";
    let spec = format!("{{{list}, items: {{type: object, properties: {{name: {{type: string}}}}}}}}");
    check(&spec, "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
}

#[test]
fn items_that_must_be_unique() {
    check("{type: array, uniqueItems: true, items: {type: string}}", "uniqueItems cannot be set to true");
}
