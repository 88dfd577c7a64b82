#![allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.

use serde_json::{Value, json};

use super::{Budget, Replaced, Rules, report};
use crate::{acceptance, schema::Schema, strategy::Operation};

/// A schema of an object with these properties and one rule.
fn schema_with(properties: Value, rule: Value) -> Schema {
    Schema::from_value(&json!({"type": "object", "properties": properties, "x-kubernetes-validations": [rule]}))
        .unwrap()
}

fn texts(schema: &Schema, object: &Value, old: Option<&Value>) -> Vec<String> {
    Rules::new(schema).check(object, schema, old.map(Into::into)).iter().map(ToString::to_string).collect()
}

/// Whether a rule holds for an object with such properties.
fn check(properties: &Value, rule: &str, object: &Value, expected: &str) {
    let schema = schema_with(properties.clone(), json!({"rule": rule}));
    let found = texts(&schema, object, None).join("; ");
    let expected = if expected.is_empty() { String::new() } else { format!("<nil>: Invalid value: {expected}") };
    assert_eq!(found, expected, "{rule}");
}

#[test]
fn a_rule_sees_values_in_the_types_of_the_schema() {
    let properties = json!({
        "count": {"type": "integer"}, "ratio": {"type": "number"}, "port": {"x-kubernetes-int-or-string": true},
        "when": {"type": "string", "format": "date-time"}, "day": {"type": "string", "format": "date"},
        "wait": {"type": "string", "format": "duration"}, "data": {"type": "string", "format": "byte"},
        "namespace": {"type": "string"}, "a-b": {"type": "string"}, "maybe": {"type": "string", "nullable": true},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "set": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
        "map": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                "items": {"type": "object", "properties": {"k": {"type": "string"}, "v": {"type": "integer"}}}},
    });
    let object = json!({
        "count": 3, "ratio": 1, "port": "http", "when": "2026-01-31T12:00:00Z", "day": "2026-01-31", "wait": "90s",
        "data": "aGk=", "namespace": "n", "a-b": "dash", "maybe": null, "labels": {"x": "1"}, "set": ["a", "b"],
        "map": [{"k": "a", "v": 1}, {"k": "b", "v": 2}],
    });
    for rule in [
        "self.count == 3 && type(self.count) == int",
        "self.ratio == 1.0 && type(self.ratio) == double",
        "type(self.port) == string ? self.port == 'http' : self.port == 80",
        "self.when.getFullYear() == 2026 && self.day < self.when",
        "self.wait == duration('1m30s')",
        "self.data == b'hi'",
        "self.__namespace__ == 'n' && self.namespace == 'n' && self.a__dash__b == 'dash'",
        "!has(self.maybe)",
        "self.labels.all(key, self.labels[key] == '1') && 'x' in self.labels",
        "self.set == ['b', 'a'] && (self.set + ['a', 'c']).size() == 3",
        "(self.map + self.map).size() == 2 && self.map.exists(item, item.k == 'b' && item.v == 2)",
    ] {
        check(&properties, rule, &object, "");
    }
}

#[test]
fn a_broken_rule_says_what_it_was_given_to_say() {
    let properties = json!({"size": {"type": "integer"}});
    let object = json!({"size": 7});
    for (rule, expected) in [
        (json!({"rule": " self.size < 5 "}), "<nil>: Invalid value: failed rule: self.size < 5"),
        (json!({"rule": "self.size < 5", "message": " too large "}), "<nil>: Invalid value: too large"),
        (
            json!({"rule": "self.size < 5", "messageExpression": "'size is ' + string(self.size)", "fieldPath": ".size"}),
            "size: Invalid value: size is 7",
        ),
        (
            json!({"rule": "self.size < 5", "messageExpression": "'  '"}),
            "<nil>: Invalid value: failed rule: self.size < 5",
        ),
        (json!({"rule": "self.size < 5", "reason": "FieldValueForbidden", "message": "no"}), "<nil>: Forbidden: no"),
        (
            json!({"rule": "self.size < 5", "reason": "FieldValueRequired", "message": "no"}),
            "<nil>: Required value: no",
        ),
        (json!({"rule": "self.size < 5", "reason": "FieldValueDuplicate", "message": "no"}), "<nil>: Duplicate value"),
        (
            json!({"rule": "self.size / 0 > 1", "message": "bad"}),
            r#"<nil>: Invalid value: "object": division by zero evaluating rule: bad"#,
        ),
    ] {
        assert_eq!(texts(&schema_with(properties.clone(), rule.clone()), &object, None), [expected], "{rule}");
    }
    let scalar = json!({"type": "object", "properties": {
        "size": {"type": "integer", "x-kubernetes-validations": [{"rule": "self < 5", "message": "too large"}]},
    }});
    let scalar = Schema::from_value(&scalar).unwrap();
    assert_eq!(texts(&scalar, &object, None), ["size: Invalid value: 7: too large"]);
}

