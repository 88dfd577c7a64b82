//! Verdicts about objects where authors of CRDs have been surprised: enums, unions, formats, metadata, ratcheting, rules.

#![allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.

use crdgen_schema::{
    acceptance::{self, Rejection},
    definition::Definition,
    strategy::{Operation, Strategy},
};
use serde_json::{Value, json};

/// A CRD of Dogs whose objects have these properties; the status is a subresource.
fn crd(properties: Value) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "dogs.example.com"},
        "spec": {"group": "example.com", "scope": "Cluster", "names": {"kind": "Dog", "plural": "dogs"}, "versions": [{
            "name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
            "schema": {"openAPIV3Schema": {"type": "object", "properties": properties}},
        }]},
    })
}

/// What refuses a CRD with these properties.
fn refusals(properties: Value) -> Vec<String> {
    match acceptance::check(&crd(properties), Operation::Create) {
        Ok(()) => Vec::new(),
        Err(Rejection::Invalid(errors)) => errors.iter().map(ToString::to_string).collect(),
        Err(other) => panic!("{other}"),
    }
}

struct Dogs(Strategy);

impl Dogs {
    /// Dogs with these properties, of which the server takes the CRD.
    fn with(properties: Value) -> Self {
        assert_eq!(refusals(properties.clone()), Vec::<String>::new());
        let definition = Definition::from_value(&crd(properties)).unwrap();
        Self(Strategy::new(&definition, "v1").unwrap())
    }

    /// Dogs whose spec has this schema.
    fn with_spec(schema: Value) -> Self {
        Self::with(json!({"spec": schema}))
    }

    /// A Dog with these members, as the server decodes it.
    fn decode(&self, members: &Value) -> Value {
        let metadata = json!({"name": "rex", "resourceVersion": "1"});
        let mut dog = json!({"apiVersion": "example.com/v1", "kind": "Dog", "metadata": metadata});
        for (name, value) in members.as_object().unwrap() {
            dog[name] = value.clone();
        }
        self.0.decode(&mut dog).unwrap();
        dog
    }

    fn judge(&self, dog: &Value, operation: Operation<&Value>) -> Vec<String> {
        let mut dog = dog.clone();
        self.0.prepare(&mut dog, operation);
        self.0.check(&dog, operation).iter().map(ToString::to_string).collect()
    }

    /// Checks the errors of a new Dog with these members.
    fn check(&self, members: Value, expected: &[&str]) {
        assert_eq!(self.judge(&self.decode(&members), Operation::Create), expected, "{members}");
    }

    /// The same for a new Dog with this spec.
    fn check_spec(&self, spec: Value, expected: &[&str]) {
        self.check(json!({"spec": spec}), expected);
    }

    /// The same for a Dog that replaces another.
    fn check_update(&self, old: Value, new: Value, expected: &[&str]) {
        let (old, new) = (self.decode(&old), self.decode(&new));
        assert_eq!(self.judge(&new, Operation::Update { old: &old }), expected, "{old} -> {new}");
    }

    /// The same for the status.
    fn check_status(&self, old: Value, new: Value, expected: &[&str]) {
        let (old, new) = (self.decode(&old), self.decode(&new));
        assert_eq!(self.judge(&new, Operation::Status { old: &old }), expected, "{old} -> {new}");
    }
}

