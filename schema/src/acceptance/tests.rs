#![allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.

use serde_json::json;

use super::*;

/// A CRD that is accepted.
fn crd() -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "dogs.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "Dog", "plural": "dogs"}, "versions": [
            {"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}
        ]}
    })
}

/// Checks the errors of a CRD, each as its field and the start of its text.
fn check(document: &Value, expected: &[(&str, &str)]) {
    let errors = match super::check(document) {
        Ok(()) => Errors::default(),
        Err(Rejection::Invalid(errors)) => errors,
        Err(other) => panic!("{other}"),
    };
    assert_eq!(errors.len(), expected.len(), "{errors}");
    for (error, (field, start)) in errors.iter().zip(expected) {
        assert_eq!(&error.field, field, "{error}");
        assert!(error.body().starts_with(start), "{error}");
    }
}

/// Checks the errors of a CRD in which the value at a JSON pointer is another.
fn check_with(pointer: &str, value: Value, expected: &[(&str, &str)]) {
    let mut document = crd();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[name] = value;
    check(&document, expected);
}

/// Checks the errors of a schema; fields are given from its root on.
fn check_schema(schema: Value, expected: &[(&str, &str)]) {
    let path = "spec.validation.openAPIV3Schema";
    let fields: Vec<String> = expected.iter().map(|(field, _)| format!("{path}{field}")).collect();
    let expected: Vec<(&str, &str)> =
        fields.iter().zip(expected).map(|(field, (_, start))| (field.as_str(), *start)).collect();
    check_with("/spec/versions/0/schema/openAPIV3Schema", schema, &expected);
}

/// Checks the errors of a property `a`.
fn check_property(schema: Value, expected: &[(&str, &str)]) {
    let fields: Vec<String> = expected.iter().map(|(field, _)| format!(".properties[a]{field}")).collect();
    let expected: Vec<(&str, &str)> =
        fields.iter().zip(expected).map(|(field, (_, start))| (field.as_str(), *start)).collect();
    check_schema(json!({"type": "object", "properties": {"a": schema}}), &expected);
}

#[test]
fn a_plain_definition_is_accepted() {
    check(&crd(), &[]);
}

#[test]
fn what_go_cannot_decode_is_malformed() {
    let malformed = |pointer: &str, value: Value| {
        let mut document = crd();
        *document.pointer_mut(pointer).unwrap() = value;
        matches!(super::check(&document), Err(Rejection::Malformed(_)))
    };
    assert!(malformed("/apiVersion", json!("apiextensions.k8s.io/v1beta1")));
    assert!(malformed("/kind", json!("Dog")));
    assert!(malformed("/metadata/name", json!(1)));
    assert!(malformed("/spec/versions", json!({})));
    assert!(malformed("/spec/names/kind", json!(true)));
    assert!(malformed("/spec/versions/0/schema", json!(true)));
    for (pointer, good, bad) in [
        ("/status", json!({"storedVersions": ["v1"]}), json!({"storedVersions": "v1"})),
        ("/spec/conversion", json!({"strategy": "None"}), json!("None")),
        (
            "/spec/conversion",
            json!({"webhook": {"clientConfig": {"caBundle": "aGk=\n"}}}),
            json!({"webhook": {"clientConfig": {"caBundle": "a"}}}),
        ),
        (
            "/spec/conversion",
            json!({"webhook": {"clientConfig": {"service": {"port": 1}}}}),
            json!({"webhook": {"clientConfig": {"service": {"port": 4_294_967_296_i64}}}}),
        ),
        ("/spec/versions/0/subresources", json!({"status": {"x": 1}, "scale": null}), json!({"status": "on"})),
        ("/spec/versions/0/schema/openAPIV3Schema/externalDocs", json!({"url": "x"}), json!("x")),
        ("/spec/versions/0/schema/openAPIV3Schema/additionalProperties", json!(false), json!("false")),
        ("/spec/versions/0/schema/openAPIV3Schema/dependencies", json!({"a": ["b"], "c": {}}), json!({"a": [1]})),
        ("/spec/versions/0/schema/openAPIV3Schema/items", json!(false), json!([{"type": 1}])),
    ] {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        for (value, refused) in [(good, false), (bad, true)] {
            let mut document = crd();
            document.pointer_mut(parent).unwrap()[name] = value;
            let found = super::check(&document);
            assert_eq!(matches!(found, Err(Rejection::Malformed(_))), refused, "{pointer}: {found:?}");
        }
    }
    assert!(malformed("/spec/versions/0/schema/openAPIV3Schema", json!({"minLength": 1.5})));
    assert!(!malformed("/spec/versions/0/schema/openAPIV3Schema", json!({"type": "text"})));
}