#[test]
fn a_rule_about_changes_needs_an_old_value_that_corresponds() {
    let item = json!({"type": "object", "properties": {"k": {"type": "string"}, "v": {"type": "integer",
        "x-kubernetes-validations": [{"rule": "self >= oldSelf", "message": "must not shrink"}]}}});
    let list = |kind: &str| {
        let keys = if kind == "map" { json!(["k"]) } else { json!(null) };
        let mut list = json!({"type": "array", "x-kubernetes-list-type": kind, "items": item});
        if !keys.is_null() {
            list["x-kubernetes-list-map-keys"] = keys;
        }
        Schema::from_value(&json!({"type": "object", "properties": {"l": list}})).unwrap()
    };
    let old = json!({"l": [{"k": "a", "v": 5}, {"k": "b", "v": 5}]});
    let new = json!({"l": [{"k": "b", "v": 6}, {"k": "a", "v": 4}, {"k": "c", "v": 1}]});
    assert_eq!(texts(&list("map"), &new, Some(&old)), ["l[1].v: Invalid value: 4: must not shrink"]);
    assert_eq!(texts(&list("map"), &new, None), [""; 0]);
    assert_eq!(texts(&list("atomic"), &new, Some(&old)), [""; 0]);

    let optional =
        json!({"rule": "oldSelf.hasValue() ? self.n == oldSelf.value().n : self.n == 1", "optionalOldSelf": true});
    let schema = schema_with(json!({"n": {"type": "integer"}}), optional);
    assert_eq!(texts(&schema, &json!({"n": 1}), None), [""; 0]);
    assert_eq!(texts(&schema, &json!({"n": 2}), None).len(), 1);
    assert_eq!(texts(&schema, &json!({"n": 2}), Some(&json!({"n": 2}))), [""; 0]);
    assert_eq!(texts(&schema, &json!({"n": 3}), Some(&json!({"n": 2}))).len(), 1);
}

#[test]
fn what_has_not_changed_may_stay_broken() {
    let part = json!({"type": "object", "properties": {"n": {"type": "integer"}},
        "x-kubernetes-validations": [{"rule": "self.n < 5"}]});
    let schema =
        Schema::from_value(&json!({"type": "object", "properties": {"a": part, "b": {"type": "string"}}})).unwrap();
    let old = json!({"a": {"n": 7}, "b": "x"});
    assert_eq!(texts(&schema, &json!({"a": {"n": 7}, "b": "y"}), Some(&old)), [""; 0]);
    assert_eq!(texts(&schema, &json!({"a": {"n": 8}, "b": "x"}), Some(&old)).len(), 1);
    let mut budget = Budget::default();
    let errors = Rules::new(&schema).check_within(&old, &schema, Replaced::Strict((&old).into()), &mut budget);
    assert_eq!(errors.len(), 1);
}

#[test]
fn rules_stop_when_their_budget_is_spent() {
    let item = json!({"type": "integer", "x-kubernetes-validations": [{"rule": "self < 10"}]});
    let schema = json!({"type": "object", "properties": {"l": {"type": "array", "items": item}}});
    let schema = Schema::from_value(&schema).unwrap();
    let rules = Rules::new(&schema);
    let object = json!({"l": vec![1; 100]});
    let mut budget = Budget::new(1_000);
    assert!(rules.check_within(&object, &schema, Replaced::Nothing, &mut budget).is_empty());
    assert_eq!(budget.left(), Some(800));
    let mut budget = Budget::new(50);
    let errors = rules.check_within(&object, &schema, Replaced::Nothing, &mut budget);
    assert_eq!(errors.len(), 1, "nothing is said of the items after the one that was too many");
    assert!(errors.iter().next().unwrap().detail.starts_with("validation failed due to running out of cost budget"));
    assert_eq!(budget.left(), None);

    let endless = schema_with(
        json!({"l": {"type": "array", "items": {"type": "integer"}}}),
        json!({"rule": "self.l.all(a, self.l.all(b, self.l.all(c, a + b + c >= 0)))"}),
    );
    let found = texts(&endless, &json!({"l": vec![1; 1000]}), None);
    assert!(found[0].contains("no further validation rules will be run due to call cost exceeds limit"), "{found:?}");
}

