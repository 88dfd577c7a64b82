#![allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.

use serde_json::{Value, json};

use super::*;

fn schema_of(value: Value) -> Schema {
    Schema::from_value(&value).unwrap()
}

fn shown(errors: &Errors) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

fn check(schema: Value, value: Value, errors: &[&str]) {
    assert_eq!(shown(&super::check(&value, &schema_of(schema), Subject::default())), errors);
}

fn check_update(schema: Value, old: Value, new: Value, errors: &[&str]) {
    assert_eq!(
        shown(&super::check(&new, &schema_of(schema), Subject { old: Some((&old).into()), ..Subject::default() })),
        errors
    );
}

#[test]
fn members_are_checked_against_their_schemas() {
    check(
        json!({"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string", "maxLength": 1}, "l": {"type": "array", "maxItems": 1, "items": {"type": "integer"}}}}),
        json!({"a": "xy", "l": [1, "2"]}),
        &[
            "a: Too long: may not be more than 1 byte",
            r#"l[1]: Invalid value: "string": l[1] in body must be of type integer: "string""#,
            "l: Too many: 2: must have at most 1 item",
            "b: Required value",
        ],
    );
}

#[test]
fn schema_errors_name_map_keys_like_properties() {
    let schema = json!({"properties": {"spec": {"properties": {"m": {"additionalProperties": {"type": "string"}}}}}});
    let told = r#"spec.m.k: Invalid value: "integer": spec.m.k in body must be of type string: "integer""#;
    check(schema, json!({"spec": {"m": {"k": 1}}}), &[told]);
}