#[test]
fn names_fit_together() {
    check_with(
        "/metadata/name",
        json!("cats.example.com"),
        &[("metadata.name", "Invalid value: \"cats.example.com\": must be spec.names.plural")],
    );
    check_with(
        "/spec/names/kind",
        json!(""),
        &[("spec.names.singular", "Required"), ("spec.names.kind", "Required"), ("spec.names.listKind", "Required")],
    );
    check_with(
        "/spec/names/listKind",
        json!("Dog"),
        &[("spec.names.listKind", "Invalid value: \"Dog\": kind and listKind")],
    );
    check_with("/spec/names/shortNames", json!(["D"]), &[("spec.names.shortNames[0]", "Invalid value: \"D\"")]);
    check_with(
        "/spec/scope",
        json!("Global"),
        &[("spec.scope", "Unsupported value: \"Global\": supported values: \"Cluster\", \"Namespaced\"")],
    );
}

#[test]
fn protected_groups_need_an_approval() {
    let mut document = crd();
    document["metadata"]["name"] = json!("dogs.pets.k8s.io");
    document["spec"]["group"] = json!("pets.k8s.io");
    let path = "metadata.annotations[api-approved.kubernetes.io]";
    check(&document, &[(path, "Required value: protected groups")]);
    for (annotation, errors) in
        [("unapproved, test only", 0), ("https://github.com/kubernetes/kubernetes/pull/1", 0), ("yes", 1)]
    {
        document["metadata"]["annotations"] = json!({"api-approved.kubernetes.io": annotation});
        check(&document, &[(path, "Invalid value: \"yes\"")][..errors]);
    }
}

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
        let Err(Rejection::Invalid(errors)) = super::check(&document) else { panic!() };
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
    check(&document, &[("spec.versions[0].selectableFields", "Invalid value")]);
    document["spec"]["versions"][1]["schema"]["openAPIV3Schema"]["description"] = json!("other");
    check(&document, &[]);
}