/// A schema of an object with these properties.
fn object(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

fn rule(text: &str) -> Value {
    json!([{"rule": text}])
}

#[test]
fn a_value_that_an_enum_lists_twice_is_told_twice() {
    let dogs = Dogs::with_spec(object(json!({"when": {"type": "string", "enum": ["Always", "Never", "Always"]}})));
    dogs.check_spec(json!({"when": "Always"}), &[]);
    let told = r#"spec.when: Unsupported value: "Often": supported values: "Always", "Never", "Always""#;
    dogs.check_spec(json!({"when": "Often"}), &[told]);
}

#[test]
fn null_is_in_no_enum_not_even_in_one_that_lists_it() {
    let listed = json!({"type": "string", "nullable": true, "enum": ["Local", null]});
    let dogs = Dogs::with_spec(object(json!({
        "policy": {"type": "string", "nullable": true, "enum": ["Local", "Cluster"]}, "listed": listed,
    })));
    dogs.check_spec(json!({}), &[]);
    dogs.check_spec(json!({"policy": "Local"}), &[]);
    let told = r#"spec.policy: Unsupported value: null: supported values: "Local", "Cluster""#;
    dogs.check_spec(json!({"policy": null}), &[told]);
    let told = r#"spec.listed: Unsupported value: null: supported values: "Local", "null""#;
    dogs.check_spec(json!({"listed": null}), &[told]);
}

#[test]
fn an_enum_may_be_of_any_type() {
    let dogs = Dogs::with_spec(object(json!({
        "only": {"type": "boolean", "enum": [true]}, "level": {"type": "integer", "enum": [1, 2]},
        "pair": {"type": "array", "items": {"type": "integer"}, "enum": [[1, 2]]},
        "map": {"type": "object", "additionalProperties": {"type": "string"}, "enum": [{"a": "b"}]},
    })));
    dogs.check_spec(json!({"only": true, "level": 2, "pair": [1, 2], "map": {"a": "b"}}), &[]);
    dogs.check_spec(json!({"only": false}), &["spec.only: Unsupported value: false: supported values: \"true\""]);
    dogs.check_spec(json!({"level": 3}), &["spec.level: Unsupported value: 3: supported values: \"1\", \"2\""]);
    dogs.check_spec(json!({"pair": [2, 1]}), &["spec.pair: Unsupported value: [2,1]: supported values: \"[1,2]\""]);
    dogs.check_spec(json!({"map": {}}), &[r#"spec.map: Unsupported value: {}: supported values: "{\"a\":\"b\"}""#]);
}

#[test]
fn a_union_by_required_has_one_member() {
    let of = |name: &str| json!({"required": [name]});
    let mut spec = object(json!({"exact": {"type": "string"}, "prefix": {"type": "string"}}));
    spec["oneOf"] = json!([{"not": {"anyOf": [of("exact"), of("prefix")]}}, of("exact"), of("prefix")]);
    let dogs = Dogs::with_spec(spec);
    for good in [json!({}), json!({"exact": "a"}), json!({"prefix": "a"})] {
        dogs.check_spec(good, &[]);
    }
    let told = "<nil>: Invalid value: \"\": \"spec\" must validate one and only one schema (oneOf). Found 2 valid alternatives";
    dogs.check_spec(json!({"exact": "a", "prefix": "b"}), &[told]);
}

#[test]
fn what_stands_in_all_of_counts() {
    let name = json!({"type": "string", "maxLength": 5, "allOf": [{"maxLength": 3}, {"pattern": "^a"}]});
    let map = json!({"type": "object", "additionalProperties": {"type": "string"}, "allOf": [{"maxProperties": 1}]});
    let dogs = Dogs::with_spec(object(json!({"name": name, "map": map})));
    dogs.check_spec(json!({"name": "abc", "map": {"a": "b"}}), &[]);
    dogs.check_spec(
        json!({"name": "abcd"}),
        &[
            "spec.name: Too long: may not be more than 3 bytes",
            "<nil>: Invalid value: \"\": \"spec.name\" must validate all the schemas (allOf)",
        ],
    );
    dogs.check_spec(
        json!({"map": {"a": "b", "c": "d"}}),
        &[
            "spec.map: Too many: 2: must have at most 1 item",
            "<nil>: Invalid value: \"\": \"spec.map\" must validate all the schemas (allOf). None validated",
        ],
    );
}

#[test]
fn formats_of_integers_are_enforced_but_what_was_stored_may_stay() {
    let dogs = Dogs::with_spec(object(json!({
        "asn": {"type": "integer", "format": "int32"},
        "high": {"type": "integer", "format": "int32", "maximum": 4_294_967_295_i64},
    })));
    dogs.check_spec(json!({"asn": 2_147_483_647}), &[]);
    let asn = "<nil>: Invalid value: \"\": Checked value must be of type integer with format int32 in spec.asn";
    dogs.check_spec(json!({"asn": 4_200_000_000_i64}), &[asn]);
    let high =
        "<nil>: Invalid value: \"\": Maximum boundary value must be of type integer with format int32 in spec.high";
    dogs.check_spec(json!({"high": 1}), &[high]);
    let stored = json!({"spec": {"asn": 4_200_000_000_i64}});
    dogs.check_update(stored.clone(), stored.clone(), &[]);
    dogs.check_update(stored, json!({"spec": {"asn": 4_200_000_001_i64}}), &[asn]);
}

#[test]
fn what_was_wrong_may_stay_where_it_does_not_change() {
    let mut item = object(json!({"size": {"type": "integer", "maximum": 5}, "name": {"type": "string"}}));
    item["required"] = json!(["name"]);
    let list = json!({"type": "array", "items": item});
    let engine = json!({"type": "string", "enum": ["a", "b"]});
    let dogs = Dogs::with(json!({
        "spec": object(json!({"engine": engine, "other": {"type": "string"}, "part": item, "list": list})),
        "status": object(json!({"engine": engine, "other": {"type": "string"}})),
    }));
    let engine = "spec.engine: Unsupported value: \"x\": supported values: \"a\", \"b\"";
    dogs.check_update(json!({"spec": {"engine": "x"}}), json!({"spec": {"engine": "x", "other": "y"}}), &[]);
    dogs.check_update(json!({"spec": {"engine": "y"}}), json!({"spec": {"engine": "x"}}), &[engine]);
    let part = |size: i64| json!({"spec": {"part": {"size": size}, "other": "y"}});
    dogs.check_update(json!({"spec": {"part": {"size": 1}}}), part(1), &[]);
    dogs.check_update(json!({"spec": {"part": {"size": 1}}}), part(2), &["spec.part.name: Required value"]);
    let list = |first: i64, second: i64| json!({"spec": {"list": [{"name": "a", "size": first}, {"name": "b", "size": second}]}});
    dogs.check_update(list(9, 1), list(9, 1), &[]);
    let told = "spec.list[0].size: Invalid value: 9: spec.list[0].size in body should be less than or equal to 5";
    dogs.check_update(list(9, 1), list(9, 2), &[told]);
    let status =
        |engine: &str, other: &str| json!({"spec": {"engine": "x"}, "status": {"engine": engine, "other": other}});
    dogs.check_status(status("x", "y"), status("x", "z"), &[]);
    let told = "status.engine: Unsupported value: \"x\": supported values: \"a\", \"b\"";
    dogs.check_status(status("a", "y"), status("x", "y"), &[told]);
}

#[test]
fn an_embedded_resource_has_a_type_of_any_kind_and_metadata_elsewhere_is_pruned() {
    let template = json!({
        "type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true,
    });
    let plain = object(json!({"metadata": {"type": "object"}}));
    let dogs = Dogs::with_spec(object(json!({"template": template, "plain": plain})));
    let metadata = json!({"name": "a", "labels": {"a": "b"}});
    dogs.check_spec(
        json!({"template": {"apiVersion": "odd/v1/x", "kind": "K", "metadata": metadata}}),
        &["spec.template.apiVersion: Invalid value: \"odd/v1/x\": unexpected GroupVersion string: odd/v1/x"],
    );
    dogs.check_spec(json!({"template": {"apiVersion": "odd", "kind": "K", "metadata": metadata}}), &[]);
    dogs.check_spec(json!({"template": {"apiVersion": "v1"}}), &["spec.template.kind: Required value"]);
    dogs.check_spec(
        json!({"template": {"apiVersion": "v1", "kind": "K", "metadata": {"name": "a/b"}}}),
        &["spec.template.metadata.name: Invalid value: \"a/b\": may not contain '/'"],
    );
    let decoded = dogs.decode(&json!({"spec": {"plain": {"metadata": metadata}}}));
    assert_eq!(decoded["spec"]["plain"], json!({"metadata": {}}));
    let untyped = json!({"x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true});
    let told = "Required value: must be object if x-kubernetes-embedded-resource is true";
    assert_eq!(
        refusals(json!({"a": untyped})),
        [format!("spec.validation.openAPIV3Schema.properties[a].type: {told}")]
    );
}

#[test]
fn a_nested_default_needs_its_parent() {
    let nested = object(json!({"a": {"type": "string", "default": "b"}}));
    let mut status = object(json!({"power": {"type": "string", "default": "off"}, "nested": nested}));
    status["default"] = json!({});
    let dogs = Dogs::with(json!({"status": status, "spec": nested}));
    let decoded = dogs.decode(&json!({}));
    assert_eq!((&decoded["status"], &decoded["spec"]), (&json!({"power": "off"}), &Value::Null));
    assert_eq!(dogs.decode(&json!({"spec": {}, "status": null}))["status"], json!({"power": "off"}));
    assert_eq!(dogs.decode(&json!({"status": {"nested": {}}}))["status"]["nested"], json!({"a": "b"}));
}

#[test]
fn a_schema_may_restrict_the_name_and_no_other_metadata() {
    let named = |schema: Value| json!({"metadata": object(json!({"name": schema}))});
    let dogs = Dogs::with(named(json!({"type": "string", "maxLength": 4, "pattern": "^r"})));
    dogs.check(json!({}), &[]);
    let name = |name: &str| json!({"metadata": {"name": name}});
    dogs.check(name("rocky"), &["metadata.name: Too long: may not be more than 4 bytes"]);
    dogs.check(name("max"), &["metadata.name: Invalid value: \"max\": metadata.name in body should match '^r'"]);
    let labels = json!({"metadata": object(json!({"labels": {"type": "object"}}))});
    let told = "must not specify anything other than name and generateName, but metadata is implicitly specified";
    assert_eq!(refusals(labels), [format!("spec.validation.openAPIV3Schema.properties[metadata]: Forbidden: {told}")]);
}

#[test]
fn rules_may_name_the_name_and_no_other_metadata() {
    let with_rule = |text: &str| {
        let mut document = crd(json!({"spec": object(json!({}))}));
        document["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["x-kubernetes-validations"] = rule(text);
        document
    };
    let document = with_rule("self.metadata.name.startsWith('r')");
    assert_eq!(acceptance::check(&document, Operation::Create), Ok(()));
    let dogs = Dogs(Strategy::new(&Definition::from_value(&document).unwrap(), "v1").unwrap());
    dogs.check(json!({}), &[]);
    let told = "<nil>: Invalid value: failed rule: self.metadata.name.startsWith('r')";
    dogs.check(json!({"metadata": {"name": "max"}}), &[told]);
    for field in ["namespace", "labels"] {
        let text = format!("self.metadata.{field} == 'a'");
        let Err(Rejection::Invalid(errors)) = acceptance::check(&with_rule(&text), Operation::Create) else { panic!() };
        assert!(errors.to_string().contains(&format!("undefined field '{field}'")), "{errors}");
    }
}

#[test]
fn a_rule_with_an_optional_old_value_sees_creations_and_removals() {
    let mut spec = object(json!({"class": {"type": "string"}}));
    spec["x-kubernetes-validations"] = json!([{
        "rule": "!oldSelf.hasValue() || has(self.class) && oldSelf.class.orValue('') == self.class",
        "optionalOldSelf": true, "message": "class cannot change",
    }]);
    let dogs = Dogs::with_spec(spec);
    let class = |class: &str| json!({"spec": {"class": class}});
    dogs.check(class("a"), &[]);
    dogs.check_update(class("a"), class("a"), &[]);
    let told = "spec: Invalid value: class cannot change";
    dogs.check_update(class("a"), class("b"), &[told]);
    dogs.check_update(class("a"), json!({"spec": {}}), &[told]);
}

#[test]
fn a_quantity_is_made_of_a_text_and_of_no_integer() {
    let quantity = json!({"x-kubernetes-int-or-string": true});
    let mut spec = object(json!({"least": quantity, "most": quantity}));
    spec["x-kubernetes-validations"] = rule("quantity(self.least).compareTo(quantity(self.most)) <= 0");
    let dogs = Dogs::with_spec(spec);
    dogs.check_spec(json!({"least": "1Mi", "most": "2Mi"}), &[]);
    let start = "spec: Invalid value:";
    let failed = "failed rule: quantity(self.least).compareTo(quantity(self.most)) <= 0";
    dogs.check_spec(json!({"least": "2Mi", "most": "1Mi"}), &[&format!("{start} {failed}")]);
    let told = "'no such overload: quantity(int)': call arguments did not match a supported operator, function or macro signature for rule: quantity(self.least).compareTo(quantity(self.most)) <= 0";
    dogs.check_spec(json!({"least": 1, "most": "2Mi"}), &[&format!("{start} \"object\": {told}")]);
}

#[test]
fn a_date_time_is_a_timestamp_and_there_is_no_now() {
    let time = json!({"type": "string", "format": "date-time"});
    let spec = |text: &str| {
        let mut spec = object(json!({"start": time, "end": time}));
        spec["x-kubernetes-validations"] = rule(text);
        spec
    };
    let dogs = Dogs::with_spec(spec("self.start < self.end"));
    let times = |start: &str, end: &str| json!({"start": start, "end": end});
    dogs.check_spec(times("2026-01-01T00:00:00Z", "2026-01-01T00:00:01+00:00"), &[]);
    dogs.check_spec(
        times("2026-01-01T00:00:00Z", "2026-01-01T00:30:00+01:00"),
        &["spec: Invalid value: failed rule: self.start < self.end"],
    );
    let errors = refusals(json!({"spec": spec("self.end > now()")}));
    assert!(errors[0].contains("undeclared reference to 'now'"), "{errors:?}");
    let errors = refusals(json!({"spec": spec("timestamp(self.start) < self.end")}));
    assert!(errors.is_empty(), "a timestamp of a timestamp is itself: {errors:?}");
}

#[test]
fn the_order_of_a_set_counts_for_no_rule_but_that_of_a_list_does() {
    let list = |kind: &str| {
        json!({
            "type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": kind,
            "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "cannot change"}],
        })
    };
    let dogs = Dogs::with_spec(object(json!({"set": list("set"), "list": list("atomic")})));
    let spec = |name: &str, items: [&str; 2]| json!({"spec": {name: items}});
    dogs.check_update(spec("set", ["a", "b"]), spec("set", ["b", "a"]), &[]);
    dogs.check_update(spec("list", ["a", "b"]), spec("list", ["b", "a"]), &["spec.list: Invalid value: cannot change"]);
}

#[test]
fn a_rule_is_broken_in_the_words_of_its_message_expression() {
    let engine = json!({"type": "string", "x-kubernetes-validations": [{
        "rule": "self in ['docker', 'podman']", "messageExpression": "'not an engine: ' + self",
        "reason": "FieldValueForbidden",
    }]});
    let dogs = Dogs::with_spec(object(json!({"engine": engine})));
    dogs.check_spec(json!({"engine": "docker"}), &[]);
    dogs.check_spec(json!({"engine": "rkt"}), &["spec.engine: Forbidden: not an engine: rkt"]);
}
