//! The goldens compile, and their types keep what the API server would store and report what it would refuse.

use crdgen_runtime::{CustomResource as _, Validate};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

macro_rules! goldens {
    ($($case:ident $path:literal)*) => {$(
        /// A golden.
        #[path = $path]
        pub mod $case;
    )*};
}

goldens! {
    embedded "../../fixtures/cases/embedded/expected/mod.rs"
    enums "../../fixtures/cases/enums/expected/mod.rs"
    hostile "../../fixtures/cases/hostile/expected/mod.rs"
    kubernetes "../../fixtures/cases/kubernetes/expected/mod.rs"
    maps "../../fixtures/cases/maps/expected/mod.rs"
    names "../../fixtures/cases/names/expected/mod.rs"
    nullable "../../fixtures/cases/nullable/expected/mod.rs"
    constraints "../../fixtures/cases/constraints/expected/mod.rs"
    sharing "../../fixtures/cases/sharing/expected/mod.rs"
    small_maps "../../fixtures/cases/small_maps/expected/mod.rs"
}

use constraints::rules_example_com::v1::Rule;
use embedded::embedded_example_com::v1::PackageSpec;
use enums::enums_example_com::v1::{Enumeration, EnumerationSpec, enumeration::spec::Protocol};
use kubernetes::kubernetes_example_com::v1::WorkloadSpec;
use maps::maps_example_com::v1::{Map, MapSpec};
use names::names_example_com::v1::NameSpec;
use nullable::nullable_example_com::v1::NothingSpec;
use small_maps::maps_example_com::v1::LimitSpec;

/// The JSON comes back as it went in.
fn check_kept<T: Serialize + DeserializeOwned>(json: &Value) {
    let value: T = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&value).unwrap(), *json);
}

#[test]
fn small_maps_keep_what_others_do() {
    check_kept::<LimitSpec>(&json!({
        "parameters": {"a": "1", "b": "2"}, "nested": {"x": {"y": 1, "z": 2}}, "byHost": {"h": {"port": 80}},
        "smallMap": {"entries": {"on": true}}
    }));
}

/// The spec can be read, and validation says just this.
fn check_faults<T: Validate + DeserializeOwned>(spec: &Value, expected: &[&str]) {
    let value: T = serde_json::from_value(json!({"metadata": {"name": "left"}, "spec": spec})).unwrap();
    let faults = value.validate().map_err(|errors| errors.to_string()).err().unwrap_or_default();
    for fault in expected {
        assert!(faults.contains(fault), "{fault:?} is not in {faults:?}");
    }
    assert_eq!(faults.is_empty(), expected.is_empty(), "{faults}");
}

#[test]
fn a_value_that_an_enum_does_not_list_is_kept_and_reported() {
    let spec = json!({"protocol": "SCTP", "operators": ["=", "?"], "levels": {"a": "debug"}});
    check_kept::<EnumerationSpec>(&spec);
    check_faults::<Enumeration>(
        &spec,
        &["spec.protocol: Unsupported value: \"SCTP\"", "spec.operators[1]: Unsupported value: \"?\""],
    );
    assert_eq!(Protocol::from("HTTP/3"), Protocol::Http3);
}

#[test]
fn null_absent_and_empty_stay_apart() {
    check_kept::<NothingSpec>(&json!({"required": null, "object": null}));
    check_kept::<NothingSpec>(
        &json!({"required": "", "optional": null, "object": {}, "items": [null, "a"], "values": {"a": null}}),
    );
}

#[test]
fn unknown_properties_are_kept_where_the_schema_keeps_them() {
    check_kept::<MapSpec>(&json!({
        "labels": {}, "empty": {}, "anything": [1, null], "open": {"a": 1.5}, "port": "http",
        "partly": {"known": "a", "other": {"b": []}}, "openItems": [{"a": 1}],
        "partlyOpenItems": [[{"known": "a", "other": 1}]], "valuesOfOpenItems": [{"a": {}}], "matrix": [[true], []], "nested": {"a": {"b": 1, "c": 1.0}},
    }));
    check_kept::<PackageSpec>(
        &json!({"template": {"apiVersion": "v1", "kind": "A", "metadata": {"name": "a"}, "spec": {"b": 1}}}),
    );
}

#[test]
fn colliding_names_belong_to_their_own_keys() {
    check_kept::<NameSpec>(&json!({
        "fooBar": "1", "foo_bar": "2", "foo-bar": "3", "FooBar": "4", "self": "5", "Self": "6", "": "7", "_": "8", "-": "9",
        "unknown": "10", "other": "11", "../../escape": {"nested": {"d": "12"}},
    }));
}

#[test]
fn kubernetes_types_read_and_write_the_same_json() {
    check_kept::<WorkloadSpec>(&json!({
        "tolerations": [{"key": "a", "tolerationSeconds": 5}],
        "passwordSecretRef": {"key": "a", "name": "b"},
        "conditions": [{
            "lastTransitionTime": "2026-01-02T03:04:05.678+02:00", "message": "", "reason": "A", "status": "True", "type": "Ready",
        }],
    }));
}

#[test]
fn constraints_are_checked_where_the_schema_has_them() {
    check_faults::<Rule>(
        &json!({"name": "a\"1`", "min": 1, "max": 5, "tags": ["a", "b"], "either": {"b": ""}, "quantity": 5}),
        &[],
    );
    check_faults::<Rule>(
        &json!({"min": 0, "ratio": 1.5, "tags": ["a", "a"], "sources": [{"cidr": "a", "from": "b", "to": "c"}], "either": {}}),
        &[
            "spec.min: Invalid value: 0",
            "spec.ratio: Invalid value: 1.5",
            "spec.tags[1]: Duplicate value: \"a\"",
            "spec.sources[0]",
            "spec.either",
        ],
    );
}

#[test]
fn a_resource_knows_its_definition() {
    assert_eq!(Map::CRD_NAME, "maps.maps.example.com");
    assert_eq!(Map::crd().unwrap()["spec"]["names"]["kind"], "Map");
    check_kept::<Map>(&json!({
        "apiVersion": "maps.example.com/v1", "kind": "Map", "metadata": {"name": "a"}, "data": {"b": "c"},
    }));
}
