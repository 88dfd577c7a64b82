#![allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.

use serde_json::{Value, json};

use super::*;
use crate::node::Node;

static INNER: Struct =
    Struct::new("v1", "Inner", &[field("text", Type::Text).always(), field("flag", Type::Pointer(&Type::Flag))]);

static OUTER: Struct = Struct::new(
    "v1",
    "Outer",
    &[
        field("inner", Type::Struct(&INNER)),
        field("pointer", Type::Pointer(&Type::Struct(&INNER))),
        field("list", Type::List(&Type::Struct(&INNER))),
        field("texts", Type::List(&Type::Text)),
        field("map", Type::Map(&Type::Text)),
        field("small", Type::Int32),
        field("whole", Type::WholeNumber),
        field("bytes", Type::Bytes),
        field("time", Type::Time),
        field("micro", Type::MicroTime),
        field("any", Type::Any),
        field("either", Type::OneOf(&[Type::Flag, Type::Struct(&INNER)], Some("flag or struct expected"))),
    ],
);

fn check_written(value: Value, written: Value, unknown: &[&str]) {
    let mut value = value;
    assert_eq!(round_trip(&mut value, &OUTER), Ok(unknown.iter().map(|path| (*path).to_owned()).collect()));
    assert_eq!(value, written);
}

fn check_refused(value: Value, error: &str) {
    assert_eq!(check(&value, &OUTER), Err(error.to_owned()));
}

#[test]
fn a_struct_is_always_written_and_a_pointer_only_if_it_is_set() {
    check_written(json!({}), json!({"inner": {"text": ""}}), &[]);
    check_written(json!({"pointer": {}}), json!({"inner": {"text": ""}, "pointer": {"text": ""}}), &[]);
    check_written(json!(null), json!({"inner": {"text": ""}}), &[]);
}

#[test]
fn what_is_empty_or_unknown_is_dropped() {
    let inner = json!({"text": "a"});
    check_written(
        json!({"inner": inner, "list": [], "texts": null, "map": {}, "small": 0, "whole": 0.0, "bytes": "", "x": 1}),
        json!({"inner": inner}),
        &["x"],
    );
    check_written(
        json!({"inner": {"text": "a", "y": 1}, "list": [{"z": 1}], "whole": 2.0, "any": {"b": null}}),
        json!({"inner": inner, "list": [{"text": ""}], "whole": 2, "any": {"b": null}}),
        &["inner.y", "list[0].z"],
    );
}

#[test]
fn what_is_unknown_is_found_below_maps_but_not_by_decoders_of_their_own() {
    static MAPS: Struct = Struct::new("v1", "Maps", &[field("map", Type::Map(&Type::Struct(&INNER)))]);
    let mut value = json!({"map": {"a.b": {"x": 1}}});
    assert_eq!(round_trip(&mut value, &MAPS), Ok(vec!["map.a.b.x".to_owned()]));
    check_written(json!({"either": {"x": 1}}), json!({"inner": {"text": ""}, "either": {"text": ""}}), &[]);
}

#[test]
fn null_in_a_list_or_map_is_the_zero_value() {
    check_written(
        json!({"list": [null], "texts": [null], "map": {"a": null}}),
        json!({"inner": {"text": ""}, "list": [{"text": ""}], "texts": [""], "map": {"a": ""}}),
        &[],
    );
}

#[test]
fn a_wrong_type_is_refused_in_the_words_of_go() {
    let field = "json: cannot unmarshal";
    check_refused(json!([]), &format!("{field} array into Go value of type v1.Outer"));
    check_refused(json!({"texts": "a"}), &format!("{field} string into Go struct field Outer.texts of type []string"));
    check_refused(
        json!({"list": [{"text": 1}]}),
        &format!("{field} number into Go struct field Inner.list.text of type string"),
    );
    check_refused(json!({"list": [1]}), &format!("{field} number into Go struct field Outer.list of type v1.Inner"));
    check_refused(
        json!({"map": []}),
        &format!("{field} array into Go struct field Outer.map of type map[string]string"),
    );
    check_refused(
        json!({"small": 2_147_483_648_i64}),
        &format!("{field} number 2147483648 into Go struct field Outer.small of type int32"),
    );
    check_refused(json!({"small": 1.5}), &format!("{field} number 1.5 into Go struct field Outer.small of type int32"));
    check_refused(json!({"bytes": 1}), &format!("{field} number into Go struct field Outer.bytes of type []uint8"));
    check_refused(json!({"either": 1}), "flag or struct expected");
    assert_eq!(check(&json!({"either": true, "x": 1, "inner": null}), &OUTER), Ok(()));
}

static SOURCE: Tags = Tags { embedded: "Source", ..Tags::NONE };

