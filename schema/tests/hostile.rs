//! Objects and CRDs that want too much: the answers of kube-apiserver 1.36.3, within bounded time and memory.
#![allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.

use crdgen_schema::{
    acceptance,
    definition::Definition,
    field::Errors,
    json,
    strategy::{Operation, Strategy},
};
use serde_json::{Value, json};

const SKIPPED: &str = "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; \
                       correct the existing errors to complete validation";

/// A CRD with this schema.
fn crd(schema: &Value) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "dogs.example.com"},
        "spec": {
            "group": "example.com", "scope": "Namespaced", "names": {"kind": "Dog", "plural": "dogs"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}}],
        },
    })
}

fn strategy() -> Strategy {
    let definition = crd(&json!({"type": "object", "properties": {"spec": {"type": "object", "properties": {
        "pattern": {"type": "string", "pattern": "^(a*)*b$"},
        "short": {"type": "string", "maxLength": 5},
        "enum": {"type": "string", "enum": ["x"]},
        "set": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "integer"}},
        "map": {
            "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
            "items": {"type": "object", "required": ["k"], "properties": {"k": {"type": "integer"}}},
        },
        "integer": {"type": "integer"},
        "int32": {"type": "integer", "format": "int32"},
        "number": {"type": "number"},
        "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
        "message": {
            "type": "string", "maxLength": 20_000,
            "x-kubernetes-validations": [{"rule": "self.size() < 3", "messageExpression": "'bad ' + self"}],
        },
        "regex": {"type": "string", "maxLength": 200, "x-kubernetes-validations": [{"rule": "'aaaa'.matches(self)"}]},
        "items": {
            "type": "array", "maxItems": 725, "items": {"type": "integer"},
            "x-kubernetes-validations": [{"rule": "self.all(x, self.all(y, y == x))"}],
        },
    }}}}));
    acceptance::check(&definition, Operation::Create).unwrap();
    Strategy::new(&Definition::from_value(&definition).unwrap(), "v1").unwrap()
}

fn errors(spec: Value) -> Errors {
    let mut object = json!({
        "apiVersion": "example.com/v1", "kind": "Dog", "metadata": {"name": "x", "namespace": "default"}, "spec": spec,
    });
    let strategy = strategy();
    strategy.decode(&mut object).unwrap();
    strategy.prepare(&mut object, Operation::Create);
    strategy.check(&object, Operation::Create)
}

/// The errors of a new object with this spec, in this order. What is longer than a line is given by its start.
fn check(spec: Value, expected: &[&str]) {
    let found: Vec<String> = errors(spec).iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), expected.len(), "{found:.300?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found:.300}");
    }
}

/// The same with a spec as text, whose numbers `json!` could not write.
fn check_text(spec: &str, expected: &[&str]) {
    check(json::parse(spec.as_bytes()).unwrap(), expected);
}

#[test]
fn texts_of_a_megabyte_are_shown_whole_unless_they_are_too_long() {
    let large = "a".repeat(1_000_000);
    check(json!({"pattern": large}), &["spec.pattern: Invalid value: \"aaaaaaaa"]);
    let found = errors(json!({"pattern": large}));
    let detail = &found.iter().next().unwrap().detail;
    assert_eq!(detail, "spec.pattern in body should match '^(a*)*b$'");
    check(json!({"short": large}), &["spec.short: Too long: may not be more than 5 bytes", SKIPPED]);
    check(json!({"enum": large}), &["spec.enum: Unsupported value: \"aaaaaa", SKIPPED]);
}

#[test]
fn a_hundred_thousand_items_are_compared() {
    let mut items: Vec<u32> = (0..100_000).collect();
    check(json!({"set": items}), &[]);
    items[99_999] = 5;
    check(json!({"set": items}), &["spec.set[99999]: Duplicate value: 5"]);
    let mut items: Vec<Value> = (0..50_000).map(|key| json!({"k": key})).collect();
    items.push(json!({"k": 7}));
    check(json!({"map": items}), &["spec.map[50000]: Duplicate value: {\"k\":7}"]);
    let pairs: Vec<u32> = (0..20_000).map(|number| number / 2).collect();
    let found = errors(json!({"set": pairs}));
    assert_eq!(found.len(), 10_000);
    assert_eq!(found.iter().last().unwrap().to_string(), "spec.set[19999]: Duplicate value: 9999");
}

#[test]
fn numbers_may_be_as_large_as_a_float() {
    let wrong_type =
        "spec.integer: Invalid value: \"number\": spec.integer in body must be of type integer: \"number\"";
    let wrong_range =
        "<nil>: Invalid value: \"\": Checked value must be of type integer (default format) in spec.integer";
    for number in [
        "99999999999999999999",
        "1e30",
        "9223372036854775808",
        "-9223372036854775809",
        "123456789012345678901234567890.5",
    ] {
        check_text(&format!("{{\"integer\": {number}}}"), &[wrong_type, wrong_range, SKIPPED]);
        check_text(&format!("{{\"number\": {number}}}"), &[]);
    }
    for number in ["1.0", "1e2", "-0", "9223372036854775807"] {
        check_text(&format!("{{\"integer\": {number}}}"), &[]);
    }
    check_text(
        "{\"int32\": 2147483648}",
        &["<nil>: Invalid value: \"\": Checked value must be of type integer with format int32 in spec.int32"],
    );
    for number in ["1e400".to_owned(), format!("1{}", "0".repeat(1000))] {
        assert!(json::parse(number.as_bytes()).is_err(), "{number:.20}");
    }
}

