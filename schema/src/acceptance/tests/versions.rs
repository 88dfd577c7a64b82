//! What versions have, and what they share.

use serde_json::json;

use super::*;

#[test]
fn one_version_is_stored_and_names_are_unique() {
    check_with(
        "/spec/versions/0/storage",
        json!(false),
        &[("spec.versions", "Invalid value"), ("status.storedVersions", "Invalid value: null: must have at least one")],
    );
    let mut document = crd();
    let version = document["spec"]["versions"][0].clone();
    document["spec"]["versions"] = json!([version.clone(), version]);
    let field = "spec.versions";
    let stored = ("status.storedVersions", "Invalid value: [\"v1\"]: must have the storage version v1");
    check(&document, &[(field, "Invalid value"), (field, "Invalid value"), stored]);
}

#[test]
fn versions_show_as_the_server_keeps_them() {
    let version = |name: &str, rest: Value| {
        let mut version = json!({"name": name, "served": true, "schema": {"openAPIV3Schema": {"type": "object"}}});
        version.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        version
    };
    let printed = |versions: [Value; 2]| {
        let mut document = crd();
        document["spec"]["versions"] = json!(versions);
        let Err(Rejection::Invalid(errors)) = judge(&document) else { panic!() };
        errors.iter().find(|error| error.field == "spec.versions").unwrap().value.clone()
    };
    let shown = |name: &str, rest: &str| {
        let start = format!("{{\"Name\":\"{name}\",\"Served\":true,\"Storage\":false,\"Deprecated\":false");
        format!("{start},\"DeprecationWarning\":null,\"Schema\":null,{rest}")
    };
    let alike = r#""Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}"#;
    assert_eq!(
        printed([version("v1", json!({})), version("v2", json!({}))]),
        format!("[{},{}]", shown("v1", alike), shown("v2", alike))
    );
    let own = json!({
        "subresources": {"status": {}, "scale": {"specReplicasPath": ".a", "statusReplicasPath": ".b"}},
        "additionalPrinterColumns": [{"name": "A", "type": "string", "jsonPath": ".a"}],
    });
    let scale = r#"{"SpecReplicasPath":".a","StatusReplicasPath":".b","LabelSelectorPath":null}"#;
    let column = r#"{"Name":"A","Type":"string","Format":"","Description":"","Priority":0,"JSONPath":".a"}"#;
    let different = format!(
        "\"Subresources\":{{\"Status\":{{}},\"Scale\":{scale}}},\"AdditionalPrinterColumns\":[{column}],\"SelectableFields\":null}}"
    );
    assert_eq!(
        printed([version("v1", own), version("v2", json!({}))]),
        format!("[{},{}]", shown("v1", &different), shown("v2", alike))
    );
}

#[test]
fn what_all_versions_share_is_reported_once() {
    let mut document = crd();
    let mut version = document["spec"]["versions"][0].clone();
    version["name"] = json!("v2");
    version["storage"] = json!(false);
    let broken = json!({"type": "object", "nullable": true});
    document["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = broken.clone();
    document["spec"]["versions"].as_array_mut().unwrap().push(version);
    check(&document, &[("spec.versions[0].schema.openAPIV3Schema.nullable", "Forbidden")]);
    document["spec"]["versions"][1]["schema"]["openAPIV3Schema"] = broken;
    check(&document, &[("spec.validation.openAPIV3Schema.nullable", "Forbidden: nullable cannot be true at the root")]);
}

#[test]
fn selectable_fields_find_no_schema_that_is_kept_elsewhere() {
    let mut document = crd();
    let schema = json!({"openAPIV3Schema": {"type": "object", "properties": {"a": {"type": "string"}}}});
    document["spec"]["versions"][0]["schema"] = schema;
    let mut version = document["spec"]["versions"][0].clone();
    (version["name"], version["storage"]) = (json!("v2"), json!(false));
    document["spec"]["versions"][0]["selectableFields"] = json!([{"jsonPath": ".a"}]);
    check(&document, &[]);
    document["spec"]["versions"].as_array_mut().unwrap().push(version);
    let told = "Invalid value: \"\": may only be set when `version.schema.openAPIV3Schema` is not included";
    check(&document, &[("spec.versions[0].selectableFields", told)]);
    document["spec"]["versions"][1]["schema"]["openAPIV3Schema"]["description"] = json!("other");
    check(&document, &[]);
}

#[test]
fn versions_say_why_they_are_deprecated_only_if_they_are() {
    check_with(
        "/spec/versions/0/deprecationWarning",
        json!("old"),
        &[("spec.versions[0].deprecationWarning", "Invalid value: \"old\": can only be set")],
    );
    let mut document = crd();
    let version = &mut document["spec"]["versions"][0];
    (version["deprecated"], version["deprecationWarning"]) = (json!(true), json!("a<\u{200b}"));
    check(
        &document,
        &[("spec.versions[0].deprecationWarning", "Invalid value: \"a\\u003c\u{200b}\": must only contain printable")],
    );
}

#[test]
fn columns_paths_and_selectable_fields_are_checked() {
    check_with(
        "/spec/versions/0/additionalPrinterColumns",
        json!([{"name": "A", "type": "text", "jsonPath": "spec"}]),
        &[
            (
                "spec.additionalPrinterColumns[0].type",
                "Invalid value: \"text\": must be one of boolean,date,integer,number,string",
            ),
            ("spec.additionalPrinterColumns[0].JSONPath", "Invalid value: \"spec\": must be a simple json path"),
        ],
    );
    check_with(
        "/spec/versions/0/subresources",
        json!({"scale": {"specReplicasPath": ".x", "labelSelectorPath": ".x"}}),
        &[
            ("spec.subresources.scale.specReplicasPath", "Invalid value: \".x\": should be a json path under .spec"),
            ("spec.subresources.scale.statusReplicasPath", "Required value"),
            ("spec.subresources.scale.labelSelectorPath", "Invalid value: \".x\": should be a json path under either"),
        ],
    );
    let mut document = crd();
    document["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"] =
        json!({"s": {"type": "object", "properties": {"a": {"type": "string"}}}});
    document["spec"]["versions"][0]["selectableFields"] =
        json!([{"jsonPath": ".s.a"}, {"jsonPath": ".s.b"}, {"jsonPath": ".s"}, {"jsonPath": ".s.a"}]);
    check(
        &document,
        &[
            ("spec.selectableFields[1].jsonPath", "Invalid value: \".s.b\": is an invalid path: does not refer"),
            ("spec.selectableFields[2].jsonPath", "Invalid value: \".s\": must point to a field of type"),
            ("spec.selectableFields[3].jsonPath", "Duplicate value: \".s.a\""),
        ],
    );
}

#[test]
fn versions_have_the_same_if_go_reads_the_same() {
    let mut document = crd();
    let mut version = document["spec"]["versions"][0].clone();
    (version["name"], version["storage"]) = (json!("v2"), json!(false));
    let schema = json!({"type": "object", "nullable": true});
    document["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = schema.clone();
    version["schema"]["openAPIV3Schema"] = schema;
    version["schema"]["openAPIV3Schema"]["title"] = json!("");
    version["schema"]["openAPIV3Schema"]["x-unknown"] = json!(1);
    document["spec"]["versions"].as_array_mut().unwrap().push(version);
    check(&document, &[("spec.validation.openAPIV3Schema.nullable", "Forbidden")]);
}
