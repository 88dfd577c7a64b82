use crdgen_schema::definition;

use super::*;
use crate::{
    generate::Input,
    lower::{self, Context},
    model::{Group, Ident},
    options::Options,
};

/// The type that the property `key` with this schema (flow YAML) comes to have.
fn check(key: &str, schema: &str, expected: Option<&str>) {
    check_with(&Options::default(), key, schema, expected);
}

fn check_with(options: &Options, key: &str, schema: &str, expected: Option<&str>) {
    let text = format!(
        "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: things.example.com}}
spec:
  group: example.com
  names: {{kind: Thing, plural: things}}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: {{openAPIV3Schema: {{type: object, properties: {{{key}: {schema}}}}}}}
"
    );
    let loaded = definition::load("test.yaml", &text);
    assert!(!loaded.diagnostics.has_errors(), "{}", loaded.diagnostics);
    let input = Input { definitions: &loaded.definitions, ..Input::default() };
    let context = Context { input: &input, options, tell_contests: false };
    let module = Ident::new("example_com".to_owned());
    let (mut group, _) = lower::lower("example.com", module, input.definitions.iter().collect(), &context);
    recognize(&mut group.shapes);
    assert_eq!(type_of(&group, key).as_deref(), expected, "{key}: {schema}");
}

fn type_of(group: &Group<'_>, key: &str) -> Option<String> {
    let Body::Object(object) = &group.shapes[group.versions[0].resources[0].root].body else { return None };
    let field = object.fields.iter().find(|field| field.key == key)?;
    match &field.ty {
        Type::Kubernetes(path) => Some((*path).to_owned()),
        _ => None,
    }
}

const DNS: &str = "api::core::v1::PodDNSConfig";

#[test]
fn a_shape_that_is_kubernetes_own_is_recognised() {
    let schema = "{type: object, properties: {nameservers: {type: array, items: {type: string}},
        options: {type: array, items: {type: object, properties: {name: {type: string}, value: {type: string}}}},
        searches: {type: array, x-kubernetes-list-type: atomic, items: {type: string}}}}";
    check("dns", schema, Some(DNS));
}

#[test]
fn a_constraint_deep_inside_keeps_the_schemas_own_type() {
    let schema = "{type: object, properties: {nameservers: {type: array, items: {type: string}},
        options: {type: array, items: {type: object, properties: {name: {type: string, maxLength: 9}, value: {type: string}}}},
        searches: {type: array, items: {type: string}}}}";
    check("dns", schema, None);
}

#[test]
fn optionality_must_be_the_same() {
    let of = |required: &str| {
        format!(
            "{{type: object, {required} properties: {{hostnames: {{type: array, items: {{type: string}}}}, ip: {{type: string}}}}}}"
        )
    };
    check("hostAliases", &of("required: [ip],"), Some("api::core::v1::HostAlias"));
    check("hostAliases", &of(""), None);
    check("hostAliases", &of("required: [ip, hostnames],"), None);
    check("hosts", &of("required: [ip],"), None);
}

#[test]
fn a_required_string_may_be_defaulted_instead() {
    let of = |default: &str| {
        format!(
            "{{type: object, properties: {{name: {{type: string, {default} description: Name of the referent.}}}}}}"
        )
    };
    check("secretRef", &of("default: '',"), Some("api::core::v1::LocalObjectReference"));
    check("secretRef", &of(""), None);
    check("color", &of("default: '',"), None);
}

#[test]
fn a_schema_may_lack_what_newer_versions_added_and_nothing_else() {
    let of = |properties: &str| {
        format!("{{type: object, required: [maxSkew, topologyKey, whenUnsatisfiable], properties: {{{properties}
            maxSkew: {{type: integer, format: int32}}, topologyKey: {{type: string}}, whenUnsatisfiable: {{type: string}}}}}}")
    };
    let selector = "labelSelector: {type: object, properties: {matchLabels: {type: object, additionalProperties: {type: string}},
        matchExpressions: {type: array, items: {type: object, required: [key, operator], properties: {key: {type: string},
        operator: {type: string}, values: {type: array, items: {type: string}}}}}}},";
    let i32 = Options { i32: Some(true), ..Options::default() };
    check_with(&i32, "spread", &of(selector), Some("api::core::v1::TopologySpreadConstraint"));
    check_with(&i32, "spread", &of(""), None);
    check_with(&i32, "spread", &of(&format!("{selector} other: {{type: string}},")), None);
    // A server before Kubernetes 1.36 stores larger numbers.
    check("spread", &of(selector), None);
}
