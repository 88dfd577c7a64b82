//! The proof can fail: names that change what they stand for are found, and only those.

use std::collections::BTreeMap;

use super::{compare::compare, generation::Generation};

/// A CRD whose root has these properties (flow YAML).
fn crd(group: &str, kind: &str, plural: &str, properties: &str) -> String {
    format!(
        "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {plural}.{group}}}
spec:
  group: {group}
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

fn thing(properties: &str) -> String {
    crd("a.b", "Thing", "things", &format!("spec: {{type: object, properties: {{{properties}}}}}"))
}

/// What `new` says about the names of `old`, if they are given anew, or kept.
fn changed(old: &str, new: &str, kept: bool) -> Vec<String> {
    let before = Generation::new(old, None, None).unwrap();
    let after = Generation::new(new, kept.then(|| before.manifest()), Some(&before)).unwrap();
    compare(before.tree(), after.tree()).changed.iter().map(ToString::to_string).collect()
}

/// Without the manifest a name changes; with it none does.
#[track_caller]
fn check(old: &str, new: &str, expected: &str) {
    let found = changed(old, new, false);
    assert!(found.iter().any(|found| found.contains(expected)), "{expected} is not in {found:?}");
    assert_eq!(changed(old, new, true), Vec::<String>::new());
}

#[test]
fn a_field_that_a_twin_takes_is_found() {
    check(
        &thing("foo_bar: {type: string}"),
        &thing("fooBar: {type: string}, foo_bar: {type: string}"),
        "a_b::v1::thing::ThingSpec::foo_bar stood for \"foo_bar\", stands for \"fooBar\"",
    );
}

#[test]
fn a_variant_that_a_twin_takes_is_found() {
    check(
        &thing("action: {type: string, enum: [audit]}"),
        &thing("action: {type: string, enum: [audit, Audit]}"),
        "spec::Action::Audit stood for \"audit\", stands for \"Audit\"",
    );
}

#[test]
fn a_type_that_a_twin_takes_is_found() {
    let object = |key: &str| format!("{{type: object, properties: {{{key}: {{type: string}}}}}}");
    check(
        &thing(&format!("listeners: {{type: array, items: {}}}", object("a"))),
        &thing(&format!("listeners: {{type: array, items: {}}}, listener: {}", object("a"), object("b"))),
        "spec::Listener stood for the type of \"listeners\", stands for the type of \"listener\"",
    );
}

#[test]
fn a_module_that_a_twin_takes_is_found() {
    let nested = |key: &str| {
        format!("{{type: object, properties: {{deep: {{type: object, properties: {{{key}: {{type: string}}}}}}}}}}")
    };
    check(
        &thing(&format!("aB: {}", nested("a"))),
        &thing(&format!("aB: {}, a-b: {}", nested("a"), nested("b"))),
        "spec::a_b stood for the module of \"aB\", stands for the module of \"a-b\"",
    );
}

#[test]
fn a_kind_that_another_ones_name_meets_is_found() {
    let old = crd("a.b", "HttpAnt", "ants", "");
    check(
        &old,
        &format!("{old}{}", crd("a.b", "HTTPAnt", "others", "")),
        "a_b::v1::http_ant stood for kind HttpAnt (ants) of a.b/v1, stands for kind HTTPAnt (others) of a.b/v1",
    );
}

#[test]
fn a_type_of_a_version_that_another_kind_takes_is_found() {
    let old = crd("a.b", "Thing", "things", "spec: {type: object, properties: {a: {type: string}}}");
    check(
        &old,
        &format!("{old}{}", crd("a.b", "ThingSpec", "specs", "")),
        "a_b::v1::ThingSpec stood for the type of \"spec\" in kind Thing (things) of a.b/v1",
    );
}

#[test]
fn a_group_and_an_accessor_that_twins_take_are_found() {
    let old = crd("a-b.c", "Ant", "a-nts", "");
    check(
        &old,
        &format!("{old}{}", crd("a.b.c", "Ant", "ants", "")),
        "a_b_c stood for group a-b.c, stands for group a.b.c",
    );
    check(&old, &format!("{old}{}", crd("a-b.c", "Bee", "a--nts", "")), "a_b_c::v1::Clients::a_nts stood for");
}

#[test]
fn arguments_that_change_places_are_found() {
    let spec = |required: &str, properties: &str| {
        let spec = format!("spec: {{type: object, required: [{required}], properties: {{{properties}}}}}");
        crd("a.b", "Thing", "things", &spec)
    };
    let (ab, ba) = ("a: {type: string}, b: {type: string}", "b: {type: string}, a: {type: string}");
    check(&spec("a, b", ab), &spec("a, b", ba), "ThingSpec::new stood for \"a\", \"b\", stands for \"b\", \"a\"");
    check(&spec("a", ab), &spec("b", ab), "ThingSpec::new stood for \"a\", stands for \"b\"");
}

#[test]
fn a_module_of_a_shared_type_has_no_name_that_could_stand_for_something_else() {
    let inner = "{type: object, properties: {deep: {type: object, properties: {a: {type: string, description: A.}}}, b: {type: string, description: B.}}}";
    let with_main = "{type: object, properties: {main: {type: object, properties: {c: {type: string}}}}}";
    let (shared, other) =
        (thing(&format!("main: {inner}, other: {inner}")), thing(&format!("main: {inner}, other: {with_main}")));
    assert_eq!(changed(&shared, &other, true), Vec::<String>::new());
    assert_eq!(changed(&other, &shared, true), Vec::<String>::new());
}

#[test]
fn a_name_that_is_gone_is_not_one_that_changed() {
    let before =
        Generation::new(&thing("a: {type: string}, b: {type: object, properties: {c: {type: string}}}"), None, None);
    let before = before.unwrap();
    let after = Generation::new(&thing("a: {type: string}"), Some(before.manifest()), Some(&before)).unwrap();
    let findings = compare(before.tree(), after.tree());
    assert!(findings.changed.is_empty(), "{:?}", findings.changed);
    // The field `b`, its type, and what both modules re-export.
    assert!(findings.gone > 1 && findings.gone < findings.names, "{} of {}", findings.gone, findings.names);
}

/// An output in which one line was changed by hand.
#[track_caller]
fn check_damaged(from: &str, to: &str, expected: &str) {
    let object = |key: &str| {
        format!("{{type: object, properties: {{deep: {{type: object, properties: {{{key}: {{type: string}}}}}}}}}}")
    };
    let text =
        thing(&format!("mode: {{type: string, enum: [left, right]}}, one: {}, two: {}", object("a"), object("b")))
            + &crd("a.b", "Zoo", "zoos", "");
    let before = Generation::new(&text, None, None).unwrap();
    let mut count = 0;
    let damaged: BTreeMap<String, String> = before
        .files()
        .iter()
        .map(|(path, text)| {
            count += text.matches(from).count();
            (path.clone(), text.replace(from, to))
        })
        .collect();
    assert!(count > 0, "{from}");
    let after = Generation::read(damaged, Some(&before)).unwrap();
    let found: Vec<String> = compare(before.tree(), after.tree()).changed.iter().map(ToString::to_string).collect();
    assert!(found.iter().any(|found| found.contains(expected)), "{expected} is not in {found:?}");
}

#[test]
fn an_output_that_says_something_else_is_found() {
    check_damaged("one: \"one\"", "one: \"uno\"", "ThingSpec::one stood for \"one\", stands for \"uno\"");
    check_damaged("Left = \"left\"", "Left = \"up\"", "Mode::Left stood for \"left\", stands for \"up\"");
    check_damaged("pub one: Option<One>", "pub one: Option<Two>", "spec::One stood for the type of \"one\"");
    check_damaged(
        "pub use self::one::One;",
        "pub use self::one::Deep as One;",
        "one::One stood for the type that the module is about, stands for a type that nothing has",
    );
    check_damaged(
        "pub use self::thing::{",
        "pub use self::zoo::Zoo as ThingSpec;\npub use self::thing::{",
        "`ThingSpec` is defined twice in the module",
    );
    check_damaged("things: ThingClient", "things: ZooClient", "Clients::things stood for");
    check_damaged("kind: \"Thing\"", "kind: \"Think\"", "a_b::v1::thing stood for kind Thing (things) of a.b/v1");
    check_damaged("client::Client<super::Thing>", "client::Client<super::ThingSpec>", "ThingClient stood for");
    check_damaged("super::a_b::v1::Informers", "super::a_b::v1::Clients", "Informers::a_b_v1 stood for");
    check_damaged("\"/spec/one/deep\"", "\"/spec/two/deep\"", "spec::one::Deep: the table names");
}
