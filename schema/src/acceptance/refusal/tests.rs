use crate::{definition::load, diagnostic::code};

/// Lines 1 to 12; the schema follows with 10 spaces of indentation from line 14 on.
const HEAD: &str = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: cats.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Cat, plural: cats}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
";

fn with_schema(lines: &str) -> String {
    format!("{HEAD}      openAPIV3Schema:\n        type: object\n{lines}")
}

/// Checks that the text has exactly these refusals, each given as its place, its path and the start of the server's words.
fn check(text: &str, expected: &[(&str, &str, &str)]) {
    let loaded = load("a.yaml", text);
    let shown = loaded.refusals.to_string();
    assert_eq!(loaded.refusals.0.len(), expected.len(), "{shown}{}", loaded.diagnostics);
    for (refusal, (place, path, words)) in loaded.refusals.iter().zip(expected) {
        let start = format!("a.yaml:{place}: warning: the API server would refuse this CRD: {words}");
        assert!(refusal.to_string().starts_with(&start), "{refusal}\nexpected {start}");
        assert_eq!(refusal.path.as_deref().unwrap_or_default(), *path, "{refusal}");
        assert_eq!(refusal.code, code::REFUSED);
    }
}

/// Checks the refusals of a property `a` on line 15; paths are given from the property on.
fn check_property(lines: &str, expected: &[(&str, &str, &str)]) {
    let path = "spec.versions[0].schema.openAPIV3Schema.properties[a]";
    let paths: Vec<String> = expected.iter().map(|(_, below, _)| format!("{path}{below}")).collect();
    let expected: Vec<_> =
        expected.iter().zip(&paths).map(|((place, _, words), path)| (*place, path.as_str(), *words)).collect();
    let indented = lines.replace('\n', "\n            ");
    check(&with_schema(&format!("        properties:\n          a:\n            {indented}\n")), &expected);
}

#[test]
fn what_the_server_takes_has_no_refusal() {
    check(&with_schema("        properties: {a: {type: object, additionalProperties: true}}\n"), &[]);
    check_property("type: array\nitems: {type: object}", &[]);
    check_property("type: object\ndefault: {}\nproperties: {b: {type: string, enum: [x, y], default: x}}", &[]);
    check_property(
        "type: array\nx-kubernetes-list-type: map\nx-kubernetes-list-map-keys: [k, l]\nitems:\n  type: object\n  required: [k]\n  \
         properties: {k: {type: integer}, l: {type: string, default: x}}",
        &[],
    );
}

#[test]
fn a_refusal_stands_at_the_node_that_is_at_fault() {
    check_property(
        "type: object\nproperties: {b: {type: string}}\nadditionalProperties: {type: string}",
        &[("19:35", ".additionalProperties", "Forbidden: additionalProperties and properties are mutual exclusive")],
    );
    check_property(
        "type: array\nuniqueItems: true\nitems: {type: string}",
        &[("18:26", ".uniqueItems", "Forbidden: uniqueItems")],
    );
    check_property("type: text", &[]);
    check_property(
        "type: string\npattern: '('",
        &[("18:22", ".pattern", "Invalid value: \"(\": must be a valid regular")],
    );
}

#[test]
fn what_is_missing_stands_at_the_node_that_lacks_it() {
    check_property(
        "type: array\nitems: {}",
        &[("18:20", ".items.type", "Required value: must not be empty for specified array items")],
    );
    check_property("type: array", &[("17:13", ".items", "Required value: must be specified")]);
    check_property(
        "type: array\nx-kubernetes-list-type: map\nx-kubernetes-list-map-keys: [k]\nitems:\n  type: object\n  properties:\n    \
         k: {type: string}",
        &[("23:20", ".items.properties[k].default", "Required value: this property is in x-kubernetes-list-map-keys")],
    );
}

