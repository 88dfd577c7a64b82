//! What small outputs, written by hand, say.

use std::{collections::BTreeMap, sync::Arc};

use super::{Constructor, Entity, File, Key, Table, Tree};

const ROOT: &str = "crdgen_runtime::modules! {\n    #![allow(dead_code)]\n    pub mod a_b;\n}\n";
const GROUP: &str = "//! API group `a.b`.\npub mod v1;\n";
const VERSION: &str = "pub mod zoo;\npub use self::zoo::{Zoo, ZooSpec};\n";
const KIND: &str = r#"
use std::collections::BTreeMap;

pub mod spec;

pub use self::spec::ZooSpec;

pub struct Zoo { pub metadata: ObjectMeta, pub spec: Option<ZooSpec> }
pub type ZooList = k8s_openapi::List<Zoo>;

crdgen_runtime::resource! {
    Zoo {
        group: "a.b", version: "v1", kind: "Zoo",
        list_kind: "ZooList", short_names: ["z", "zz"], plural: "zoos",
        crd: include_str!("../../zoos.json");
        new(spec: ZooSpec);
        metadata: "metadata", required;
        spec: "spec", required;
    }
}
"#;
const SPEC: &str = r#"
pub mod main_;
pub use self::main_::Main;
pub use self::{Main as Backup, main_ as backup};

