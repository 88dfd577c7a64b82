//! Updates: what cannot change, what may stay wrong, and what becomes of the status.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;

use super::*;

const SCHEMA: &str = "/spec/versions/0/schema/openAPIV3Schema";
const SCHEMA_PATH: &str = "spec.validation.openAPIV3Schema";

/// A CRD as it is stored: it was served already.
fn stored() -> Value {
    let mut stored = crd();
    stored["metadata"]["resourceVersion"] = json!("1");
    stored["status"] = json!({
        "conditions": [{"type": "NamesAccepted", "status": "True"}, {"type": "Established", "status": "True"}],
        "acceptedNames": {"plural": "dogs", "kind": "Dog"},
        "storedVersions": ["v1"],
    });
    stored
}

fn with(mut document: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[name] = value;
    document
}

fn with_property(schema: Value) -> Value {
    with(stored(), SCHEMA, json!({"type": "object", "properties": {"a": schema}}))
}

fn check_update(old: &Value, new: &Value, expected: &[(&str, &str)]) {
    check_errors(super::super::check(new, Operation::Update { old }), expected);
}

/// Checks the errors of a change of the value at a JSON pointer.
fn check_change(pointer: &str, value: Value, expected: &[(&str, &str)]) {
    check_update(&stored(), &with(stored(), pointer, value), expected);
}

/// Checks that a property is refused in place of a good one, and taken in place of one that was as wrong.
fn check_forgiven(wrong: Value, as_wrong: Value, expected: &[(&str, &str)]) {
    let new = with_property(wrong);
    check_update(&stored(), &new, expected);
    check_update(&with_property(as_wrong), &new, &[]);
}

fn versions(names: &[&str], stored: &str) -> Value {
    let version = |name: &&str| {
        json!({
            "name": name, "served": true, "storage": *name == stored,
            "schema": {"openAPIV3Schema": {"type": "object", "description": name}},
        })
    };
    names.iter().map(version).collect()
}

#[test]
fn what_decides_how_objects_are_stored_cannot_change() {
    check_update(&stored(), &stored(), &[]);
    let immutable = |value: &str| format!("Invalid value: \"{value}\": field is immutable");
    check_change("/spec/scope", json!("Cluster"), &[("spec.scope", &immutable("Cluster"))]);
    check_change("/spec/names/kind", json!("Cat"), &[("spec.names.kind", &immutable("Cat"))]);
    check_change("/spec/names/plural", json!("cats"), &[("spec.names.plural", &immutable("cats"))]);
    check_change("/spec/group", json!("other.com"), &[("spec.group", &immutable("other.com"))]);
    check_change("/spec/names/shortNames", json!(["d"]), &[]);
}

#[test]
fn scope_and_kind_may_change_until_the_names_are_accepted() {
    let waiting = with(stored(), "/status/conditions/1/status", json!("False"));
    for (pointer, value) in [("/spec/scope", "Cluster"), ("/spec/names/kind", "Cat")] {
        check_update(&waiting, &with(waiting.clone(), pointer, json!(value)), &[]);
    }
    check_update(
        &waiting,
        &with(waiting.clone(), "/spec/group", json!("other.com")),
        &[("spec.group", "Invalid value")],
    );
}

#[test]
fn metadata_is_checked_as_that_of_any_update() {
    check_change(
        "/metadata/resourceVersion",
        json!(""),
        &[("metadata.resourceVersion", "Invalid value: \"\": must be")],
    );
    check_change("/metadata/uid", json!("u"), &[("metadata.uid", "Invalid value: \"u\": field is immutable")]);
    check_change("/metadata/generation", json!(0), &[]);
    check_update(&with(stored(), "/metadata/generation", json!(7)), &stored(), &[]);
}

#[test]
fn a_version_that_may_be_stored_cannot_go() {
    let two = with(stored(), "/spec/versions", versions(&["v1", "v2"], "v2"));
    check_update(&stored(), &two, &[]);
    let gone = with(stored(), "/spec/versions", versions(&["v2"], "v2"));
    let detail = "Invalid value: \"v1\": missing from spec.versions; v1 was previously a storage version";
    check_update(&stored(), &gone, &[("status.storedVersions[0]", detail)]);
    check_update(&with(two, "/status/storedVersions", json!(["v2"])), &gone, &[]);
}