#[test]
fn the_name_of_a_resource_is_there_and_no_other_metadata() {
    let properties = json!({"metadata": {"type": "object"}});
    let object = json!({"apiVersion": "v1", "kind": "A", "metadata": {"name": "a", "labels": {}}});
    check(&properties, "self.metadata.name == 'a' && self.kind == 'A'", &object, "");
    let schema = schema_with(properties, json!({"rule": "has(self.metadata.labels)"}));
    let report = &report(&schema, true).unwrap()[0];
    assert!(report.error.as_ref().unwrap().contains("undefined field 'labels'"), "{report:?}");
}

/// The errors of a CRD whose `spec` has such a schema.
fn refused(spec: Value) -> Vec<String> {
    let crd = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "dogs.example.com"},
        "spec": {"group": "example.com", "scope": "Cluster", "names": {"kind": "Dog", "plural": "dogs"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
                {"type": "object", "properties": {"spec": spec}}}}]},
    });
    match acceptance::check(&crd, Operation::Create) {
        Ok(()) => Vec::new(),
        Err(acceptance::Rejection::Invalid(errors)) => errors.iter().map(ToString::to_string).collect(),
        Err(other) => vec![other.to_string()],
    }
}

#[test]
fn a_crd_is_refused_for_rules_that_do_not_compile_or_cost_too_much() {
    let list = |limit: Value, rule: Value| {
        let mut list = json!({"type": "array", "items": {"type": "string"}, "x-kubernetes-validations": [rule]});
        if !limit.is_null() {
            (list["maxItems"], list["items"]["maxLength"]) = (limit.clone(), limit);
        }
        list
    };
    let pairs = json!({"rule": "self.all(a, self.exists_one(b, a == b))"});
    assert_eq!(refused(list(json!(10), pairs.clone())), [""; 0]);
    let found = refused(list(json!(null), pairs));
    assert!(
        found[0].contains("Forbidden: estimated rule cost exceeds budget by factor of more than 100x"),
        "{found:?}"
    );
    assert!(found.iter().any(|text| text.contains("entire OpenAPIv3 schema exceeds budget")), "{found:?}");
    for (rule, expected) in [
        (json!({"rule": "self +"}), "compilation failed: ERROR: <input>:1:7: Syntax error"),
        (json!({"rule": "size(self)"}), "cel expression must evaluate to a bool"),
        (json!({"rule": "true", "messageExpression": "1"}), "messageExpression must evaluate to a string"),
        (json!({"rule": "true", "optionalOldSelf": true}), "may not be set if oldSelf is not used in rule"),
        (json!({"rule": "self.exists(s, s.matches('['))"}), "invalid matches argument"),
    ] {
        let found = refused(list(json!(10), rule));
        assert!(found.len() == 1 && found[0].contains(expected), "{found:?}");
    }
    let within = json!({"type": "array", "maxItems": 10, "items": {"type": "integer",
        "x-kubernetes-validations": [{"rule": "self >= oldSelf"}]}});
    let found = refused(within);
    assert!(found[0].contains("oldSelf cannot be used on the uncorrelatable portion of the schema"), "{found:?}");
}

#[test]
fn defaults_satisfy_the_rules() {
    let spec = |default: Value| json!({"type": "integer", "default": default, "x-kubernetes-validations": [{"rule": "self > 3"}]});
    assert_eq!(refused(spec(json!(4))), [""; 0]);
    let found = refused(spec(json!(2)));
    assert!(found.len() == 1 && found[0].contains("properties[spec].default: Invalid value: 2: failed rule: self > 3"));
}