pub struct ZooSpec { pub r#type: Option<Type>, pub main: Main, pub backup: BTreeMap<String, Vec<Backup>>, pub rest: X }
pub enum Type { Big, Unrecognized(Unrecognized<Type>) }

crdgen_runtime::object! {
    ZooSpec at super::Zoo "/spec" {
        new as with_main(main: impl Into<Main>);
        r#type: "type", optional;
        main: "main", required, [pattern("a;b")];
        backup: "back-up", optional;
        ..rest;
    }
}
crdgen_runtime::string_enum! {
    closed Type at super::Zoo "/spec/type" { Big = "big", }
}
"#;
const MAIN: &str = r#"
pub struct Main { pub deep: Option<Deep> }
pub struct Deep {}
crdgen_runtime::object! { Main at super::super::Zoo "/spec/main" { deep: "deep", optional; } }
crdgen_runtime::object! { Deep at super::super::Zoo "/spec/main/deep" {} }
"#;

fn tree(spec: &str) -> Tree {
    let files = [
        ("mod.rs", ROOT),
        ("a_b/mod.rs", GROUP),
        ("a_b/v1/mod.rs", VERSION),
        ("a_b/v1/zoo/mod.rs", KIND),
        ("a_b/v1/zoo/spec.rs", spec),
        ("a_b/v1/zoo/spec/main_.rs", MAIN),
    ];
    let files: BTreeMap<String, Arc<File>> =
        files.iter().map(|(path, text)| ((*path).to_owned(), Arc::new(File::parse(text).unwrap()))).collect();
    Tree::new(&files)
}

fn meaning(tree: &Tree, path: &str) -> String {
    let mut path: Vec<String> = path.split("::").map(str::to_owned).collect();
    let name = path.pop().unwrap();
    let Some(Entity::Module(module)) = tree.resolve(Tree::ROOT, &path) else { panic!("no module {path:?}") };
    let file = &tree.module(module).file;
    tree.meaning(module, &file.items[file.item(&name).unwrap()])
}

#[test]
fn a_name_stands_for_what_leads_to_it() {
    let tree = tree(SPEC);
    assert_eq!(tree.faults().collect::<Vec<_>>(), Vec::<String>::new());
    assert_eq!(tree.misplaced(), Vec::<String>::new());
    let cases = [
        ("a_b", "group a.b"),
        ("a_b::v1", "version a.b/v1"),
        ("a_b::v1::zoo", "kind Zoo (zoos) of a.b/v1"),
        ("a_b::v1::Zoo", "the type that the module is about in kind Zoo (zoos) of a.b/v1"),
        ("a_b::v1::ZooSpec", "the type of \"spec\" in kind Zoo (zoos) of a.b/v1"),
        ("a_b::v1::zoo::ZooList", "k8s_openapi::List of the owner of kind Zoo (zoos) of a.b/v1"),
        ("a_b::v1::zoo::spec", "the module of \"spec\""),
        ("a_b::v1::zoo::spec::ZooSpec", "the type that the module is about"),
        ("a_b::v1::zoo::spec::Type", "the type of \"type\""),
        ("a_b::v1::zoo::spec::Main", "the type of \"main\""),
        ("a_b::v1::zoo::spec::Backup", "the type of \"back-up\""),
        ("a_b::v1::zoo::spec::main_", "the module of \"main\""),
        ("a_b::v1::zoo::spec::backup", "the module of \"back-up\""),
        ("a_b::v1::zoo::spec::backup::Main", "the type that the module is about"),
        ("a_b::v1::zoo::spec::backup::Deep", "the type of \"deep\""),
    ];
    for (path, expected) in cases {
        assert_eq!(meaning(&tree, path), expected, "{path}");
    }
}

#[test]
fn tables_are_read_without_what_names_nothing() {
    let file = File::parse(SPEC).unwrap();
    let Table { at, rows, constructor, .. } = &file.tables["ZooSpec"];
    assert_eq!(at.as_ref().unwrap(), &(vec!["super".to_owned(), "Zoo".to_owned()], "/spec".to_owned()));
    let rows: Vec<String> = rows.iter().map(|(name, key)| format!("{name} {key}")).collect();
    assert_eq!(rows, ["type \"type\"", "main \"main\"", "backup \"back-up\"", "rest all unknown properties"]);
    let Constructor { name, parameters } = constructor.as_ref().unwrap();
    assert_eq!((name.as_str(), parameters[0].field.as_str()), ("with_main", "main"));
    assert_eq!(parameters[0].ty, "Into of Main");
    assert_eq!(file.tables["Type"].key("Big"), Some(&Key::Text("big".to_owned())));
}

#[test]
fn a_circle_of_re_exports_leads_nowhere() {
    let tree = tree(&format!("{SPEC}pub use self::round as about;\npub use self::about as round;\n"));
    assert_eq!(meaning(&tree, "a_b::v1::zoo::spec::round"), "nothing that can be found");
}

#[track_caller]
fn check_fault(from: &str, to: &str, expected: &str) {
    assert!(SPEC.contains(from), "{from}");
    let tree = tree(&SPEC.replacen(from, to, 1));
    let faults: Vec<String> = tree.faults().chain(tree.misplaced()).collect();
    assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected} is not in {faults:?}");
}

#[test]
fn what_cannot_be_or_does_not_fit_is_a_fault() {
    check_fault("pub enum Type", "pub struct Main {}\npub enum Type", "`Main` is defined twice in the module");
    check_fault("pub main: Main", "pub main: Main, pub main: Type", "`main` is defined twice in `ZooSpec`");
    check_fault("Big = \"big\"", "Bag = \"big\"", "`Type` and its table have different members");
    check_fault("backup: \"back-up\"", "backup: \"main\"", "the table of `ZooSpec` has a key twice");
    check_fault("closed Type at", "closed Tape at", "`Type` has no table");
    check_fault("\"/spec/type\"", "\"/spec/main\"", "a_b::v1::zoo::spec::Type: the table names");
    check_fault("at super::Zoo \"/spec/type\"", "at super::Zo \"/spec/type\"", "a_b::v1::zoo::spec::Type: the table");
    check_fault("pub mod main_;", "", "a_b/v1/zoo/spec/main_.rs belongs to no module");
    check_fault("pub mod main_;", "pub mod main_;\npub mod lost;", "the module `a_b::v1::zoo::spec::lost` has no file");
    check_fault("pub enum Type", "macro_rules! m {}\npub enum Type", "a macro that is not known here");
}
