//! `crd()` gives back what the generator read.

use crdgen_generated::api::{
    edge_example_org::v1alpha2::EdgeGateway,
    example_com::{v1, v1alpha1::Database, v1beta1},
    policy_example_com::v1::ClusterPolicy,
};
use crdgen_runtime::CustomResource;
use serde_json::Value;

/// Numbers compare as numbers: `k8s_openapi` holds bounds as floats.
fn without_float_notation(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Array(items) => items.into_iter().map(without_float_notation).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(key, value)| (key, without_float_notation(value))).collect()
        }
        other => other,
    }
}

fn check<K: CustomResource>(file: &str) {
    let path = format!("{}/../fixtures/crds/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a fixture");
    let parsed = crdgen_schema::yaml::parse(&text);
    let [document] = parsed.documents.as_slice() else { panic!("{file}: {:?}", parsed.errors) };
    let source = document.to_value();
    assert_eq!(K::crd().expect("JSON"), source, "{file}");
    let typed = serde_json::to_value(K::definition().expect("a CRD")).expect("JSON");
    let expected = without_float_notation(source);
    assert_eq!(without_float_notation(typed), expected, "{file}");
}

#[test]
fn every_version_of_every_fixture_embeds_its_crd() {
    check::<Database>("example.com/databases.yaml");
    check::<v1::Cache>("example.com/caches.yaml");
    check::<v1beta1::Cache>("example.com/caches.yaml");
    check::<ClusterPolicy>("policy.example.com/clusterpolicies.yaml");
    check::<EdgeGateway>("edge.example.org/gateways.yaml");
}
