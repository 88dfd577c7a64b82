//! Every constraint at every kind of place: generated types refuse what the schema refuses, with the same words.

use crdgen_runtime::Validate;
use crdgen_schema::{
    definition::Definition,
    field::Errors,
    strategy::{Operation, Strategy},
};
use serde_json::{Value, json};

/// The golden.
#[path = "../../fixtures/cases/positions/expected/mod.rs"]
pub mod positions;

use positions::positions_example_com::v1::Probe;

/// For each constraint, a value that breaks it and nothing else.
fn bad_values() -> Vec<(&'static str, Value)> {
    vec![
        ("minLength", json!("ab")),
        ("maxLength", json!("äöüß")),
        ("pattern", json!("b")),
        ("dateTime", json!("yesterday")),
        ("date", json!("2026-13-01")),
        ("duration", json!("soon")),
        ("byte", json!("%")),
        ("ipv4", json!("::1")),
        ("cidr", json!("10.0.0.0")),
        ("uuid", json!("1")),
        ("email", json!("nobody")),
        ("minimum", json!(1)),
        ("maximum", json!(3)),
        ("exclusiveMinimum", json!(2)),
        ("exclusiveMaximum", json!(2.0)),
        ("multipleOf", json!(7)),
        ("int32", json!(3_000_000_000_u32)),
        ("enumOfTexts", json!("c")),
        ("enumOfIntegers", json!(3)),
        ("enumOfLists", json!([3])),
        ("enumOfObjects", json!({"a": 2})),
        ("enumWithoutNull", json!(null)),
        ("minItems", json!(["a"])),
        ("maxItems", json!(["a", "b", "c"])),
        ("set", json!(["a", "b", "a"])),
        ("listMap", json!([{"name": "a"}, {"name": "a"}])),
        ("minProperties", json!({"a": ""})),
        ("maxProperties", json!({"a": "", "b": ""})),
        ("requiredKey", json!({"b": ""})),
        ("oneOfRequired", json!({"a": "", "b": ""})),
        ("anyOfRequired", json!({})),
        ("anyOfFormats", json!("localhost")),
        ("allOf", json!("a")),
        ("oneOfPatterns", json!("ab")),
        ("not", json!("a")),
        ("unsatisfiable", json!(2)),
        ("intOrString", json!("half")),
        ("embedded", json!({"apiVersion": "a/b/c", "kind": "K", "metadata": {"labels": {"-": ""}}})),
        ("rule", json!({"low": 2, "high": 1})),
        ("ruleOfText", json!("y")),
    ]
}

/// An object with this value at each place where the schema has one.
fn places(probe: &Value) -> Vec<Value> {
    let spec = |spec: Value| json!({"spec": spec});
    vec![
        json!({"top": probe}),
        spec(json!({"direct": probe})),
        spec(json!({"items": [{}, probe]})),
        spec(json!({"lists": [[], [{}, probe]]})),
        spec(json!({"values": {"a.b": probe}})),
        spec(json!({"valuesOfItems": [{"a": {}, "b": probe}]})),
        spec(json!({"itemsOfValues": {"": [probe]}})),
        spec(json!({"deep": {"deeper": {"deepest": probe}}})),
        spec(json!({"keyed": [{"id": "a", "probe": probe}]})),
        spec(json!({"open": {"known": probe, "other": 1}})),
        json!({"status": {"observed": probe}}),
    ]
}

fn whole(mut object: Value) -> Value {
    object["apiVersion"] = json!("positions.example.com/v1");
    object["kind"] = json!("Probe");
    object["metadata"] = json!({"name": "a", "namespace": "default", "resourceVersion": "1"});
    object
}

fn shown(verdict: Result<(), Errors>) -> Vec<String> {
    verdict.err().into_iter().flatten().map(|error| error.to_string()).collect()
}

fn strategy() -> Strategy {
    Strategy::new(&Definition::from_value(&Probe::crd().unwrap()).unwrap(), "v1").unwrap()
}

/// Both give this many objects the same verdict.
fn check(objects: impl Iterator<Item = Value>, refused: bool, count: usize) {
    let strategy = strategy();
    let mut seen = 0;
    for object in objects.map(whole) {
        let mut decoded = object.clone();
        strategy.decode(&mut decoded).unwrap();
        let expected = shown(strategy.check(&decoded, Operation::Create).into_result());
        assert_eq!(!expected.is_empty(), refused, "{object}: {expected:?}");
        let typed: Probe = serde_json::from_value(object.clone()).unwrap();
        assert_eq!(shown(typed.validate()), expected, "{object}");
        assert_eq!(shown(Probe::validate_json(&object, Operation::Create)), expected, "{object}");
        seen += 1;
    }
    assert_eq!(seen, count);
}

#[test]
fn a_broken_constraint_is_reported_wherever_it_stands() {
    let bad = bad_values().into_iter().flat_map(|(name, value)| places(&json!({ name: value })));
    check(bad, true, 40 * 11);
}

#[test]
fn objects_without_a_broken_constraint_are_accepted() {
    let good =
        json!({"minLength": "abc", "set": ["a", "b"], "rule": {"low": 1, "high": 2}, "intOrString": "5%", "int32": 5});
    check(places(&good).into_iter(), false, 11);
}

#[test]
fn what_has_not_changed_may_stay_broken() {
    let strategy = strategy();
    for (name, value) in bad_values() {
        for object in places(&json!({ name: value })).into_iter().map(whole) {
            let old: Probe = serde_json::from_value(object.clone()).unwrap();
            let mut new = old.clone();
            new.metadata.labels = Some([("changed".to_owned(), "true".to_owned())].into());
            let (old_json, mut new_json) = (object, serde_json::to_value(&new).unwrap());
            let update = Operation::Update { old: &old_json };
            strategy.prepare(&mut new_json, update);
            let expected = shown(strategy.check(&new_json, update).into_result());
            assert_eq!(shown(new.validate_update(&old)), expected, "{old_json}");
        }
    }
}

#[test]
fn an_object_that_lacks_a_required_member_can_be_judged() {
    let object = whole(json!({"spec": {"keyed": [{"probe": {}}]}}));
    let error = serde_json::from_value::<Probe>(object.clone()).unwrap_err();
    assert!(error.to_string().contains("missing field `id`"), "{error}");
    assert_eq!(shown(Probe::validate_json(&object, Operation::Create))[0], "spec.keyed[0].id: Required value");
}

#[test]
fn a_status_is_judged_by_itself() {
    let old = read(&json!({"status": {"observed": {"minimum": 5}}}));
    let new = read(&json!({"spec": {"direct": {"minimum": 0}}, "status": {"observed": {"minimum": 1}}}));
    let errors = shown(new.validate_status_update(&old));
    assert_eq!(
        errors,
        ["status.observed.minimum: Invalid value: 1: observed.minimum in body should be greater than or equal to 2"]
    );
}

fn read(parts: &Value) -> Probe {
    serde_json::from_value(whole(parts.clone())).unwrap()
}