#[test]
fn int_or_string_may_be_spelled_with_what_counts_for_nothing() {
    let spelled = json!([{"type": "integer", "x-unknown": 1}, {"type": "string", "title": ""}]);
    check_property(json!({"x-kubernetes-int-or-string": true, "anyOf": spelled}), &[]);
    let more = json!([{"type": "integer"}, {"type": "string", "maxLength": 1}]);
    check_property(
        json!({"x-kubernetes-int-or-string": true, "anyOf": more}),
        &[(".anyOf[0].type", "Forbidden"), (".anyOf[1].type", "Forbidden")],
    );
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
    (version["deprecated"], version["deprecationWarning"]) = (json!(true), json!("a\u{200b}"));
    check(
        &document,
        &[("spec.versions[0].deprecationWarning", "Invalid value: \"a\\u200b\": must only contain printable")],
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
fn a_pattern_that_cannot_be_enforced_is_refused() {
    let pattern = r"\pL{1000}".repeat(50);
    check_with(
        "/spec/versions/0/schema/openAPIV3Schema/properties",
        json!({"a": {"type": "array", "items": {"type": "string", "pattern": pattern}}}),
        &[("spec.versions[0].schema.openAPIV3Schema.properties[a].items.pattern", "Invalid value")],
    );
}

#[test]
fn a_status_subresource_restricts_the_root() {
    let mut document = crd();
    document["spec"]["versions"][0]["subresources"] = json!({"status": {}});
    check(&document, &[]);
    document["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["maxProperties"] = json!(5);
    check(&document, &[("spec.validation.openAPIV3Schema", "Invalid value")]);
    document["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = json!({"type": "object", "$ref": ""});
    let forbidden = ("spec.validation.openAPIV3Schema.$ref", "Forbidden");
    check(&document, &[("spec.validation.openAPIV3Schema", "Invalid value"), forbidden]);
}

#[test]
fn schemas_are_structural() {
    check_schema(json!({"type": "string"}), &[(".type", "Invalid value: \"string\": must be object at the root")]);
    check_property(json!({}), &[(".type", "Required value: must not be empty for specified object fields")]);
    for empty in
        [json!({"type": "array"}), json!({"type": "array", "items": []}), json!({"type": "array", "items": false})]
    {
        check_property(empty, &[(".items", "Required value: must be specified")]);
    }
    check_property(
        json!({"type": "string", "anyOf": [{"type": "string"}]}),
        &[(".anyOf[0].type", "Forbidden: must be empty to be structural")],
    );
    check_property(
        json!({"x-kubernetes-int-or-string": true, "anyOf": [{"type": "integer"}, {"type": "string"}]}),
        &[],
    );
    check_schema(
        json!({"type": "object", "allOf": [{"required": ["b"], "properties": {"b": {}}}]}),
        &[(".properties[b]", "Required value: because it is defined in")],
    );
    check_property(
        json!({"type": "string", "pattern": "(?!x)"}),
        &[(".pattern", "Invalid value: \"(?!x)\": must be a valid regular expression")],
    );
    check_schema(
        json!({"type": "object", "properties": {"metadata": {"type": "object", "properties": {"labels": {"type": "object"}}}}}),
        &[(".properties[metadata]", "Forbidden: must not specify anything other")],
    );
    check_schema(
        json!({"type": "object", "properties": {"metadata": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 3}}}}}),
        &[],
    );
}

#[test]
fn keywords_that_the_api_refuses_are_refused() {
    check_property(json!({"type": "text"}), &[(".type", "Unsupported value: \"text\"")]);
    check_property(json!({"type": "object", "$ref": "x"}), &[(".$ref", "Forbidden: $ref is not supported")]);
    check_property(
        json!({"type": "object", "properties": {"b": {"type": "string"}}, "additionalProperties": {"type": "string"}}),
        &[(".additionalProperties", "Forbidden: additionalProperties and properties")],
    );
    check_property(
        json!({"type": "object", "x-kubernetes-preserve-unknown-fields": false}),
        &[(".x-kubernetes-preserve-unknown-fields", "Invalid value: false")],
    );
    check_property(
        json!({"type": "array", "uniqueItems": true, "items": {"type": "string"}}),
        &[(".uniqueItems", "Forbidden")],
    );
}

#[test]
fn list_maps_have_scalar_keys_that_are_always_there() {
    let list = |keys: Value, items: Value| json!({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys, "items": items});
    let items = json!({"type": "object", "required": ["k"], "properties": {"k": {"type": "string"}, "o": {"type": "object"}, "n": {"type": "string", "default": ""}}});
    check_property(list(json!(["k", "n"]), items.clone()), &[]);
    check_property(list(json!([]), items.clone()), &[(".x-kubernetes-list-map-keys", "Required value")]);
    check_property(
        list(json!(["k", "k", "x"]), items.clone()),
        &[
            (".x-kubernetes-list-map-keys", "Invalid value: [\"k\",\"k\",\"x\"]: must not contain duplicate"),
            (".x-kubernetes-list-map-keys", "Invalid value: [\"k\",\"k\",\"x\"]: entries must all be names"),
        ],
    );
    check_property(
        list(json!(["o"]), items),
        &[
            (".items.properties[o].type", "Invalid value: \"object\": must be a scalar type"),
            (".items.properties[o].default", "Required value: this property is in"),
        ],
    );
    check_property(
        json!({"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "object"}}),
        &[(".items.x-kubernetes-map-type", "Invalid value: null: must be atomic")],
    );
}

#[test]
fn defaults_satisfy_their_schema() {
    check_property(
        json!({"type": "string", "default": 1}),
        &[(".default", "Invalid value: \"integer\":  in body must be of type string")],
    );
    check_property(
        json!({"type": "object", "default": {"x": 1}}),
        &[(".default", "Invalid value: {\"x\":1}: must not have unknown fields")],
    );
    check_property(
        json!({"type": "object", "properties": {"b": {"type": "string", "maxLength": 1}}, "default": {"b": "xx"}}),
        &[(".default.b", "Too long")],
    );
    check_schema(
        json!({"type": "object", "properties": {"kind": {"type": "string", "default": 5}}}),
        &[
            (
                ".properties[kind].default",
                "Invalid value: 5: must result in valid metadata: kind: Invalid value: 5: must be a string",
            ),
            (".properties[kind].default", "Forbidden: must not be set in top-level kind"),
        ],
    );
}

#[test]
fn rules_have_a_shape() {
    let with_rule = |rule: Value| json!({"type": "object", "properties": {"b": {"type": "string"}}, "x-kubernetes-validations": [rule]});
    check_property(with_rule(json!({"rule": "true", "fieldPath": ".b", "reason": "FieldValueInvalid"})), &[]);
    let rule = ".x-kubernetes-validations[0]";
    check_property(
        with_rule(json!({"rule": " "})),
        &[(&format!("{rule}.rule"), "Required value: rule is not specified")],
    );
    check_property(with_rule(json!({"rule": "a\nb"})), &[(&format!("{rule}.message"), "Required value")]);
    check_property(
        with_rule(json!({"rule": "true", "reason": "Bad", "fieldPath": ".x"})),
        &[
            (&format!("{rule}.reason"), "Unsupported value: \"Bad\""),
            (&format!("{rule}.fieldPath"), "Invalid value: \".x\": must be a valid path"),
        ],
    );
    check_property(with_rule(json!({"rule": "true", "fieldPath": "['b']"})), &[]);
}

#[test]
fn a_webhook_is_said_where_it_is() {
    let webhook = |client: Value| json!({"strategy": "Webhook", "webhook": {"clientConfig": client, "conversionReviewVersions": ["v1"]}});
    let path = "spec.conversion.webhookClientConfig";
    check_with("/spec/conversion", webhook(json!({"url": "https://a.example.com/p"})), &[]);
    check_with("/spec/conversion", webhook(json!({})), &[(path, "Required value: exactly one of url or service")]);
    check_with(
        "/spec/conversion",
        webhook(json!({"url": "http://u@/?q#f"})),
        &[
            (&format!("{path}.url"), "Invalid value: \"http\": 'https' is the only"),
            (&format!("{path}.url"), "Invalid value: \"\": host must be specified"),
            (&format!("{path}.url"), "Invalid value: \"u\": user information"),
            (&format!("{path}.url"), "Invalid value: \"f\": fragments"),
            (&format!("{path}.url"), "Invalid value: \"q\": query"),
        ],
    );
    check_with(
        "/spec/conversion",
        webhook(json!({"service": {"name": "n", "namespace": "", "path": "/a//B", "port": 0}})),
        &[
            (&format!("{path}.service.name"), "Required value"),
            (&format!("{path}.service.port"), "Invalid value: 0: port is not valid"),
            (&format!("{path}.service.path"), "Invalid value: \"/a//B\": segment[1] may not be empty"),
            (&format!("{path}.service.path"), "Invalid value: \"/a//B\": segment[2]:"),
        ],
    );
    check_with(
        "/spec/conversion",
        json!({"strategy": "Magic", "webhook": {"clientConfig": {}}}),
        &[("spec.conversion.strategy", "Unsupported value: \"Magic\""), (path, "Forbidden: should not be set")],
    );
}