static OTHER: Struct = Struct::new(
    "v2",
    "Other",
    &[
        field("policy", Type::Named("v2.Policy", &Type::Text)),
        field("limits", Type::Named("v2.Limits", &Type::Map(&Type::Quantity))),
        field("divisor", Type::Quantity).always(),
        field("port", Type::Pointer(&Type::IntOrString)),
        field("target", Type::IntOrString).always(),
        field("seen", Type::Time).always(),
        field("inner", Type::Pointer(&Type::Struct(&INNER))).tagged(&SOURCE),
        field("policies", Type::List(&Type::Named("v2.Policy", &Type::Text))),
        field("times", Type::List(&Type::Time)),
        field("data", Type::Bytes).always(),
        field("most", Type::Pointer(&Type::Quantity)),
        field("quantities", Type::List(&Type::Pointer(&Type::Quantity))),
    ],
);

#[test]
fn types_with_names_and_decoders_of_their_own_are_refused_in_the_words_of_go() {
    let cases = [
        (json!([]), "array into Go value of type v2.Other"),
        (json!({"policy": 1}), "number into Go struct field Other.policy of type v2.Policy"),
        (json!({"policies": "a"}), "string into Go struct field Other.policies of type []v2.Policy"),
        (json!({"policies": [1]}), "number into Go struct field Other.policies of type v2.Policy"),
        (json!({"limits": []}), "array into Go struct field Other.limits of type v2.Limits"),
        (json!({"port": true}), "bool into Go struct field Other.port of type int32"),
        (json!({"port": 1.5}), "number 1.5 into Go struct field Other.port of type int32"),
        (json!({"seen": 1}), "number into Go struct field Other.seen of type string"),
        (json!({"times": 1}), "number into Go struct field Other.times of type []v1.Time"),
        (json!({"quantities": 1}), "number into Go struct field Other.quantities of type []*resource.Quantity"),
        (json!({"inner": 1}), "number into Go struct field Other.Source.inner of type v1.Inner"),
        (json!({"inner": {"text": 1}}), "number into Go struct field Inner.Source.inner.text of type string"),
    ];
    for (value, error) in cases {
        assert_eq!(check(&value, &OTHER), Err(format!("json: cannot unmarshal {error}")));
    }
    for value in [json!({}), json!("x"), json!(true), json!([])] {
        let error =
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'".to_owned();
        assert_eq!(check(&json!({"limits": {"cpu": value}}), &OTHER), Err(error));
    }
    assert_eq!(check(&json!({"divisor": "1K"}), &OTHER), Err("unable to parse quantity's suffix".to_owned()));
}

#[test]
fn what_a_decoder_of_its_own_refuses_comes_first_and_names_the_struct_around_it() {
    static OUTERMOST: Struct = Struct::new(
        "v1",
        "Outermost",
        &[
            field("first", Type::Text),
            field("other", Type::Struct(&OTHER)),
            field("either", Type::OneOf(&[Type::Flag, Type::Struct(&OTHER)], None)),
        ],
    );
    let refused = |value: Value| check(&value, &OUTERMOST).unwrap_err();
    let wrong_first = r#"{"first": 1, "other": {"policy": 1}}"#;
    assert_eq!(
        refused(serde_json::from_str(wrong_first).unwrap()),
        "json: cannot unmarshal number into Go struct field Outermost.first of type string"
    );
    assert_eq!(refused(json!({"first": 1, "other": {"divisor": "1K"}})), "unable to parse quantity's suffix");
    assert_eq!(
        refused(json!({"first": 1, "other": {"seen": 1}})),
        "json: cannot unmarshal number into Go struct field Other.other.seen of type string"
    );
    assert_eq!(
        refused(json!({"either": {"policy": 1}, "first": 1})),
        "json: cannot unmarshal number into Go struct field Outermost.either.policy of type v2.Policy"
    );
}

#[test]
fn quantities_are_written_in_their_canonical_form_and_what_is_never_empty_always() {
    let mut value =
        json!({"limits": {"a": "1000m", "b": 0.5, "c": " 5 ", "d": null}, "port": "http", "policy": "", "most": null});
    assert_eq!(round_trip(&mut value, &OTHER), Ok(Vec::new()));
    let limits = json!({"a": "1", "b": "500m", "c": "5", "d": "0"});
    let always = json!({"limits": limits, "divisor": "0", "port": "http", "target": 0, "seen": null, "data": null});
    assert_eq!(value, always);
}

#[test]
fn base64_fails_where_go_stops() {
    for (text, at) in [("Y", 0), ("YQ", 0), ("YQ=", 3), ("YQ=a", 2), ("YQ==a", 4), ("Y=", 1), ("YWI!", 3), ("YWJj=", 4)]
    {
        check_refused(json!({"bytes": text}), &format!("illegal base64 data at input byte {at}"));
    }
    for text in ["", "YQ==", "YWI=", "YW\nJj\r\n", "YR=="] {
        assert_eq!(check(&json!({"bytes": text}), &OUTER), Ok(()));
    }
}

