//! Schemas: structure, keywords, defaults and the shape of rules.

use serde_json::json;

use super::*;

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
    let named = json!({"type": "object", "properties": {"a.b": {"type": "object", "properties": {"c\td": {"type": "string"}}}},
        "x-kubernetes-validations": [{"rule": "true", "fieldPath": r"['a.b']['c\td']"}]});
    check_property(named, &[]);
    check_property(
        with_rule(json!({"rule": "true", "fieldPath": r"['\q']"})),
        &[(&format!("{rule}.fieldPath"), "Invalid value")],
    );
}

#[test]
fn rules_are_declared_from_the_first_schema_that_has_some() {
    let rule = |rule: &str| json!([{"rule": rule}]);
    let items =
        json!({"type": "array", "items": {"type": "string"}, "x-kubernetes-validations": rule("size(self) > 0")});
    check_schema(json!({"type": "object", "items": items}), &[]);
    let preserving = json!({"x-kubernetes-preserve-unknown-fields": true, "properties": {
        "a": {"type": "string", "x-kubernetes-validations": rule("self == 'a'")},
    }});
    check_property(preserving, &[]);
    check_property(
        json!({"x-kubernetes-preserve-unknown-fields": true, "x-kubernetes-validations": rule("true")}),
        &[(".x-kubernetes-validations", "Internal error")],
    );
    let nested = json!({"type": "object", "properties": {"c": {"type": "string"}}, "x-kubernetes-validations": rule("self + 1 > 1")});
    for above in [json!([]), rule("true")] {
        check_property(
            json!({"type": "object", "x-kubernetes-validations": above, "properties": {"b": nested}}),
            &[(
                ".properties[b].x-kubernetes-validations[0].rule",
                "Invalid value: {\"Rule\":\"self + 1 \\u003e 1\",\"Message\":\"\",\"MessageExpression\":\"\",\"Reason\":null,\"FieldPath\":\"\",\"OptionalOldSelf\":null}: compilation failed: ERROR: <input>:1:6: found no matching overload for '_+_' applied to '(selfType, int)'",
            )],
        );
    }
}
