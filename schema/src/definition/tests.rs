use super::*;

const HEAD: &str = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: dogs.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Dog, plural: dogs}
  versions:
  - name: v1
    served: true
    storage: true
";

/// A document whose schema has these lines.
fn with_schema(lines: &str) -> String {
    format!("{HEAD}    schema:\n      openAPIV3Schema:\n        type: object\n{lines}")
}

/// Checks that the text has exactly these findings, each given as the start of its line and a part of the message.
fn check(text: &str, findings: &[(&str, &str)]) {
    let loaded = load("a.yaml", text);
    let shown = loaded.diagnostics.to_string();
    assert_eq!(loaded.diagnostics.0.len(), findings.len(), "{shown}");
    for (diagnostic, (place, part)) in loaded.diagnostics.iter().zip(findings) {
        let line = diagnostic.to_string();
        assert!(
            line.starts_with(&format!("a.yaml:{place}: ")) && line.contains(part),
            "{line}\nexpected {place} {part}"
        );
        assert!(diagnostic.help.is_some(), "{line}");
    }
    assert_eq!(loaded.definitions.is_empty(), loaded.diagnostics.has_errors(), "{shown}");
}

fn only(text: &str) -> Definition {
    let loaded = load("a.yaml", text);
    assert_eq!(loaded.diagnostics.to_string(), "");
    loaded.definitions.into_iter().next().unwrap()
}

#[test]
fn a_definition_is_read_whole() {
    let definition = only(&format!(
        "{}{}",
        with_schema(
            "        properties: {b: {type: string, minLength: 1}, a: {type: integer, maximum: 1.5}}\n        required: [b]\n"
        ),
        "    subresources: {status: {}, scale: {specReplicasPath: .spec.r, statusReplicasPath: .status.r}}
    additionalPrinterColumns: [{name: Age, type: date, jsonPath: .metadata.creationTimestamp, priority: 1}]
    selectableFields: [{jsonPath: .spec.a}]
"
    ));
    assert_eq!(definition.names.list_kind, "DogList");
    assert_eq!(definition.names.singular, "dog");
    assert_eq!(definition.source.position, Some(Position { line: 1, column: 1 }));
    let version = &definition.versions[0];
    assert!(version.status_subresource && version.served && version.storage && !version.deprecated);
    assert_eq!(version.scale.as_ref().unwrap().status_replicas_path, ".status.r");
    assert_eq!(version.printer_columns[0].priority, 1);
    assert_eq!(version.selectable_fields, [".spec.a"]);
    let names: Vec<&String> = version.schema.properties.keys().collect();
    assert_eq!(names, ["b", "a"]);
    assert_eq!(version.schema.properties["b"].constraints.min_length, Some(1));
    assert_eq!(version.schema.properties["a"].constraints.maximum, serde_json::Number::from_f64(1.5));
    assert_eq!(version.schema.required, ["b"]);
    assert!(definition.json.starts_with("{\n\"apiVersion\""));
    assert_eq!(Definition::from_value(&definition.document()).unwrap().names, definition.names);
}