#[test]
fn defaults_are_refused_where_they_stand() {
    check_property("type: string\nenum: [x, y]\ndefault: z", &[("19:22", ".default", "Unsupported value: \"z\"")]);
    check_property(
        "type: integer\ndefault: '3'",
        &[("18:22", ".default", "Invalid value: \"string\":  in body must be")],
    );
    check_property(
        "type: object\nproperties: {b: {type: string}}\ndefault:\n  c: 3",
        &[("20:15", ".default", "Invalid value: {\"c\":3}: must not have unknown fields")],
    );
    check_property(
        "type: object\nproperties: {b: {type: array, items: {type: string}}}\ndefault: {b: [x, 5]}",
        &[("19:30", ".default.b[1]", "Invalid value: \"integer\": b[1] in body must be")],
    );
    check_property(
        "type: string\nallOf:\n- default: z",
        &[("19:24", ".allOf[0].default", "Forbidden: must be undefined to be structural")],
    );
}

#[test]
fn of_the_names_that_fit_a_path_the_one_that_leads_furthest_is_followed() {
    let names = "        properties:\n          a: {type: object, properties: {c: {type: string}}}\n          'a].properties[b': {}\n";
    check(
        &with_schema(names),
        &[(
            "17:30",
            "spec.versions[0].schema.openAPIV3Schema.properties[a].properties[b].type",
            "Required value: must not be empty for specified object fields",
        )],
    );
}

#[test]
fn the_servers_own_paths_become_those_of_the_document() {
    let text = with_schema("").replace(
        "    schema:\n",
        "    additionalPrinterColumns:\n    - {name: A, type: string, jsonPath: x}\n    subresources: {scale: {specReplicasPath: .spec.a, \
         statusReplicasPath: .b}}\n    selectableFields: [{jsonPath: .c}]\n    schema:\n",
    );
    check(
        &text,
        &[
            (
                "13:41",
                "spec.versions[0].additionalPrinterColumns[0].jsonPath",
                "Invalid value: \"x\": must be a simple",
            ),
            ("14:75", "spec.versions[0].subresources.scale.statusReplicasPath", "Invalid value: \".b\": should be"),
            ("15:35", "spec.versions[0].selectableFields[0].jsonPath", "Invalid value: \".c\": is an invalid path"),
        ],
    );
    let text = with_schema("").replace(
        "  versions:\n",
        "  conversion:\n    strategy: Webhook\n    webhook:\n      clientConfig: {url: 'http://x'}\n      conversionReviewVersions: [x1]\n  versions:\n",
    );
    check(
        &text,
        &[
            ("11:27", "spec.conversion.webhook.clientConfig.url", "Invalid value: \"http\": 'https' is the only"),
            ("12:33", "spec.conversion.webhook.conversionReviewVersions", "Invalid value: [\"x1\"]: must include"),
        ],
    );
    check(
        &with_schema("").replace("storage: true", "storage: false"),
        &[("9:5", "spec.versions", "Invalid value: [{\"Name\":\"v1\",\"Served\":true")],
    );
}

#[test]
fn what_go_cannot_decode_has_the_place_of_the_first_such_value() {
    check(
        &format!("status: {{conditions: [{{type: 5}}]}}\n{}", with_schema("")),
        &[("1:30", "", "json: cannot unmarshal number into Go struct field CustomResourceDefinitionCondition.status")],
    );
}

#[test]
fn a_definition_with_errors_has_refusals_for_what_they_do_not_say() {
    let text = with_schema("        properties:\n          a: {type: text}\n          b: {}\n");
    assert_eq!(load("a.yaml", &text).diagnostics.0.len(), 1);
    check(
        &text,
        &[("17:14", "spec.versions[0].schema.openAPIV3Schema.properties[b].type", "Required value: must not be empty")],
    );
    check_property("$ref: b", &[]);
}

#[test]
fn long_values_are_cut_and_very_many_errors_counted() {
    let status = "    subresources: {status: {}}\n    schema:\n";
    let text = with_schema(&format!("        description: {}\n        nullable: true\n", "x".repeat(5000)));
    let loaded = load("a.yaml", &text.replace("    schema:\n", status));
    assert!(loaded.refusals.0[0].message.len() < 1000, "{}", loaded.refusals);
    let properties: Vec<String> = (0..5000).map(|number| format!("p{number}: {{}}")).collect();
    let properties = properties.join(", ");
    let loaded = load("a.yaml", &with_schema(&format!("        properties: {{{properties}}}\n")));
    assert_eq!(loaded.refusals.0.len(), 101);
    assert!(loaded.refusals.to_string().ends_with("4900 more errors"), "{}", loaded.refusals);
}
