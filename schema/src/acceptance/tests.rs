#![allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.

use serde_json::json;

use super::*;

mod conversion;
mod definition;
mod schema;
mod update;
mod versions;

/// Judges a new CRD.
fn judge(document: &Value) -> Result<(), Rejection> {
    super::check(document, Operation::Create)
}

/// A CRD that is accepted.
fn crd() -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "dogs.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "Dog", "plural": "dogs"}, "versions": [
            {"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}
        ]}
    })
}

/// Checks the errors of a CRD, each as its field and the start of its text.
fn check(document: &Value, expected: &[(&str, &str)]) {
    check_errors(judge(document), expected);
}

fn check_errors(result: Result<(), Rejection>, expected: &[(&str, &str)]) {
    let errors = match result {
        Ok(()) => Errors::default(),
        Err(Rejection::Invalid(errors)) => errors,
        Err(other) => panic!("{other}"),
    };
    assert_eq!(errors.len(), expected.len(), "{errors}");
    for (error, (field, start)) in errors.iter().zip(expected) {
        assert_eq!(&error.field, field, "{error}");
        assert!(error.body().starts_with(start), "{error}");
    }
}

/// Checks the errors of a CRD in which the value at a JSON pointer is another.
fn check_with(pointer: &str, value: Value, expected: &[(&str, &str)]) {
    let mut document = crd();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[name] = value;
    check(&document, expected);
}

/// Checks the errors of a schema; fields are given from its root on.
fn check_schema(schema: Value, expected: &[(&str, &str)]) {
    let path = "spec.validation.openAPIV3Schema";
    let fields: Vec<String> = expected.iter().map(|(field, _)| format!("{path}{field}")).collect();
    let expected: Vec<(&str, &str)> =
        fields.iter().zip(expected).map(|(field, (_, start))| (field.as_str(), *start)).collect();
    check_with("/spec/versions/0/schema/openAPIV3Schema", schema, &expected);
}

/// Checks the errors of a property `a`.
fn check_property(schema: Value, expected: &[(&str, &str)]) {
    let fields: Vec<String> = expected.iter().map(|(field, _)| format!(".properties[a]{field}")).collect();
    let expected: Vec<(&str, &str)> =
        fields.iter().zip(expected).map(|(field, (_, start))| (field.as_str(), *start)).collect();
    check_schema(json!({"type": "object", "properties": {"a": schema}}), &expected);
}
