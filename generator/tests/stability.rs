//! A CRD that grows never changes what a name of the old output stands for.

use crdgen_schema::definition;

/// A CRD whose root has these properties (flow YAML).
fn crd(kind: &str, plural: &str, properties: &str) -> String {
    format!(
        "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {plural}.example.com}}
spec:
  group: example.com
  names: {{kind: {kind}, plural: {plural}}}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: {{openAPIV3Schema: {{type: object, properties: {{{properties}}}}}}}
---
"
    )
}

fn output(text: &str, manifest: Option<&str>) -> crdgen::Output {
    let loaded = definition::load("crd.yaml", text);
    assert!(!loaded.diagnostics.has_errors(), "{}", loaded.diagnostics);
    crdgen::configure().types_only(true).output(&loaded.definitions, manifest).unwrap()
}

/// All generated code of `after`, as it comes over the output of `before`.
fn grown(before: &str, after: &str) -> String {
    let manifest = &output(before, None).files[".crdgen"];
    let files = output(after, Some(manifest)).files;
    files
        .into_iter()
        .filter(|(path, _)| std::path::Path::new(path).extension() != Some("json".as_ref()) && path != ".crdgen")
        .map(|(_, text)| text)
        .collect()
}

fn check(before: &str, after: &str, expected: &[&str]) {
    let spec =
        |properties: &str| crd("Thing", "things", &format!("spec: {{type: object, properties: {{{properties}}}}}"));
    let code = grown(&spec(before), &spec(after));
    for line in expected {
        assert!(code.contains(line), "{line:?} is not in:\n{code}");
    }
}

#[test]
fn a_field_keeps_its_key_beside_a_twin() {
    check(
        "source_labels: {type: string}, Xms: {type: string}",
        "sourceLabels: {type: string}, source_labels: {type: string}, '-Xms': {type: string}, Xms: {type: string}",
        &[
            "source_labels: \"source_labels\",",
            "source_labels_camelcase: \"sourceLabels\",",
            "xms: \"Xms\",",
            "dash_xms: \"-Xms\",",
        ],
    );
}

#[test]
fn a_variant_keeps_its_value_beside_a_twin() {
    check(
        "action: {type: string, enum: [audit, enforce]}",
        "action: {type: string, enum: [Audit, Enforce, audit, enforce]}",
        &["Audit = \"audit\",", "Enforce = \"enforce\",", "AuditCapitalized = \"Audit\","],
    );
}

#[test]
fn a_name_whose_value_is_gone_is_not_given_to_another() {
    check(
        "action: {type: string, enum: [Audit, audit]}",
        "action: {type: string, enum: [audit]}",
        &["    AuditLowercase = \"audit\","],
    );
}

#[test]
fn a_type_keeps_its_property_beside_a_twin() {
    check(
        "matchRule: {type: object, properties: {b: {type: integer}}}",
        "match-rule: {type: object, properties: {c: {type: boolean}}}, matchRule: {type: object, properties: {b: {type: integer}}}",
        &["MatchRule at super::Thing \"/spec/matchRule\" {", "MatchDashRule at super::Thing \"/spec/match-rule\" {"],
    );
    check(
        "listeners: {type: array, items: {type: object, properties: {b: {type: integer}}}}",
        "listener: {type: object, properties: {c: {type: boolean}}},
         listeners: {type: array, items: {type: object, properties: {b: {type: integer}}}}",
        &["Listener at super::Thing \"/spec/listeners/*\" {"],
    );
}

#[test]
fn a_module_keeps_its_property_beside_a_twin() {
    let nested = "{type: object, properties: {deep: {type: object, properties: {a: {type: string}}}}}";
    check(
        &format!("a-b: {nested}"),
        &format!(
            "a-b: {nested}, aB: {{type: object, properties: {{deep: {{type: object, properties: {{b: {{type: string}}}}}}}}}}"
        ),
        &["pub use self::a_b::AB;", "pub use self::a_b_camelcase::ABCamelcase;"],
    );
}

#[test]
fn the_field_for_unknown_properties_keeps_its_name() {
    let open = "x-kubernetes-preserve-unknown-fields: true, type: object";
    let code = grown(
        &crd("Thing", "things", &format!("spec: {{{open}, properties: {{a: {{type: string}}}}}}")),
        &crd(
            "Thing",
            "things",
            &format!("spec: {{{open}, properties: {{a: {{type: string}}, unknown: {{type: string}}}}}}"),
        ),
    );
    assert!(code.contains("        unknown: ..;\n"), "{code}");
    assert!(code.contains("unknown_lowercase: \"unknown\","), "{code}");
}

#[test]
fn the_field_for_unknown_properties_and_a_property_do_not_take_each_others_name() {
    let open = crd(
        "Thing",
        "things",
        "spec: {x-kubernetes-preserve-unknown-fields: true, type: object, properties: {a: {type: string}}}",
    );
    let known =
        crd("Thing", "things", "spec: {type: object, properties: {a: {type: string}, unknown: {type: string}}}");
    let code = grown(&open, &known);
    assert!(code.contains("unknown_lowercase: \"unknown\","), "{code}");
    let code = grown(&known, &open);
    assert!(code.contains("..unknown_properties;"), "{code}");
}