#[test]
fn members_that_are_not_declared_are_an_error_where_additional_properties_are_false() {
    let closed = json!({"type": "object", "additionalProperties": false});
    check(closed.clone(), json!({}), &[]);
    check(
        json!({"properties": {"spec": closed}}),
        json!({"spec": {"a": 1}}),
        &[r#"spec: Invalid value: "a": spec.a in body is a forbidden property"#],
    );
}

#[test]
fn a_default_is_checked_against_its_schema_as_written() {
    let check = |schema: Value, default: Value, expected: &[&str]| {
        assert_eq!(
            shown(&super::check(
                &default,
                &schema_of(schema),
                Subject { base: Some("x.default"), is_default: true, ..Subject::default() }
            )),
            expected
        );
    };
    // On an object the first is refused, and the others are accepted.
    check(json!({"x-kubernetes-int-or-string": true}), json!(true), &[]);
    check(
        json!({"x-kubernetes-int-or-string": true, "format": "int-or-string"}),
        json!(80),
        &[r#"x.default: Invalid value: "int64":  in body must be of type int-or-string: "int64""#],
    );
    check(
        json!({"x-kubernetes-int-or-string": true, "format": "int64"}),
        json!(80),
        &[r#"x.default: Invalid value: "integer":  in body must be of type : "integer""#],
    );
    check(json!({"type": "integer", "format": "uint32"}), json!(80), &[]);
    check(
        json!({"type": "object", "additionalProperties": {"type": "string"}}),
        json!({"a": 1}),
        &[r#"x.default.a: Invalid value: "integer": .a in body must be of type string: "integer""#],
    );
}

#[test]
fn integers_may_be_floats_without_a_fraction() {
    let schema = json!({"type": "integer"});
    for literal in ["1.0", "1e3", "-0"] {
        check(schema.clone(), serde_json::from_str(literal).unwrap(), &[]);
    }
    check(
        schema,
        json!(1.5),
        &[
            r#"<nil>: Invalid value: "number":  in body must be of type integer: "number""#,
            r#"<nil>: Invalid value: "": Checked value must be of type integer (default format) in "#,
        ],
    );
}

#[test]
fn int_or_string_is_either_and_nothing_else() {
    let schema = json!({"x-kubernetes-int-or-string": true});
    check(schema.clone(), json!(1), &[]);
    check(schema.clone(), json!("1"), &[]);
    check(
        schema,
        json!(true),
        &[r#"<nil>: Invalid value: "boolean":  in body must be of type integer,string: "boolean""#],
    );
}

#[test]
fn a_text_with_a_format_may_be_an_array() {
    let schema = json!({"type": "string", "format": "date"});
    check(schema.clone(), json!(["x"]), &[]);
    check(schema.clone(), json!("2024-01-01"), &[]);
    check(schema.clone(), json!("x"), &[r#"<nil>: Invalid value: "x":  in body must be of type date: "x""#]);
    check(schema, json!(1), &[r#"<nil>: Invalid value: "int64":  in body must be of type date: "int64""#]);
    check(json!({"type": "string", "format": "semver"}), json!("x"), &[]);
}

#[test]
fn of_length_and_pattern_the_first_fault_is_told() {
    let schema = json!({"type": "string", "maxLength": 1, "pattern": "^a$"});
    check(schema.clone(), json!("bb"), &["<nil>: Too long: may not be more than 1 byte"]);
    check(schema, json!("b"), &[r#"<nil>: Invalid value: "b":  in body should match '^a$'"#]);
}

#[test]
fn null_runs_only_type_and_enum_checks() {
    let schema = json!({"type": "string", "nullable": true, "not": {"nullable": true}, "minLength": 1});
    check(schema, json!(null), &[]);
    check(
        json!({"type": "string"}),
        json!(null),
        &[r#"<nil>: Invalid value: "null":  in body must be of type string: "null""#],
    );
    let listed = json!({"type": "string", "nullable": true, "enum": ["a", null]});
    check(listed, json!(null), &[r#"<nil>: Unsupported value: null: supported values: "a", "null""#]);
}

#[test]
fn combinators_blame_the_root_and_the_closest_branch() {
    check(
        json!({"properties": {"a": {"type": "object", "anyOf": [{"required": ["x"]}, {"properties": {"y": {"minimum": 2}}, "required": ["y", "z"]}]}}}),
        json!({"a": {"y": 1}}),
        &[
            r#"<nil>: Invalid value: "": "a" must validate at least one schema (anyOf)"#,
            "a.y: Invalid value: 1: a.y in body should be greater than or equal to 2",
            "a.z: Required value",
        ],
    );
    check(
        json!({"oneOf": [{"minimum": 1}, {"minimum": 2}]}),
        json!(3),
        &[r#"<nil>: Invalid value: "": "" must validate one and only one schema (oneOf). Found 2 valid alternatives"#],
    );
    check(
        json!({"allOf": [{"minimum": 1}, {"maximum": 2}]}),
        json!(3),
        &[
            "<nil>: Invalid value: 3:  in body should be less than or equal to 2",
            r#"<nil>: Invalid value: "": "" must validate all the schemas (allOf)"#,
        ],
    );
    check(
        json!({"not": {"minimum": 1}}),
        json!(3),
        &[r#"<nil>: Invalid value: "": "" must not validate the schema (not)"#],
    );
    check(json!({"anyOf": [{"minimum": 5}, {"maximum": 4}], "oneOf": [{"minimum": 1}]}), json!(3), &[]);
}

#[test]
fn unchanged_values_pass_an_update() {
    let schema = json!({"properties": {"a": {"type": "string", "maxLength": 1}, "b": {"type": "string", "maxLength": 1}, "m": {"additionalProperties": {"maximum": 1}}}});
    check_update(
        schema.clone(),
        json!({"a": "xx", "b": "xx"}),
        json!({"a": "xx", "b": "yy"}),
        &["b: Too long: may not be more than 1 byte"],
    );
    check_update(
        schema,
        json!({"m": {"k": 5, "l": 5}}),
        json!({"m": {"k": 5, "l": 6}}),
        &["m.l: Invalid value: 6: m.l in body should be less than or equal to 1"],
    );
}

#[test]
fn items_correlate_in_list_maps_only() {
    let items = json!({"properties": {"k": {}, "v": {"maximum": 1}}});
    let atomic = json!({"properties": {"l": {"type": "array", "items": items}}});
    let map = json!({"properties": {"l": {"type": "array", "items": items, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"]}}});
    let (old, new) =
        (json!({"l": [{"k": 1, "v": 5}, {"k": 2, "v": 5}]}), json!({"l": [{"k": 2, "v": 5}, {"k": 1, "v": 6}]}));
    let told = |index: usize, value: u8| {
        format!("l[{index}].v: Invalid value: {value}: l[{index}].v in body should be less than or equal to 1")
    };
    check_update(map, old.clone(), new.clone(), &[&told(1, 6)]);
    check_update(atomic.clone(), old.clone(), new, &[&told(0, 5), &told(1, 6)]);
    check_update(atomic, old.clone(), old, &[]);
}

#[test]
fn errors_of_branches_pass_only_with_the_whole_value() {
    let schema = json!({"properties": {"a": {"properties": {"x": {}, "y": {}}, "allOf": [{"properties": {"x": {"maximum": 1}}}]}}});
    check_update(schema.clone(), json!({"a": {"x": 5, "y": 1}}), json!({"a": {"x": 5, "y": 1}}), &[]);
    let told = [
        "a.x: Invalid value: 5: a.x in body should be less than or equal to 1",
        r#"<nil>: Invalid value: "": "a" must validate all the schemas (allOf). None validated"#,
    ];
    check_update(schema, json!({"a": {"x": 5, "y": 1}}), json!({"a": {"x": 5, "y": 2}}), &told);
}

#[test]
fn a_part_is_named_by_its_base_in_fields_only() {
    let schema = schema_of(json!({"properties": {"a": {"maximum": 1}}, "maxProperties": 1}));
    let errors =
        super::check(&json!({"a": 2, "b": 1}), &schema, Subject { base: Some("status"), ..Subject::default() });
    assert_eq!(
        shown(&errors),
        [
            "status: Too many: 2: must have at most 1 item",
            "status.a: Invalid value: 2: a in body should be less than or equal to 1"
        ]
    );
}
