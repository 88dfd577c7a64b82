use serde_json::json;

use super::*;
use crate::{number::Number, schema::SchemaType};

fn shown(violations: impl IntoIterator<Item = Violation>) -> Vec<String> {
    let path = Path::ROOT.child("spec");
    violations.into_iter().map(|violation| violation.at(&path.key("a")).to_string()).collect()
}

fn check(violation: Option<Violation>, text: &str) {
    assert_eq!(shown(violation), [text]);
}

fn number(text: &str) -> Number {
    serde_json::from_str(text).unwrap()
}

#[test]
fn lengths_are_counted_in_code_points() {
    assert_eq!(max_length("äöü", 3), None);
    assert_eq!(min_length("äöü", 3), None);
    check(max_length("äöü", 2), "spec.a: Too long: may not be more than 2 bytes");
    check(min_length("ä\n", 3), r#"spec.a: Invalid value: "ä\n": spec.a in body should be at least 3 chars long"#);
}

#[test]
fn patterns_and_formats_speak_like_the_server() {
    assert_eq!(matches("a1", "^a"), None);
    check(matches("b", "^a$"), r#"spec.a: Invalid value: "b": spec.a in body should match '^a$'"#);
    assert!(
        shown(matches("b", "("))[0]
            .contains("should match '(, but pattern is invalid: error parsing regexp: missing closing )")
    );
    assert_eq!(format("x", "unknown"), None);
    check(format("x", "ipv4"), r#"spec.a: Invalid value: "x": spec.a in body must be of type ipv4: "x""#);
    check(
        Some(wrong_type("integer", "string")),
        r#"spec.a: Invalid value: "string": spec.a in body must be of type integer: "string""#,
    );
    check(Some(required()), "spec.a: Required value");
}

#[test]
fn counts_have_limits() {
    assert_eq!((min_items(2, 2), max_items(2, 2)), (None, None));
    check(min_items(1, 2), "spec.a: Invalid value: 1: spec.a in body should have at least 2 items");
    check(max_items(3, 2), "spec.a: Too many: 3: must have at most 2 items");
    check(min_properties(1, 2), "spec.a: Invalid value: 1: spec.a in body should have at least 2 properties");
    check(max_properties(3, 1), "spec.a: Too many: 3: must have at most 1 item");
    assert_eq!(max_items(0, -1), Some(Violation::plain(field::Error::too_many("", 0, -1))));
    assert_eq!(unique_items((&json!([json!(1), json!(1.0)])).into()), None);
    assert!(unique_items((&json!([json!(1), json!(1)])).into()).is_some());
}

#[test]
fn enums_convert_like_go() {
    let accepts = |value: Value, allowed: Value| one_of((&value).into(), allowed.as_array().unwrap()).is_none();
    assert!(accepts(json!(2.9), json!([1, 2])));
    assert!(accepts(json!(1), json!([1.0])));
    assert!(accepts(json!(49), json!(["1"])));
    assert!(!accepts(json!(1), json!(["1"])));
    assert!(!accepts(json!("1"), json!([1])));
    assert!(!accepts(json!(null), json!([null])));
    assert!(accepts(json!({"a": [1]}), json!([{"a": [1]}])));
    assert!(!accepts(json!([1.0]), json!([[1]])));
    check(
        one_of((&json!("c")).into(), &[json!("a"), json!(1)]),
        r#"spec.a: Unsupported value: "c": supported values: "a", "1""#,
    );
    check(one_of(View::Text("c"), &[json!("a")]), r#"spec.a: Unsupported value: "c": supported values: "a""#);
}

#[test]
fn bounds_of_integers_are_cut_to_integers() {
    let open = NumberFormat::default();
    assert_eq!(minimum(number("0"), number("0.5"), false, open), []);
    assert_eq!(
        shown(minimum(number("0.0"), number("0.5"), false, open)),
        ["spec.a: Invalid value: 0: spec.a in body should be greater than or equal to 0.5"]
    );
    assert_eq!(
        shown(maximum(number("5"), number("5"), true, open)),
        ["spec.a: Invalid value: 5: spec.a in body should be less than 5"]
    );
    assert_eq!(maximum(number("5"), number("5"), false, open), []);
    assert_eq!(maximum(number("1"), number("9223372036854775807"), false, open).len(), 1);
}

#[test]
fn bounds_that_the_type_cannot_hold_refuse_everything() {
    let integer = NumberFormat::new(Some(SchemaType::Integer), None);
    assert_eq!(
        shown(maximum(number("1"), number("2.5"), false, integer)),
        [r#"<nil>: Invalid value: "": Maximum boundary value must be of type integer (default format) in spec.a"#]
    );
    assert_eq!(maximum(number("1"), number("9223372036854775807"), false, integer).len(), 1);
    assert_eq!(minimum(number("1"), number("-9223372036854775808"), false, integer).len(), 1);
    assert_eq!(minimum(number("1"), number("-9223372036854774784"), false, integer), []);
    let int32 = NumberFormat::new(Some(SchemaType::Integer), Some("int32"));
    assert_eq!(
        shown(range(number("2147483648"), int32)),
        [r#"<nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.a"#]
    );
    assert_eq!(range(number("2147483647"), int32), None);
    let float = NumberFormat::new(Some(SchemaType::Number), Some("float"));
    assert!(range(number("1e39"), float).is_some() && range(number("1e38"), float).is_none());
}

#[test]
fn multiples_of_a_fraction_refuse_integers_only() {
    let number_type = NumberFormat::new(Some(SchemaType::Number), None);
    assert_eq!(multiple_of(number("2.0"), number("0.5"), number_type), []);
    assert_eq!(
        shown(multiple_of(number("2"), number("0.5"), number_type)),
        ["spec.a: Invalid value: 0: factor MultipleOf declared for spec.a must be positive: 0"]
    );
    assert_eq!(
        shown(multiple_of(number("7"), number("5"), number_type)),
        ["spec.a: Invalid value: 7: spec.a in body should be a multiple of 5"]
    );
    assert_eq!(multiple_of(number("-10"), number("5"), number_type), []);
}

#[test]
fn integers_may_be_written_as_floats_up_to_a_size() {
    for (text, integral) in [
        ("1", true),
        ("1.0", true),
        ("1e3", true),
        ("-0.0", true),
        ("1.5", false),
        ("9007199254740991.0", true),
        ("9007199254740992.0", false),
        ("9223372036854775808", false),
        ("2.0000000001", true),
        ("-2.0000000001", false),
    ] {
        assert_eq!(is_integral(number(text)), integral, "{text}");
    }
}

#[test]
fn a_part_of_an_object_is_named_by_its_base() {
    let error = min_items(0, 1).unwrap().below(Some("status"), &Path::ROOT.child("a"));
    assert_eq!(error.to_string(), "status.a: Invalid value: 0: a in body should have at least 1 items");
    assert_eq!(min_items(0, 1).unwrap().below(Some("status"), &Path::ROOT).field, "status");
}