#[test]
fn times_and_bytes_are_written_in_gos_form() {
    check_written(
        json!({"time": "2024-01-02T03:04:05.5+01:00", "bytes": "YW\nJj\r\nYR=="}),
        json!({"inner": {"text": ""}, "time": "2024-01-02T02:04:05Z", "bytes": "YWJjYQ=="}),
        &[],
    );
    check_written(json!({"time": "0001-01-01T00:00:00Z"}), json!({"inner": {"text": ""}}), &[]);
}

#[test]
fn times_are_rfc_3339_and_micro_times_have_six_digits() {
    let (time, micro) = ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05.000001Z");
    assert_eq!(check(&json!({"time": time, "micro": micro}), &OUTER), Ok(()));
    check_refused(
        json!({"time": "yesterday"}),
        r#"parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006""#,
    );
    check_refused(
        json!({"micro": time}),
        r#"parsing time "2024-01-02T03:04:05Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000""#,
    );
}

#[test]
fn an_accessor_names_the_go_type_of_a_value() {
    let error = |value| accessor_error(".spec.x", &value, "string");
    assert_eq!(error(json!(null)), ".spec.x accessor error: <nil> is of the type <nil>, expected string");
    assert_eq!(error(json!(1.0)), ".spec.x accessor error: 1 is of the type float64, expected string");
    assert_eq!(error(json!(["a"])), ".spec.x accessor error: [a] is of the type []interface {}, expected string");
}

#[test]
fn values_are_equal_if_go_decodes_them_into_equal_ones() {
    static INNER: Struct = Struct::new("v1", "Inner", &[field("name", Type::Text), field("flag", Type::Flag)]);
    static OUTER: Struct = Struct::new(
        "v1",
        "Outer",
        &[
            field("inner", Type::Pointer(&Type::Struct(&INNER))),
            field("list", Type::List(&Type::Struct(&INNER))),
            field("map", Type::Map(&Type::Text)),
            field("number", Type::Float64),
            field("any", Type::Any),
            field("either", Type::OneOf(&[Type::Flag, Type::Struct(&INNER)], None)),
        ],
    );
    let equal = |value: Value, other: Value| {
        let (value, other) = (Node::from_value(&value).unwrap(), Node::from_value(&other).unwrap());
        let there = are_equal(&value, &other, &Type::Struct(&OUTER));
        assert_eq!(there, are_equal(&other, &value, &Type::Struct(&OUTER)), "both ways");
        there
    };
    assert!(equal(json!({}), json!({"list": [], "map": {}, "number": 0, "inner": null, "unknown": 1})));
    assert!(equal(json!({"inner": {}}), json!({"inner": {"name": "", "flag": false}})));
    assert!(!equal(json!({}), json!({"inner": {}})), "a pointer to nothing is not one to an empty struct");
    assert!(equal(json!({"list": [{}, {"name": "a"}]}), json!({"list": [null, {"name": "a", "x": 1}]})));
    assert!(!equal(json!({"list": [{}]}), json!({"list": [{}, {}]})));
    assert!(equal(json!({"map": {"a": "b", "c": ""}}), json!({"map": {"c": null, "a": "b"}})));
    assert!(!equal(json!({"map": {"a": ""}}), json!({"map": {"b": ""}})));
    assert!(equal(json!({"number": 1}), json!({"number": 1.0})));
    assert!(!equal(json!({"any": 1}), json!({"any": 1.0})), "JSON of no type keeps integers apart");
    assert!(equal(json!({"either": {}}), json!({"either": {"name": ""}})));
    assert!(!equal(json!({"either": {}}), json!({"either": true})));
}

#[test]
fn escapes_are_read_as_go_reads_them() {
    assert_eq!(
        unquote(r#"a\n\"\\\x41\u00e9\U0001f600\101\xc3\xa9"#).as_deref(),
        Some("a\n\"\\A\u{e9}\u{1f600}A\u{e9}")
    );
    for wrong in [r"\", r"\q", r"\'", r"\x4", r"\ud800", r"\400", r"\xff", "\"", "a\nb"] {
        assert_eq!(unquote(wrong), None, "{wrong}");
    }
}

#[test]
fn bytes_may_be_a_list_of_numbers() {
    check_written(json!({"bytes": [1, null, 255]}), json!({"inner": {"text": ""}, "bytes": "AQD/"}), &[]);
    check_written(json!({"bytes": []}), json!({"inner": {"text": ""}}), &[]);
    let refused = "json: cannot unmarshal number 256 into Go struct field Outer.bytes of type uint8";
    check_refused(json!({"bytes": [256]}), refused);
    check_refused(
        json!({"bytes": ["a"]}),
        "json: cannot unmarshal string into Go struct field Outer.bytes of type uint8",
    );
}