#[test]
fn objects_nest_up_to_a_limit() {
    let nested = |depth: usize| format!("{{\"any\": {}1{}}}", "{\"a\":".repeat(depth), "}".repeat(depth));
    check_text(&nested(120), &[]);
    check_text(&format!("{{\"any\": {{\"l\": {}{}}}}}", "[".repeat(120), "]".repeat(120)), &[]);
    // The server reads 10,000 levels. Here they would need more of the stack than a thread has.
    for depth in [200, 100_000] {
        assert!(json::parse(nested(depth).as_bytes()).unwrap_err().to_string().starts_with("recursion limit exceeded"));
    }
}

#[test]
fn patterns_in_objects_are_refused_where_they_are_used() {
    let refused = |pattern: &str, why: &str| {
        let expected = format!(
            "spec.regex: Invalid value: \"string\": error parsing regexp: {why} evaluating rule: 'aaaa'.matches(self)"
        );
        check(json!({"regex": pattern}), &[&expected]);
    };
    refused("(", "missing closing ): `(`");
    refused("a{1000}{1000}", "invalid nested repetition operator: `{1000}{1000}`");
    refused("(?:a{1000}){1000}", "invalid repeat count: `{1000}`");
    check(json!({"regex": "(a*)*b"}), &["spec.regex: Invalid value: \"(a*)*b\": failed rule: 'aaaa'.matches(self)"]);
    check(json!({"regex": format!("{}{}", "(".repeat(100), ")".repeat(100))}), &[]);
}

#[test]
fn messages_are_used_unless_they_are_long_or_have_several_lines() {
    let plain = "failed rule: self.size() < 3";
    for (value, detail) in [
        ("abc".to_owned(), "bad abc".to_owned()),
        ("a\nb".to_owned(), plain.to_owned()),
        ("é\u{202e}\0".to_owned(), "bad é\u{202e}\0".to_owned()),
        ("x".repeat(5000), format!("bad {}", "x".repeat(5000))),
        ("x".repeat(6000), plain.to_owned()),
    ] {
        let found = errors(json!({"message": value}));
        assert_eq!(found.iter().map(|error| &error.detail).collect::<Vec<_>>(), [&detail]);
    }
}

#[test]
fn rules_that_cost_too_much_end_the_check() {
    let told = "spec.items: Invalid value: \"array\": 'operation cancelled: actual cost limit exceeded': no further validation rules \
                will be run due to call cost exceeds limit for rule: self.all(x, self.all(y, y == x))";
    check(json!({"items": vec![20; 725], "message": "abc"}), &[told]);
}

#[test]
fn definitions_are_refused_with_their_rule_however_long_it_is() {
    let refusal = |schema: Value| acceptance::check(&crd(&schema), Operation::Create).map_err(|why| why.to_string());
    let rule = |rule: String| refusal(json!({"type": "object", "x-kubernetes-validations": [{"rule": rule}]}));
    let nested = |depth: usize| rule(format!("{}true{}", "(".repeat(depth), ")".repeat(depth)));
    assert_eq!(nested(249), Ok(()));
    for depth in [250, 10_000] {
        let why = nested(depth).unwrap_err();
        assert!(
            why.ends_with("compilation failed: ERROR: <input>:-1:0: expression recursion limit exceeded: 250"),
            "{why:.300}"
        );
        assert!(why.len() > 2 * depth);
    }
    let why = rule(format!("true{}", " ".repeat(200_000))).unwrap_err();
    assert!(why.ends_with("ERROR: <input>:-1:0: expression code point size exceeds limit: size: 200004, limit 100000"));
    let why = refusal(json!({"type": "object", "properties": {"a": {"type": "string", "pattern": "(a{1000}){1000}"}}}));
    let told = "Invalid value: \"(a{1000}){1000}\": must be a valid regular expression, but isn't: \
                error parsing regexp: invalid repeat count: `{1000}`";
    assert!(why.as_ref().unwrap_err().ends_with(told), "{why:?}");
    let why = refusal(json!({"type": "object", "x-kubernetes-validations": [{"rule": "true", "message": "a\nb"}]}));
    assert!(why.unwrap_err().ends_with("message: Invalid value: \"a\\nb\": must not contain line breaks"));
    let long =
        refusal(json!({"type": "object", "x-kubernetes-validations": [{"rule": "true", "message": "m".repeat(3000)}]}));
    assert_eq!(long, Ok(()));
}