#[test]
fn the_status_of_the_request_does_not_count() {
    check_change("/status", json!({"storedVersions": ["v9"], "acceptedNames": {"plural": "-"}}), &[]);
    let old = with(stored(), "/status/acceptedNames/plural", json!("-"));
    check_update(&old, &stored(), &[("status.acceptedNames.plural", "Invalid value: \"-\"")]);
}

#[test]
fn an_update_of_the_status_keeps_the_spec() {
    let (old, mut new) = (stored(), stored());
    new["spec"]["scope"] = json!("Nowhere");
    check_errors(super::super::check(&new, Operation::Status { old: &old }), &[]);
    new["status"]["acceptedNames"] = json!({"kind": "Dog", "listKind": "Dog", "shortNames": ["D"]});
    check_errors(
        super::super::check(&new, Operation::Status { old: &old }),
        &[
            ("status.acceptedNames.listKind", "Invalid value: \"Dog\": kind and listKind may not be the same"),
            ("status.acceptedNames.shortNames[0]", "Invalid value: \"D\""),
        ],
    );
}

#[test]
fn what_was_wrong_with_lists_and_defaults_may_stay_wrong() {
    let property = format!("{SCHEMA_PATH}.properties[a]");
    let set = |items: Value| json!({"type": "array", "x-kubernetes-list-type": "set", "items": items});
    check_forgiven(
        set(json!({"type": "object"})),
        set(json!({"type": "object", "properties": {}})),
        &[(&format!("{property}.items.x-kubernetes-map-type"), "Invalid value: null: must be atomic")],
    );
    check_forgiven(
        set(json!({"type": "string", "nullable": true})),
        set(json!({"type": "integer", "nullable": true})),
        &[(&format!("{property}.items.nullable"), "Forbidden: cannot be nullable")],
    );
    check_forgiven(
        json!({"type": "object", "default": {"b": 1}}),
        json!({"type": "object", "default": {"c": 1}}),
        &[(&format!("{property}.default"), "Invalid value: {\"b\":1}: must not have unknown fields")],
    );
}

#[test]
fn one_fault_forgives_no_other() {
    let old = with_property(json!({"type": "object", "default": {"c": 1}}));
    let new = with_property(json!({"type": "text"}));
    let property = format!("{SCHEMA_PATH}.properties[a]");
    check_update(&old, &new, &[(&format!("{property}.type"), "Unsupported value: \"text\"")]);
}

#[test]
fn a_schema_that_was_never_structural_needs_to_become_so_only_for_what_works_on_structure() {
    let old = with(with_property(json!({})), "/spec/preserveUnknownFields", json!(true));
    let new = |schema: Value| with(with_property(schema), "/spec/preserveUnknownFields", json!(true));
    check_update(&old, &new(json!({"description": "d"})), &[]);
    let property = format!("{SCHEMA_PATH}.properties[a]");
    let no_type = (&*format!("{property}.type"), "Required value: must not be empty for specified object fields");
    check_update(&old, &with_property(json!({"description": "d"})), &[no_type]);
    check_update(
        &old,
        &new(json!({"nullable": true, "x-kubernetes-list-type": "set"})),
        &[
            no_type,
            (&format!("{property}.type"), "Required value: must be array if x-kubernetes-list-type is specified"),
        ],
    );
    check_update(
        &old,
        &new(json!({"default": 1})),
        &[("spec.preserveUnknownFields", "Invalid value: true: must be false in order to use defaults"), no_type],
    );
}

#[test]
fn a_crd_that_keeps_unknown_fields_may_go_on_but_none_may_begin() {
    let keeps = with(stored(), "/spec/preserveUnknownFields", json!(true));
    check_update(&keeps, &keeps, &[]);
    check_update(&keeps, &stored(), &[]);
    check_update(&stored(), &keeps, &[("spec.preserveUnknownFields", "Invalid value: true: cannot set to true")]);
}

