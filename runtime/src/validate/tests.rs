use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    IntOrString, Nullable, Number, Unrecognized, Validate,
    k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector, object, string_enum,
};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Mode {
    Fast,
    Slow,
    Unrecognized(Unrecognized<Mode>),
}

#[derive(Clone, PartialEq)]
struct Root {
    spec: Spec,
}

#[derive(Clone, Default, PartialEq)]
struct Spec {
    name: Option<String>,
    size: Option<i64>,
    ratio: Option<Number>,
    port: Option<IntOrString>,
    mode: Option<Mode>,
    modes: Option<Vec<Mode>>,
    tags: Option<Vec<String>>,
    labels: Option<BTreeMap<String, String>>,
    source: Option<Source>,
    sources: Option<Vec<Source>>,
    nested: Option<Vec<Vec<i64>>>,
    any: Option<Value>,
    level: Option<i64>,
    selector: Option<LabelSelector>,
    nullable: Option<Nullable<String>>,
    nullable_mode: Option<Nullable<Mode>>,
    nullable_level: Option<Nullable<i64>>,
}

#[derive(Clone, Default, PartialEq)]
struct Source {
    git: Option<String>,
    http: Option<String>,
    unknown: BTreeMap<String, Value>,
}

string_enum! { Mode { Fast = "fast", Slow = "slow" } }
object! { Root { spec: "spec", required; } }
object! { Spec {
    name: "name", optional, [pattern("^[a-z]+$"), min_length(2), max_length(4), format("k8s-short-name")];
    size: "size", optional, [minimum(1), exclusive_maximum(10), multiple_of(2)];
    ratio: "ratio", optional, [minimum_f64(0.5), maximum(1)];
    port: "port", optional, [minimum(1), pattern("^[0-9]+%$")];
    mode: "mode", optional;
    modes: "modes", optional, [unique()];
    tags: "tags", optional, [min_items(1), max_items(3), unique(), items(&[max_length(3)])];
    labels: "labels", optional, [min_properties(1), max_properties(2), values(&[min_length(1)])];
    source: "source", optional, [one_of_required(&[&["git"], &["http"]]), min_properties(1)];
    sources: "sources", optional, [list_map(&["git"]), items(&[any_of_required(&[&["git", "http"], &["other"]])])];
    nested: "nested", optional, [items(&[max_items(1), items(&[minimum(0)])])];
    any: "any", optional, [max_length(1), maximum(5), items(&[maximum(1)]), values(&[maximum(2)])];
    level: "level", optional, [one_of(&["1", "3"])];
    selector: "selector", optional, [min_properties(1)];
    nullable: "nullable", optional, [min_length(1)];
    nullable_mode: "nullableMode", optional;
    nullable_level: "nullableLevel", optional, [one_of(&["1", "null"])];
} }
object! { Source { git: "git", optional; http: "http", optional; unknown: ..; } }

/// Reads a spec and validates it.
fn check(spec: &Value, expected: &[&str]) {
    let root: Root = serde_json::from_value(json!({ "spec": spec })).unwrap();
    let errors = root.validate().err().unwrap_or_default();
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(texts, expected, "{spec}");
}

#[test]
fn a_valid_object_has_no_errors() {
    check(&json!({}), &[]);
    check(
        &json!({
            "name": "abc", "size": 4, "ratio": 0.75, "port": "5%", "mode": "fast", "tags": ["a", "b"], "labels": {"a": "b"},
            "source": {"git": "x"}, "nested": [[], [1]], "any": {"b": 2}, "level": 3, "nullable": null,
        }),
        &[],
    );
}

#[test]
fn texts_are_checked_in_the_words_of_the_api_server() {
    let mismatch = "spec.name: Invalid value: \"A12\": spec.name in body should match '^[a-z]+$'";
    let format = "spec.name: Invalid value: \"A12\": spec.name in body must be of type k8s-short-name: \"A12\"";
    check(&json!({"name": "A12"}), &[mismatch, format]);
    // Of length and pattern only the first one is reported.
    check(
        &json!({"name": "A1234"}),
        &[
            "spec.name: Too long: may not be more than 4 bytes",
            "spec.name: Invalid value: \"A1234\": spec.name in body must be of type k8s-short-name: \"A1234\"",
        ],
    );
    check(
        &json!({"name": "a"}),
        &["spec.name: Invalid value: \"a\": spec.name in body should be at least 2 chars long"],
    );
}

#[test]
fn numbers_are_checked_with_their_bounds() {
    check(
        &json!({"size": 0}),
        &["spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"],
    );
    check(&json!({"size": 10}), &["spec.size: Invalid value: 10: spec.size in body should be less than 10"]);
    check(&json!({"size": 3}), &["spec.size: Invalid value: 3: spec.size in body should be a multiple of 2"]);
    check(
        &json!({"ratio": 0.25}),
        &["spec.ratio: Invalid value: 0.25: spec.ratio in body should be greater than or equal to 0.5"],
    );
    // An integer is compared with an integer, which 0.5 becomes 0 for.
    check(&json!({"ratio": 0}), &[]);
}