#[test]
fn a_new_kind_takes_no_name_from_another_kinds_type() {
    let thing = crd("Thing", "things", "spec: {type: object, properties: {a: {type: string}}}");
    let code = grown(&thing, &format!("{thing}{}", crd("ThingSpec", "thingspecs", "")));
    assert!(code.contains("pub use self::thing::{Thing, ThingList, ThingSpec};"), "{code}");
    assert!(code.contains("pub use self::thing_spec::ThingSpecList;"), "{code}");
}

#[test]
fn a_place_that_was_shared_keeps_its_names_when_it_no_longer_is() {
    let mode = |values: &str| format!("{{type: object, properties: {{mode: {{type: string, enum: [{values}]}}}}}}");
    let both = |first: &str, second: &str| {
        crd(
            "Thing",
            "things",
            &format!(
                "spec: {{type: object, properties: {{main: {{type: object, properties: {{rule: {}}}}}, other: {{type: object, properties: {{rule: {}}}}}}}}}",
                mode(first),
                mode(second)
            ),
        )
    };
    let code = grown(&both("a", "a"), &both("a", "a, A"));
    assert!(
        code.contains("ALowercase = \"a\"") || code.contains("    A = \"a\",\n        AUppercase = \"A\""),
        "{code}"
    );
    assert!(!code.contains("    A = \"A\""), "{code}");
}

#[test]
fn a_place_inside_of_two_shared_ones_keeps_its_names() {
    // `second` has the type of `first`, and `rule` in it that of `rule` in `other`, which comes first.
    let rule = |key: &str| format!("rule: {{type: object, properties: {{{key}: {{type: string}}}}}}");
    let outer = |rule: &str| format!("{{type: object, properties: {{{rule}, a: {{type: string}}}}}}");
    let all = |second: &str| {
        format!(
            "other: {{type: object, properties: {{{}}}}}, first: {{type: object, properties: {{inner: {}}}}}, \
             second: {{type: object, properties: {{inner: {}}}}}",
            rule("fooBar"),
            outer(&rule("fooBar")),
            outer(&rule(second))
        )
    };
    check(&all("fooBar"), &all("foo-bar"), &["foo_dash_bar: \"foo-bar\","]);
}

#[test]
fn an_object_that_becomes_an_array_keeps_its_names() {
    let spec = |before: &str, after: &str, properties: &str| {
        crd("Thing", "things", &format!("spec: {{{before}type: object, properties: {{{properties}}}{after}}}"))
    };
    let code = grown(
        &spec("", "", "fooBar: {type: string}"),
        &spec("type: array, items: {", "}", "foo-bar: {type: string}, fooBar: {type: string}"),
    );
    assert!(code.contains("foo_bar: \"fooBar\","), "{code}");
    let code = grown(
        &spec("", "", "foo-bar: {type: string}"),
        &spec("type: array, items: {", "}", "foo-bar: {type: string}, fooBar: {type: string}"),
    );
    assert!(code.contains("foo_bar: \"foo-bar\","), "{code}");
}

#[test]
fn the_arguments_of_new_keep_their_places() {
    let texts = "host: {type: string}, token: {type: string}";
    let object = |required: &str, properties: &str| {
        crd("Thing", "things", &format!("spec: {{type: object, required: [{required}], properties: {{{properties}}}}}"))
    };
    let before = object("host, token", texts);
    let moved = grown(&before, &object("token, host", "token: {type: string}, host: {type: string}"));
    assert!(moved.contains("        new(host: impl Into<String>, token: impl Into<String>);\n"), "{moved}");
    let more = grown(&before, &object("a, host, token", &format!("a: {{type: string}}, {texts}")));
    assert!(more.contains("new(host: impl Into<String>, token: impl Into<String>, a: impl Into<String>);"), "{more}");
    let exchanged = grown(&before, &object("host, key", "host: {type: string}, key: {type: string}"));
    assert!(
        exchanged.contains("new as with_host_and_key(host: impl Into<String>, key: impl Into<String>);"),
        "{exchanged}"
    );
}

#[test]
fn the_same_input_over_its_own_output_is_the_same_output() {
    let text = crd("Thing", "things", "spec: {type: object, properties: {a-b: {type: string}, aB: {type: string}}}");
    let first = output(&text, None);
    assert_eq!(output(&text, first.files.get(".crdgen").map(String::as_str)).files, first.files);
}

#[test]
fn a_damaged_manifest_is_an_error_with_its_line() {
    let text = crd("Thing", "things", "");
    let loaded = definition::load("crd.yaml", &text);
    let manifest = "# @generated by crdgen: whatever\nfile a.json\n<<<<<<< HEAD\n";
    let error = crdgen::configure().output(&loaded.definitions, Some(manifest)).unwrap_err();
    assert!(error.to_string().contains("line 3 of .crdgen in the output folder is damaged"), "{error}");
}
