use crate::{
    definition::load,
    diagnostic::{Diagnostic, code},
};

/// Findings of this kind about a schema, whose lines stand from line 14 on behind 8 spaces.
fn found(schema: &str) -> Vec<Diagnostic> {
    let text = format!(
        "\u{feff}apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: cats.example.com}}\nspec:\n  group: \
         example.com\n  scope: Namespaced\n  names: {{kind: Cat, plural: cats}}\n  versions:\n  - name: v1\n    served: true\n    storage: \
         true\n    schema:\n      openAPIV3Schema:\n        {}\n",
        schema.replace('\n', "\n        ")
    );
    let findings = load("a.yaml", &text).diagnostics.into_iter();
    findings.filter(|finding| finding.code == code::YAML_1_1).collect()
}

/// Checks the findings about a schema, each given as its place and the start of its message.
fn check(schema: &str, expected: &[(&str, &str)]) {
    let found = found(schema);
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), expected.len(), "{shown:?}");
    for (shown, (place, message)) in shown.iter().zip(expected) {
        assert!(
            shown.starts_with(&format!("a.yaml:{place}: warning: {message}")),
            "{shown}\nexpected {place} {message}"
        );
    }
}

/// Checks the findings about a property, which starts at 14:18; messages are given without `the enum value ` at their start.
fn check_property(schema: &str, expected: &[(&str, &str)]) {
    let messages: Vec<String> = expected.iter().map(|(_, message)| format!("the enum value {message}")).collect();
    let expected: Vec<_> =
        expected.iter().zip(&messages).map(|((place, _), message)| (*place, message.as_str())).collect();
    check(&format!("properties: {{a: {schema}}}"), &expected);
}

#[test]
fn a_finding_says_what_is_read_and_how_to_write_it() {
    let shown: Vec<String> =
        found("properties:\n  é: {}\n  y: {type: string}").iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        ["a.yaml:16:11: warning: the key y is read as true by kubectl: YAML 1.1 takes unquoted y for a boolean\n  \
          at spec.versions[0].schema.openAPIV3Schema.properties[true]\n  help: write \"y\" in quotes"]
    );
}

#[test]
fn keys_that_become_others_are_found() {
    check(
        "properties:\n  off: {}\n  010: {}\n  1e3: {}\n  2_000: {}\n  1.50: {}\n  '1': {}\n  ? Yes\n  : {}",
        &[
            ("15:11", "the key off is read as false"),
            ("16:11", "the key 010 is read as 8 by kubectl: YAML 1.1 takes unquoted 010 for a number"),
            ("17:11", "the key 1e3 is read as 1000"),
            ("18:11", "the key 2_000 is read as 2000"),
            ("19:11", "the key 1.50 is read as 1.5"),
            ("21:13", "the key Yes is read as true"),
        ],
    );
}

#[test]
fn keys_that_stay_what_they_are_are_not() {
    check("properties: {true: {}, 'y': {}, \"off\": {}, 8080: {}, 1.5: {}, yes_: {}, -x: {}, !!str on: {}}", &[]);
    check(
        "properties: {a: {properties: {False: {}}}}\nx-unknown: {y: 1}",
        &[("14:39", "the key False is read as false")],
    );
}

#[test]
fn values_of_an_enum_of_texts_are_found() {
    check_property(
        "{type: string, enum: [json, off, On, 'no', 1e3, 0o17, .5, -0]}",
        &[
            ("14:53", "off is read as false by kubectl: YAML 1.1 takes unquoted off for a boolean"),
            ("14:58", "On is read as true"),
            ("14:68", "1e3 is read as 1000"),
            ("14:73", "0o17 is read as 15"),
            ("14:79", ".5 is read as 0.5"),
            ("14:83", "-0 is read as 0"),
        ],
    );
    check_property(
        "{type: string, enum: [null, a, ~]}",
        &[("14:47", "null is read as null"), ("14:56", "~ is read as null")],
    );
    check_property("{anyOf: [{enum: [yes, maybe]}]}", &[("14:42", "yes is read as true")]);
    check(
        "properties:\n  a:\n    type: string\n    enum:\n    - on\n    - off",
        &[("18:15", "the enum value on"), ("19:15", "the enum value off")],
    );
}

#[test]
fn values_that_may_be_meant_are_not() {
    check_property("{type: boolean, enum: [on, yes, true]}", &[]);
    check_property("{type: integer, enum: [1, 010, 1_000]}", &[]);
    check_property("{type: string, nullable: true, enum: [a, null]}", &[]);
    check_property("{x-kubernetes-int-or-string: true, enum: [1, 2, auto]}", &[]);
    check_property("{x-kubernetes-preserve-unknown-fields: true, enum: [true, false, auto]}", &[]);
    check_property("{type: string, enum: ['y', \"1\", !!bool 'no', v1.0, 1.2.3]}", &[]);
}

#[test]
fn defaults_that_are_meant_as_text_are_found() {
    check("properties: {a: {type: string, default: off}}", &[("14:49", "the default off is read as false")]);
    check("properties: {a: {type: boolean, default: off}, b: {type: integer, default: 0644}}", &[]);
    check(
        "type: object\ndefault: {a: {b: 1.10, m: 1}, l: [x, no]}\nproperties:\n  a: {additionalProperties: {type: string}, properties: {m: {type: number}}}\n  \
         l: {items: {type: string}}",
        &[("15:26", "the default 1.10 is read as 1.1 "), ("15:46", "the default no is read as false")],
    );
    check("default: {y: 1}", &[("14:19", "the key y is read as true")]);
}

#[test]
fn dates_and_numbers_to_the_base_of_60_are_text_for_kubectl_but_not_for_others() {
    check(
        "properties: {2026-01-01: {}, '2026-01-02': {}, a: {type: string, enum: [2026-01-03, \"2026-01-04\", 12:30, 80:90, a:1]}}",
        &[
            ("14:22", "the key 2026-01-01 is read as text by kubectl, but as a date by tools"),
            ("14:81", "the enum value 2026-01-03 is read as text by kubectl, but as a date by tools"),
            ("14:107", "the enum value 12:30 is read as text by kubectl, but as a number to the base of 60 by tools"),
        ],
    );
    check("properties: {a: {type: string, default: 1970-01-01T00:00:00Z}}", &[]);
}

#[test]
fn what_stands_elsewhere_is_not_taken_for_the_value() {
    check(
        "properties: {a: {type: string, enum: &e [&v off, b]}, b: {type: string, enum: [*v, c]}}",
        &[("14:53", "the enum value off")],
    );
}

#[test]
fn a_required_name_in_need_of_quotes_is_an_error_already() {
    let text = "kind: CustomResourceDefinition\napiVersion: apiextensions.k8s.io/v1\nspec: {versions: [{schema: {openAPIV3Schema: {required: [y]}}}]}";
    let shown = load("a.yaml", text).diagnostics.to_string();
    assert!(shown.contains("a.yaml:3:58: error: expected a string, found the boolean true"), "{shown}");
    assert!(shown.contains("put it in quotes"), "{shown}");
}