#[test]
fn int_or_string_meets_the_constraints_of_what_it_is() {
    check(
        &json!({"port": 0}),
        &["spec.port: Invalid value: 0: spec.port in body should be greater than or equal to 1"],
    );
    check(&json!({"port": "0"}), &["spec.port: Invalid value: \"0\": spec.port in body should match '^[0-9]+%$'"]);
}

#[test]
fn an_unrecognized_value_is_kept_and_reported() {
    check(
        &json!({"mode": "x", "modes": ["slow", "y"]}),
        &[
            "spec.mode: Unsupported value: \"x\": supported values: \"fast\", \"slow\"",
            "spec.modes[1]: Unsupported value: \"y\": supported values: \"fast\", \"slow\"",
        ],
    );
    check(&json!({"level": 2}), &["spec.level: Unsupported value: 2: supported values: \"1\", \"3\""]);
}

#[test]
fn arrays_are_checked_item_by_item_and_as_a_whole() {
    check(&json!({"tags": []}), &["spec.tags: Invalid value: 0: spec.tags in body should have at least 1 items"]);
    check(
        &json!({"tags": ["long", "a", "b", "a", "a"]}),
        &[
            "spec.tags[0]: Too long: may not be more than 3 bytes",
            "spec.tags: Too many: 5: must have at most 3 items",
            "spec.tags[3]: Duplicate value: \"a\"",
        ],
    );
    check(
        &json!({"nested": [[1, -1]]}),
        &[
            "spec.nested[0][1]: Invalid value: -1: spec.nested[0][1] in body should be greater than or equal to 0",
            "spec.nested[0]: Too many: 2: must have at most 1 item",
        ],
    );
}

#[test]
fn maps_are_checked_value_by_value_and_as_a_whole() {
    check(
        &json!({"labels": {"a.b/c": "", "d": "x", "e": "y"}}),
        &[
            "spec.labels.a.b/c: Invalid value: \"\": spec.labels.a.b/c in body should be at least 1 chars long",
            "spec.labels: Too many: 3: must have at most 2 items",
        ],
    );
}

#[test]
fn the_keys_of_a_list_map_are_unique_and_a_missing_one_is_a_key() {
    check(
        &json!({"sources": [{"git": "a", "http": "1"}, {"git": "a", "http": "2"}]}),
        &["spec.sources[1]: Duplicate value: {\"git\":\"a\"}"],
    );
    check(&json!({"sources": [{"other": 1}, {"other": 2}]}), &["spec.sources[1]: Duplicate value: {}"]);
}

#[test]
fn exactly_one_or_at_least_one_list_of_keys_is_there() {
    check(
        &json!({"source": {}}),
        &[
            "<nil>: Invalid value: \"\": \"spec.source\" must validate one and only one schema (oneOf). Found none valid",
            "spec.source.git: Required value",
            "spec.source: Invalid value: 0: spec.source in body should have at least 1 properties",
        ],
    );
    check(
        &json!({"source": {"git": "a", "http": "b"}}),
        &[
            "<nil>: Invalid value: \"\": \"spec.source\" must validate one and only one schema (oneOf). Found 2 valid alternatives",
        ],
    );
    check(
        &json!({"sources": [{"git": "a"}, {"other": 1}]}),
        &[
            "<nil>: Invalid value: \"\": \"spec.sources[0]\" must validate at least one schema (anyOf)",
            "spec.sources[0].http: Required value",
        ],
    );
}

#[test]
fn values_without_a_type_meet_the_constraints_of_what_they_are() {
    check(&json!({"any": "ab"}), &["spec.any: Too long: may not be more than 1 byte"]);
    check(&json!({"any": 6}), &["spec.any: Invalid value: 6: spec.any in body should be less than or equal to 5"]);
    check(
        &json!({"any": [1, 2]}),
        &["spec.any[1]: Invalid value: 2: spec.any[1] in body should be less than or equal to 1"],
    );
    check(
        &json!({"any": {"a": 3}}),
        &["spec.any.a: Invalid value: 3: spec.any.a in body should be less than or equal to 2"],
    );
    check(
        &json!({"selector": {}}),
        &["spec.selector: Invalid value: 0: spec.selector in body should have at least 1 properties"],
    );
}

#[test]
fn a_null_value_meets_no_constraint_and_no_enum() {
    check(&json!({"nullable": null}), &[]);
    check(
        &json!({"nullableMode": null, "nullableLevel": null}),
        &[
            "spec.nullableMode: Unsupported value: null: supported values: \"fast\", \"slow\"",
            "spec.nullableLevel: Unsupported value: null: supported values: \"1\", \"null\"",
        ],
    );
    check(&json!({"nullableMode": "slow", "nullableLevel": 1}), &[]);
    check(
        &json!({"nullable": ""}),
        &["spec.nullable: Invalid value: \"\": spec.nullable in body should be at least 1 chars long"],
    );
}

#[test]
fn paths_start_at_the_validated_value() {
    let source = Spec { level: Some(2), ..serde_json::from_str("{}").unwrap() };
    assert_eq!(source.validate().unwrap_err().0[0].field, "level");
}