#[test]
fn a_document_that_nests_deeper_than_serde_json_reads_by_default_is_given_whole() {
    let (open, close) = ("[".repeat(200), "]".repeat(200));
    let definition = only(&with_schema(&format!(
        "        properties: {{a: {{type: array, items: {{}}, default: {open}{close}}}}}\n"
    )));
    let mut found =
        &definition.document()["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["a"]["default"];
    let mut levels = 0;
    while let Some(inner) = found.as_array() {
        levels += 1;
        found = inner.first().unwrap_or(&Value::Null);
    }
    assert_eq!(levels, 200);
}

#[test]
fn findings_have_codes() {
    let codes = |text: &str| -> Vec<&str> { load("a.yaml", text).diagnostics.iter().map(|found| found.code).collect() };
    assert_eq!(codes("a: 1\na: 2\nb: ["), ["duplicate-key", "invalid-yaml"]);
    assert_eq!(
        codes(&with_schema("        minLenght: 1\n        type: 1\n")),
        ["duplicate-key", "unknown-keyword", "wrong-type"]
    );
    assert_eq!(
        codes(&with_schema("        properties: {y: {}}\n").replace("scope: Namespaced", "scope: x")),
        ["unknown-value", "yaml-1-1"]
    );
    let text = with_schema("");
    let twice = load("a.yaml", &format!("{text}---\n{text}"));
    assert_eq!(check_unique(&twice.definitions).iter().map(|found| found.code).collect::<Vec<_>>(), ["duplicate-name"]);
}

#[test]
fn what_is_no_definition_is_skipped_and_lists_are_walked() {
    let indented = with_schema("").replace('\n', "\n  ");
    let text = format!("kind: Service\n---\nkind: List\nitems:\n- {indented}\n- {{kind: Secret}}\n---\n---\n[1]\n");
    let loaded = load("a.yaml", &text);
    assert_eq!((loaded.definitions.len(), loaded.skipped), (1, 3), "{}", loaded.diagnostics);
}

#[test]
fn the_same_definition_twice_is_an_error() {
    let text = with_schema("");
    let loaded = load("a.yaml", &format!("{text}---\n{text}"));
    let found = check_unique(&loaded.definitions).to_string();
    assert!(found.starts_with("a.yaml:16:1: error: ") && found.contains("the first is at a.yaml:1:1"), "{found}");
    assert!(check_unique(&loaded.definitions[..1]).is_empty());
}

#[test]
fn faults_of_the_text_have_a_place() {
    check("a: [", &[("1:4", "unclosed bracket")]);
    check("a: 1\na: 2\n", &[("2:1", "duplicate key")]);
    let loaded = load("a.yaml", "a: {{ .Values.x }}\n");
    assert!(loaded.diagnostics.to_string().contains("helm template"), "{}", loaded.diagnostics);
}

#[test]
fn old_and_unknown_api_versions_are_explained() {
    check(&with_schema("").replace("io/v1", "io/v1beta1"), &[("1:1", "v1beta1")]);
    check(&with_schema("").replace("apiextensions.k8s.io/v1", "v1"), &[("1:1", "apiVersion \"v1\"")]);
}

#[test]
fn what_is_missing_is_named() {
    check("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n", &[("1:1", "no `spec`")]);
    check(HEAD, &[("9:5", "no schema")]);
    let (start, _) = HEAD.split_once("  versions").unwrap();
    check(start, &[("5:3", "no versions")]);
    check(&with_schema("").replace("  group: example.com\n", ""), &[("5:3", "`group` is missing")]);
    check(&with_schema("").replace("plural: dogs", ""), &[("7:10", "`plural` is missing")]);
    check(&with_schema("").replace("kind: Dog, ", ""), &[("7:10", "`kind` is missing")]);
    check(
        &with_schema("").replace("name: v1\n", "served: true\n").replacen("    served: true\n", "", 1),
        &[("9:5", "`name` is missing")],
    );
    check(&with_schema("").replace("  scope: Namespaced\n", ""), &[("5:3", "`scope` is missing")]);
}

#[test]
fn names_are_those_that_kubernetes_allows() {
    check(
        &with_schema("").replace("group: example.com", "group: Example_com"),
        &[("3:18", "metadata.name"), ("5:10", "\"Example_com\"")],
    );
    check(&with_schema("").replace("kind: Dog,", "kind: Hot.Dog,"), &[("7:17", "\"Hot.Dog\"")]);
    check(&with_schema("").replace("name: v1\n", "name: 1.0\n"), &[("9:11", "expected a string")]);
    check(&with_schema("").replace("name: v1\n", "name: V1\n"), &[("9:11", "\"V1\"")]);
    check(&with_schema("").replace("Namespaced", "Global"), &[("6:10", "unknown scope")]);
    check(&with_schema("").replace("name: dogs.example.com", "name: dogs"), &[("3:18", "<plural>.<group>")]);
}

#[test]
fn a_version_there_twice_is_an_error() {
    let text = with_schema("");
    let (_, version) = text.split_once("  versions:\n").unwrap();
    check(&format!("{text}{version}"), &[("15:5", "duplicate version")]);
}

#[test]
fn keywords_of_the_wrong_type_are_all_reported() {
    let text = "        properties: [a]
        required: {a: b}
        minProperties: a
        nullable: 1
        description: 5
        not: x
";
    check(
        &with_schema(text),
        &[
            ("15:21", "expected an object, found an array"),
            ("16:19", "expected an array, found an object"),
            ("17:24", "expected an integer, found the string \"a\""),
            ("18:19", "expected a boolean, found the integer 1"),
            ("19:22", "expected a string"),
            ("20:14", "expected an object"),
        ],
    );
    check(
        &with_schema("        properties: {a: {type: text}, b: {items: [{}]}}\n"),
        &[("15:32", "unknown type \"text\""), ("15:50", "`items`")],
    );
}

#[test]
fn unknown_keywords_are_warnings_and_references_errors() {
    check(
        &with_schema("        minLenght: 1\n        properties: {a: {$ref: b}}\n"),
        &[("15:9", "minLenght"), ("16:26", "`$ref`")],
    );
}

#[test]
fn what_the_server_reads_leniently_is_read_leniently() {
    let definition = only(&with_schema(
        "        required: null
        additionalProperties: false
        x-kubernetes-preserve-unknown-fields: false
        properties: {a: null, b: {default: null, additionalProperties: true, enum: [null, 1]}}
",
    ));
    let schema = &definition.versions[0].schema;
    assert_eq!(schema.additional_properties, None);
    assert_eq!(schema.properties["a"].kind, None);
    assert_eq!(schema.properties["b"].default, None);
    assert_eq!(schema.properties["b"].additional_properties, Some(crate::schema::AdditionalProperties::Any));
    assert_eq!(*schema.properties["b"].enumeration, [serde_json::json!(null), serde_json::json!(1)]);
}

#[test]
fn schemas_nest_to_fifty_levels() {
    let nested = |levels: usize| {
        let (open, close) = ("{properties: {a: {items: ".repeat(levels / 2), "}}}".repeat(levels / 2));
        let text = format!("        properties: {{a: {open}{{}}{close}}}\n");
        load("a.yaml", &with_schema(&text))
    };
    assert_eq!(nested(48).diagnostics.to_string(), "");
    let found = nested(50).diagnostics;
    assert_eq!(found.0.len(), 1, "{found}");
    assert!(found.to_string().contains("deeper than 50 levels"));
}
