#![allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.

use serde_json::{Value, json};

use super::*;
use crate::definition::Definition;

/// A definition of Dogs with these properties beside metadata, and other members of their one version.
fn definition(properties: Value, version: Value) -> Definition {
    let mut document = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "dogs.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "Dog", "plural": "dogs"}, "versions": [{
            "name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": properties}}
        }]}
    });
    for (name, value) in version.as_object().cloned().unwrap_or_default() {
        document["spec"]["versions"][0][name] = value;
    }
    Definition::from_value(&document).unwrap()
}

fn samples(properties: Value) -> Vec<Sample> {
    let synthesizer = Synthesizer::new(&definition(properties, json!({})), "v1").unwrap();
    synthesizer.samples(&Limits::default()).collect()
}

/// Every one of these values of `spec` is in an accepted sample.
fn check(spec: Value, values: &[Value]) {
    let samples = samples(json!({"spec": spec}));
    let found: Vec<&Value> =
        samples.iter().filter(|sample| sample.is_accepted()).map(|sample| &sample.object["spec"]).collect();
    for value in values {
        assert!(found.contains(&value), "{value} is not among {found:?}");
    }
}

/// There are samples with a `spec`, all of them are accepted, and `holds` is true of each.
fn check_all(spec: Value, holds: impl Fn(&Value) -> bool) {
    let all = samples(json!({"spec": spec}));
    let with_spec: Vec<&Sample> = all.iter().filter(|sample| sample.object.get("spec").is_some()).collect();
    assert!(!with_spec.is_empty());
    for sample in with_spec {
        let spec = &sample.object["spec"];
        assert!(sample.is_accepted() && holds(spec), "{} {spec} {:?}", sample.purpose, sample.refusal);
    }
}

#[test]
fn the_first_sample_is_minimal_and_the_second_full() {
    let spec = json!({"type": "object", "required": ["a"], "properties": {
        "a": {"type": "string"}, "b": {"type": "array", "items": {"type": "boolean"}}, "c": {"type": "object", "additionalProperties": {"type": "integer"}}
    }});
    let samples = samples(json!({"spec": spec}));
    assert_eq!(
        samples[0].object,
        json!({"apiVersion": "example.com/v1", "kind": "Dog", "metadata": {"name": "example", "namespace": "default"}})
    );
    assert_eq!(samples[1].object["spec"], json!({"a": "text", "b": [true], "c": {"key": 1}}));
}

#[test]
fn samples_are_the_same_every_time_and_none_is_there_twice() {
    let spec = json!({"type": "object", "properties": {"a": {"type": "string", "pattern": "^[a-z]{2,5}$"}, "b": {"type": "number"}}});
    let first = samples(json!({"spec": spec.clone()}));
    assert_eq!(first, samples(json!({"spec": spec})));
    for (index, sample) in first.iter().enumerate() {
        assert!(first[..index].iter().all(|earlier| earlier.object != sample.object), "{}", sample.object);
    }
}

#[test]
fn every_value_of_an_enum_has_its_turn() {
    check(json!({"type": "string", "enum": ["a", "b", "c"]}), &[json!("a"), json!("b"), json!("c")]);
}