#[test]
fn a_version_without_a_schema_may_stay_so_where_nothing_is_pruned() {
    let bare = with(stored(), "/spec/versions", json!([{"name": "v1", "served": true, "storage": true}]));
    let path = "spec.versions[0].schema.openAPIV3Schema";
    check_update(&stored(), &bare, &[(path, "Required value")]);
    check_update(&bare, &bare, &[(path, "Required value: because otherwise all fields are pruned")]);
    check_update(&bare, &with(bare.clone(), "/spec/versions/0/served", json!(false)), &[]);
    let keeps = with(bare, "/spec/preserveUnknownFields", json!(true));
    check_update(&keeps, &keeps, &[]);
}

#[test]
fn rules_that_cost_too_much_stay_until_their_schema_changes() {
    let rule = json!({"rule": "self.all(x, self.all(y, self.all(z, x == y && y == z)))"});
    let list =
        json!({"type": "array", "maxItems": 200, "items": {"type": "integer"}, "x-kubernetes-validations": [rule]});
    let old = with_property(list);
    let path = format!("{SCHEMA_PATH}.properties[a].x-kubernetes-validations[0].rule");
    check_update(&stored(), &old, &[(&path, "Forbidden: estimated rule cost exceeds budget by factor of")]);
    check_update(&old, &old, &[]);
    let same = with(old.clone(), &format!("{SCHEMA}/nullable"), json!(false));
    check_update(&old, &with(same, &format!("{SCHEMA}/unknown"), json!(1)), &[]);
    let changed = with(old.clone(), &format!("{SCHEMA}/description"), json!("d"));
    check_update(&old, &changed, &[(&path, "Forbidden: estimated rule cost exceeds budget by factor of")]);
}

#[test]
fn a_new_version_with_the_schema_that_all_versions_share_has_an_old_schema() {
    let rule = json!({"rule": "self.all(x, self.all(y, self.all(z, x == y && y == z)))"});
    let list =
        json!({"type": "array", "maxItems": 200, "items": {"type": "integer"}, "x-kubernetes-validations": [rule]});
    let old = with_property(list);
    let mut new = old.clone();
    let mut second = old["spec"]["versions"][0].clone();
    (second["name"], second["storage"]) = (json!("v2"), json!(false));
    new["spec"]["versions"].as_array_mut().unwrap().push(second);
    check_update(&old, &new, &[]);
}

#[test]
fn too_many_selectable_fields_stay_as_they_are_or_become_fewer() {
    let names: Vec<String> = (0..10).map(|number| format!("a{number}")).collect();
    let properties: Value = names.iter().map(|name| (name.clone(), json!({"type": "string"}))).collect();
    let crd = with(stored(), SCHEMA, json!({"type": "object", "properties": properties}));
    let selecting = |count: usize| {
        let fields: Value = names[..count].iter().map(|name| json!({"jsonPath": format!(".{name}")})).collect();
        with(crd.clone(), "/spec/versions/0/selectableFields", fields)
    };
    let too_many = [("spec.selectableFields", "Too many")];
    check_update(&selecting(8), &selecting(9), &too_many);
    check_update(&selecting(9), &selecting(9), &[]);
    check_update(&selecting(9), &selecting(10), &too_many);
    check_update(&selecting(9), &selecting(8), &[]);
}

fn webhook(versions: Value, ca_bundle: &str) -> Value {
    let config = json!({"url": "https://a.example.com/p", "caBundle": ca_bundle});
    let webhook = json!({"clientConfig": config, "conversionReviewVersions": versions});
    with(stored(), "/spec/conversion", json!({"strategy": "Webhook", "webhook": webhook}))
}

#[test]
fn a_webhook_that_understood_no_review_may_go_on_like_that() {
    let path = "spec.conversion.conversionReviewVersions";
    let unknown = webhook(json!(["v9"]), "");
    check_update(&stored(), &unknown, &[(path, "Invalid value: [\"v9\"]: must include at least one of v1, v1beta1")]);
    check_update(&webhook(json!(["v1"]), ""), &unknown, &[(path, "Invalid value")]);
    check_update(&webhook(json!(["v8"]), ""), &unknown, &[]);
}

