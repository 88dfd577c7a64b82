#![allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.

use serde_json::json;

use super::*;
use crate::{
    list_type, metadata,
    validation::{self, Subject},
};

/// The plan must say of each object what the exact checks say, with its defaults and without.
fn check(schema: Value, objects: &[Value]) {
    let schema = Schema::from_value(&schema).unwrap();
    let defaults = Defaults::new(&schema).map(Arc::new);
    let plan = Plan::new(&schema, defaults.as_ref());
    for object in objects {
        let arena = Arena::new();
        let mut whole = object.clone();
        if let Some(defaults) = &defaults {
            defaults.apply(&mut whole);
        }
        let mut errors = validation::check(&whole, &schema, Subject::default());
        errors.extend(list_type::validate(&whole, &schema));
        errors.extend(metadata::validate_embedded(&whole, &schema));
        assert_eq!(plan.accepts((&whole).into(), &arena), errors.is_empty(), "{object}: {errors}");
        let bare = plan.accepts_without_defaults(object.into(), &arena);
        assert_eq!(bare, errors.is_empty(), "{object} without its defaults: {errors}");
    }
}

#[test]
fn types() {
    let values = [
        json!(null),
        json!(true),
        json!(1),
        json!(1.0),
        json!(1.5),
        json!(4_000_000_000_i64),
        json!("1"),
        json!([1]),
        json!({"a": 1}),
    ];
    for schema in [
        json!({}),
        json!({"type": "string"}),
        json!({"type": "string", "nullable": true}),
        json!({"type": "string", "format": "date"}),
        json!({"type": "integer"}),
        json!({"type": "integer", "format": "int32"}),
        json!({"type": "number", "format": "float"}),
        json!({"type": "boolean"}),
        json!({"type": "array", "items": {"type": "integer"}}),
        json!({"type": "object", "additionalProperties": {"type": "string"}}),
        json!({"type": "object", "additionalProperties": false}),
        json!({"x-kubernetes-int-or-string": true}),
        json!({"enum": [1, "1", [1], {"a": 1}]}),
        json!({"enum": [null], "nullable": true}),
    ] {
        check(schema, &values);
    }
}

#[test]
fn scalars() {
    let texts = [json!(""), json!("a"), json!("aé"), json!("aaa"), json!("2026-01-01")];
    check(json!({"type": "string", "minLength": 1, "maxLength": 2}), &texts);
    check(json!({"type": "string", "pattern": "^a+$"}), &texts);
    check(json!({"type": "string", "pattern": "("}), &texts);
    check(json!({"type": "string", "format": "date"}), &texts);
    check(json!({"type": "string", "enum": ["a", "aaa"]}), &texts);
    let numbers = [json!(-1), json!(0), json!(2), json!(3.0), json!(3.5), json!(4)];
    check(json!({"type": "number", "minimum": 0, "exclusiveMinimum": true, "maximum": 3.5}), &numbers);
    check(json!({"type": "integer", "multipleOf": 2}), &numbers);
}

#[test]
fn lists() {
    let lists = [
        json!([]),
        json!(["a"]),
        json!(["a", "b"]),
        json!(["a", "a"]),
        json!([1, 1.0]),
        json!([[1], [1]]),
        json!([{"k": 1}, {"k": 2}]),
        json!([{"k": 1}, {"k": 1}]),
        json!([{}, {}]),
        json!([{}, null]),
        json!([1]),
        json!((0..20).collect::<Vec<u8>>()),
        json!(vec![0; 20]),
    ];
    check(json!({"x-kubernetes-list-type": "set", "minItems": 1, "maxItems": 19}), &lists);
    let keys = |keys: Value| json!({"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys});
    check(keys(json!(["k"])), &lists);
    check(keys(json!(["k", "l"])), &lists);
}

#[test]
fn objects() {
    let objects =
        [json!({}), json!({"a": 1}), json!({"b": 1}), json!({"a": 1, "b": 2}), json!({"c": "x"}), json!({"a": null})];
    let properties = json!({"a": {"type": "integer"}, "b": {"type": "integer", "maximum": 1}});
    check(json!({"properties": properties, "required": ["a", "c", "c"]}), &objects);
    check(json!({"properties": properties, "minProperties": 1, "maxProperties": 1}), &objects);
    check(json!({"properties": properties, "additionalProperties": false}), &objects);
    check(json!({"required": ["c"], "additionalProperties": {"type": "integer"}}), &objects);
    let resource = json!({"x-kubernetes-embedded-resource": true});
    check(resource, &[json!({}), json!({"apiVersion": "v1", "kind": "Pod"}), json!({"apiVersion": "v1", "kind": "-"})]);
}

#[test]
fn branches() {
    let values = [json!(0), json!(1), json!(2), json!(3), json!("x")];
    let bounds = json!([{"minimum": 1}, {"maximum": 2}]);
    for keyword in ["allOf", "anyOf", "oneOf"] {
        check(json!({keyword: bounds}), &values);
    }
    check(json!({"not": {"minimum": 2}}), &values);
}

#[test]
fn what_is_missing_counts_with_its_default() {
    let objects = [json!({}), json!({"a": 1}), json!({"a": 5}), json!({"l": [{}, {}]}), json!({"l": [{"k": "x"}, {}]})];
    let properties = |default: u8| {
        json!({
            "a": {"type": "integer", "maximum": 3, "default": default},
            "l": {
                "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                "items": {"properties": {"k": {"type": "string", "default": "k"}}},
            },
        })
    };
    check(json!({"properties": properties(1), "required": ["a"]}), &objects);
    check(json!({"properties": properties(1), "minProperties": 2}), &objects);
    check(json!({"properties": properties(1), "anyOf": [{"required": ["a"]}]}), &objects);
    check(json!({"properties": properties(1), "enum": [{"a": 1}]}), &objects);
}

#[test]
fn a_wrong_default_is_looked_at_with_the_rest() {
    let schema = json!({"properties": {"a": {"type": "integer", "default": "x"}}});
    let schema = Schema::from_value(&schema).unwrap();
    let plan = Plan::new(&schema, Defaults::new(&schema).map(Arc::new).as_ref());
    assert!(!plan.accepts_without_defaults((&json!({})).into(), &Arena::new()));
}