#[test]
fn nulls_and_empty_values_stand_where_they_are_allowed() {
    check(json!({"type": "string", "nullable": true}), &[json!(null), json!("")]);
    check(json!({"type": "array", "items": {"type": "string"}}), &[json!([])]);
    check(
        json!({"type": "object", "additionalProperties": {"type": "string", "nullable": true}}),
        &[json!({}), json!({"key": null})],
    );
    check_all(json!({"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}), |spec| {
        spec[0].as_str().is_some_and(|text| !text.is_empty())
    });
}

#[test]
fn numbers_are_tried_at_their_bounds_and_beyond_32_bits() {
    check(json!({"type": "integer"}), &[json!(2_147_483_648_i64), json!(i64::MAX), json!(i64::MIN), json!(1.0)]);
    check(json!({"type": "integer", "minimum": 3, "maximum": 9}), &[json!(3), json!(9)]);
    check(json!({"type": "number"}), &[json!(1.5), json!(1), json!(1e300)]);
    check(json!({"type": "integer", "minimum": 10, "multipleOf": 7}), &[json!(14)]);
    let int32 = samples(json!({"spec": {"type": "integer", "format": "int32"}}));
    let beyond = int32.iter().find(|sample| sample.object["spec"] == json!(2_147_483_648_i64)).unwrap();
    assert!(!beyond.is_accepted() && beyond.may_be_stored());
}

#[test]
fn an_int_or_string_is_both() {
    check(json!({"x-kubernetes-int-or-string": true}), &[json!(1), json!("25%")]);
    check(
        json!({"x-kubernetes-int-or-string": true, "anyOf": [{"type": "integer"}, {"type": "string"}]}),
        &[json!(1), json!("25%")],
    );
}

#[test]
fn texts_have_their_format_or_may_have_been_stored_without() {
    check(
        json!({"type": "string", "format": "date-time"}),
        &[json!("2024-02-29T12:34:56Z"), json!("2024-02-29T12:34:56.123456789+05:30")],
    );
    check(json!({"type": "string", "format": "duration"}), &[json!("1h30m"), json!("3 weeks")]);
    check(json!({"type": "string", "format": "semver"}), &[json!("not a format")]);
    let wrong = samples(json!({"spec": {"type": "string", "format": "date"}}));
    assert!(wrong.iter().any(|sample| !sample.is_accepted() && sample.may_be_stored()));
}

#[test]
fn texts_match_patterns_and_keep_to_lengths() {
    let pattern = json!({"type": "string", "pattern": "^[a-z]([-a-z0-9]*[a-z0-9])?$", "minLength": 3, "maxLength": 63});
    check_all(pattern, |spec| spec.as_str().is_some_and(|text| (3..=63).contains(&text.len())));
}

#[test]
fn items_of_sets_and_list_maps_are_unique() {
    check_all(
        json!({"type": "array", "x-kubernetes-list-type": "set", "minItems": 3, "items": {"type": "string"}}),
        |spec| spec.as_array().is_some_and(|items| items.len() >= 3),
    );
    check_all(
        json!({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"], "minItems": 2, "items": {
            "type": "object", "required": ["k"], "properties": {"k": {"type": "string"}, "v": {"type": "integer"}}
        }}),
        |spec| spec.as_array().is_some_and(|items| items.len() >= 2),
    );
}

#[test]
fn every_branch_has_its_turn() {
    let spec = json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]});
    check(spec.clone(), &[json!({"a": "text"})]);
    check_all(spec, |spec| spec.get("a").is_some() != spec.get("b").is_some());
    check_all(
        json!({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "not": {"required": ["b"]}}),
        |spec| spec.get("b").is_none(),
    );
    check_all(
        json!({"type": "string", "allOf": [{"minLength": 2}, {"pattern": "^x"}], "not": {"enum": ["xx"]}}),
        |spec| spec.as_str().is_some_and(|text| text.starts_with('x') && text != "xx"),
    );
}

#[test]
fn unknown_members_stand_where_they_are_kept() {
    let keeps = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": {"a": {"type": "string"}}});
    let samples = samples(json!({"spec": keeps}));
    let unknown = samples.iter().find(|sample| sample.purpose == Purpose::UnknownMembers).unwrap();
    assert!(unknown.is_accepted() && unknown.object["spec"].as_object().is_some_and(|spec| spec.len() > 1));
    check_all(json!({"type": "object", "properties": {"a": {"type": "string"}}}), |spec| {
        spec.as_object().is_some_and(|spec| spec.keys().all(|name| name == "a"))
    });
}

#[test]
fn embedded_resources_have_a_type() {
    check_all(
        json!({"type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true}),
        |spec| spec["kind"] == "ConfigMap",
    );
}

#[test]
fn what_the_scale_subresource_reads_is_a_number_that_it_can_read() {
    let number = json!({"type": "object", "properties": {"replicas": {"type": "integer"}}});
    let scale = json!({"subresources": {"scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}}});
    let definition = definition(json!({"spec": number, "status": number}), scale);
    let synthesizer = Synthesizer::new(&definition, "v1").unwrap();
    let full = synthesizer.samples(&Limits::default()).filter(|sample| matches!(sample.purpose, Purpose::Full(_)));
    assert!(full.into_iter().all(|sample| sample.is_accepted()));
}

#[test]
fn limits_hold() {
    let leaf = json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "string"}}});
    let wide: serde_json::Map<String, Value> = (0..500).map(|index| (format!("p{index}"), leaf.clone())).collect();
    let definition = definition(json!({"spec": {"type": "object", "properties": wide}}), json!({}));
    let synthesizer = Synthesizer::new(&definition, "v1").unwrap();
    let limits = Limits { turns: 2, parts: 3, nodes: 50, steps: 5_000 };
    let samples: Vec<Sample> = synthesizer.samples(&limits).collect();
    assert!(samples.len() <= 2 + 3 + 10);
    for sample in &samples {
        let nodes = sample.object["spec"].to_string().matches(':').count();
        assert!(sample.is_accepted() && nodes <= 50, "{nodes} nodes");
    }
}