#[test]
fn the_certificates_of_a_webhook_must_be_readable_once_the_crd_is_established() {
    let path = "spec.conversion.webhookClientConfig.caBundle";
    let pem = |label: &str, headers: &str, der: &[u8]| {
        format!("-----BEGIN {label}-----\n{headers}{}\n-----END {label}-----\n", BASE64_STANDARD.encode(der))
    };
    // A certificate's frame: a sequence of two sequences and a bit string.
    let certificate = [0x30, 0x06, 0x30, 0x00, 0x30, 0x00, 0x03, 0x00];
    let good = pem("CERTIFICATE", "", &certificate);
    for (text, fault) in [
        (good.clone(), None),
        (String::new(), None),
        (format!("a comment\n{good}junk"), None),
        (pem("KEY", "", &certificate) + &good, None),
        (pem("CERTIFICATE", "", b"abc") + &good, None),
        ("hello".to_owned(), Some("unable to parse bytes as PEM block")),
        (format!(" {good}"), Some("unable to parse bytes as PEM block")),
        (pem("CERTIFICATE", "", &certificate[..7]), Some("failed to parse certificate: x509: malformed certificate")),
        (pem("KEY", "", &certificate), Some("no valid certificate authority data seen")),
        (pem("CERTIFICATE", "a: b\n", &certificate), Some("no valid certificate authority data seen")),
        (pem("KEY", "", &certificate) + "junk", Some("unable to parse bytes as PEM block")),
    ] {
        let bundle = BASE64_STANDARD.encode(&text);
        let new = webhook(json!(["v1"]), &bundle);
        let told = fault.map(|why| format!("Invalid value: \"{bundle}\": unable to load root certificates: {why}"));
        let expected: Vec<(&str, &str)> = told.iter().map(|told| (path, told.as_str())).collect();
        check_update(&stored(), &new, &expected);
        check(&new, &[]);
    }
    let bad = webhook(json!(["v1"]), "aGk=");
    check_update(&bad, &webhook(json!(["v1"]), "eW8="), &[]);
    let waiting = with(stored(), "/status/conditions/1/status", json!("False"));
    check_update(&waiting, &bad, &[]);
}

#[test]
fn an_approval_that_is_missing_may_stay_so_but_not_get_lost() {
    let group = |annotation: Option<&str>| {
        let mut document = with(stored(), "/spec/group", json!("pets.k8s.io"));
        document["metadata"]["name"] = json!("dogs.pets.k8s.io");
        if let Some(annotation) = annotation {
            document["metadata"]["annotations"] = json!({"api-approved.kubernetes.io": annotation});
        }
        document
    };
    let path = "metadata.annotations[api-approved.kubernetes.io]";
    check_update(&group(None), &group(None), &[]);
    check_update(&group(Some("no")), &group(Some("not at all")), &[]);
    check_update(&group(Some("unapproved")), &group(None), &[(path, "Required value")]);
    check_update(&group(None), &group(Some("no")), &[(path, "Invalid value: \"no\"")]);
}

#[test]
fn a_schema_can_be_checked_by_itself_with_fewer_demands() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "text"}, "b": {}}});
    let mut required = SchemaRequirements::default();
    let fields = |required| match super::super::check_schema(&schema, false, required) {
        Err(Rejection::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
        _ => Vec::new(),
    };
    let (kind, missing) = (".properties[a].type", ".properties[b].type");
    assert_eq!(fields(required), [missing, kind].map(|field| format!("{SCHEMA_PATH}{field}")));
    required.structural = false;
    assert_eq!(fields(required), [format!("{SCHEMA_PATH}{kind}")]);
    required.known_types = false;
    assert_eq!(super::super::check_schema(&schema, false, required), Ok(()));
    assert!(matches!(super::super::check_schema(&json!({"type": 1}), false, required), Err(Rejection::Malformed(_))));
}
