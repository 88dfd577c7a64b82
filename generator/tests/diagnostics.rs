//! What is said about bad input, one test for each finding, and that nothing is written then.

#![allow(clippy::disallowed_methods, reason = "tests write their input")]

use std::{fs, path::Path, process::Command};

const HEAD: &str = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n";

fn crd(kind: &str, plural: &str) -> String {
    format!(
        "{HEAD}metadata: {{name: {plural}.example.com}}
spec:
  group: example.com
  names: {{kind: {kind}, plural: {plural}}}
  scope: Namespaced
  versions:
    - {{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {{type: object}}}}}}
"
    )
}

/// Generating from these files fails, says all of `expected`, and writes nothing.
fn check(files: &[(&str, &[u8])], expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("crds");
    fs::create_dir(&input).unwrap();
    for (name, text) in files {
        fs::write(input.join(name), text).unwrap();
    }
    check_path(&input, &folder.path().join("out"), expected);
}

fn check_path(input: &Path, out: &Path, expected: &[&str]) {
    let error = crdgen::configure().out(out).generate([input]).unwrap_err();
    let text = error.to_string();
    for part in expected {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
    assert_eq!(format!("{error:?}").trim_start(), text);
    assert!(!out.exists());
}

#[test]
fn a_missing_path_is_named() {
    let folder = tempfile::tempdir().unwrap();
    check_path(&folder.path().join("nowhere"), &folder.path().join("out"), &["nowhere: error: cannot be read"]);
}

#[test]
fn an_empty_folder_is_an_error() {
    check(&[("notes.txt", b"")], &["crds: error: the folder holds no file that ends in .yaml, .yml or .json"]);
}

#[test]
fn files_without_a_definition_are_an_error() {
    check(&[("a.yaml", b"kind: Service\n")], &["no CustomResourceDefinition found"]);
}

#[test]
fn a_file_that_is_no_utf8_is_named() {
    check(&[("a.yaml", b"\xff\xfe")], &["a.yaml: error: the file is not UTF-8 text"]);
}

#[test]
fn a_syntax_error_has_its_place() {
    check(&[("a.yaml", b"kind: [\n")], &["a.yaml:"]);
}

#[test]
fn the_faults_of_all_files_are_told_at_once() {
    let v1beta1 = crd("A", "as").replace("io/v1\n", "io/v1beta1\n");
    let no_versions = crd("B", "bs").replace("versions:", "others:");
    check(&[("a.yaml", v1beta1.as_bytes()), ("b.yaml", no_versions.as_bytes())], &["a.yaml:", "b.yaml:"]);
}

#[test]
fn a_definition_in_two_files_is_an_error() {
    let text = crd("A", "as");
    check(
        &[("a.yaml", text.as_bytes()), ("b.yaml", text.as_bytes())],
        &["b.yaml:", "duplicate CustomResourceDefinition \"as.example.com\"", "a.yaml"],
    );
}

/// Generating from these files gives all of these files, besides others.
fn check_files(files: &[(&str, &str)], expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("crds"), folder.path().join("out"));
    fs::create_dir(&input).unwrap();
    for (name, text) in files {
        fs::write(input.join(name), text).unwrap();
    }
    crdgen::configure().out(&out).generate(&input).unwrap();
    for path in expected {
        assert!(out.join(path).exists(), "{path}");
    }
}

#[test]
fn kinds_that_want_the_same_module_get_names_that_tell_them_apart() {
    let (a, b) = (crd("HTTPRoute", "httproutes"), crd("HttpRoute", "others"));
    check_files(
        &[("a.yaml", &a), ("b.yaml", &b)],
        &["example_com/v1/http_route/mod.rs", "example_com/v1/http_route_capitalized/mod.rs"],
    );
}

#[test]
fn plurals_that_want_the_same_file_get_names_that_tell_them_apart() {
    let (a, b) = (crd("A", "a-1"), crd("B", "a--1"));
    check_files(&[("a.yaml", &a), ("b.yaml", &b)], &["example_com/a_1.json", "example_com/a_dash_1.json"]);
}

#[test]
fn groups_that_want_the_same_module_get_names_that_tell_them_apart() {
    let (a, b) = (crd("A", "as"), crd("B", "bs"));
    let (a, b) = (a.replace("example.com", "a.b.c"), b.replace("example.com", "a-b.c"));
    check_files(&[("a.yaml", &a), ("b.yaml", &b)], &["a_b_c/v1/a/mod.rs", "a_dash_b_dot_c/v1/b/mod.rs"]);
}

#[test]
fn one_kind_in_two_definitions_is_an_error() {
    let (a, b) = (crd("A", "as"), crd("A", "others"));
    check(
        &[("a.yaml", a.as_bytes()), ("b.yaml", b.as_bytes())],
        &["b.yaml:1:1: error: `as.example.com` and `others.example.com` both define the kind `A`", "`skip`"],
    );
}

#[test]
fn a_fault_of_the_settings_is_an_error() {
    let text = crd("A", "as");
    let settings = b"typesonly = true\n";
    check(
        &[("a.yaml", text.as_bytes()), ("crdgen.toml", settings)],
        &["crdgen.toml: unknown setting `typesonly`: did you mean `types_only`?"],
    );
}

#[test]
fn a_name_that_the_code_needs_for_something_else_is_refused() {
    let spec = "{type: object, properties: {spec: {type: object, properties: {mode: {type: string, enum: [x]}, o: {type: object,
        properties: {a: {type: string}}}}}}}";
    let text = crd("A", "as").replace("{type: object}", spec);
    for (settings, name) in [
        ("[variant_names]\n'**/mode' = {x = 'Unrecognized'}", "Unrecognized"),
        ("[variant_names]\n'**/mode' = {x = 'Err'}", "Err"),
        ("[type_names]\n'**/spec' = 'A'", "A"),
        ("[type_names]\n'**/spec' = 'AList'", "AList"),
        ("[type_names]\n'**/spec' = 'AClient'", "AClient"),
        ("[type_names]\n'**/spec/o' = 'ASpec'", "ASpec"),
    ] {
        check(
            &[("a.yaml", text.as_bytes()), ("crdgen.toml", settings.as_bytes())],
            &[&format!("the settings give the name `{name}` at as.example.com/v1"), "but it has a meaning already"],
        );
    }
}

#[test]
fn a_runtime_that_is_no_path_is_refused() {
    let text = crd("A", "as");
    check(&[("a.yaml", text.as_bytes()), ("crdgen.toml", b"runtime = \"a; b\"\n")], &["invalid runtime path \"a; b\""]);
    check(
        &[("a.yaml", text.as_bytes()), ("crdgen.toml", b"runtime = \"super::a\"\n")],
        &["invalid runtime path \"super::a\""],
    );
}

#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("crds"), folder.path().join("out"));
    fs::create_dir(&input).unwrap();
    fs::write(input.join("a.yaml"), crd("A", "as")).unwrap();
    let twice = [input.clone(), input.join("../crds/a.yaml"), input];
    assert_eq!(crdgen::configure().out(out).generate(&twice[..]).unwrap().definitions, 1);
}

#[cfg(unix)]
#[test]
fn input_without_an_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    check_path(Path::new("/dev/zero"), &folder.path().join("out"), &["/dev/zero: error: cannot be read", "MB"]);
    let pipe = folder.path().join("a.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    check_path(folder.path(), &folder.path().join("out"), &["a.yaml: error: cannot be read", "neither a file"]);
}

#[test]
fn what_nests_too_deep_for_a_type_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("a.yaml");
    let arrays = "{type: array, items: ".repeat(9);
    let said = format!("{{type: object, properties: {{deep: {arrays}{{type: string}}{}}}}}", "}".repeat(9));
    fs::write(&input, crd("A", "as").replace("{type: object}", &said)).unwrap();
    let summary = crdgen::configure().out(folder.path().join("out")).generate([input]).unwrap();
    let warnings = summary.warnings.to_string();
    assert!(warnings.contains("more than 8 arrays and maps nest here"), "{warnings}");
    assert!(warnings.contains("openAPIV3Schema.properties[deep][*][*][*][*][*][*][*][*]\n"), "{warnings}");
}

#[test]
fn a_setting_that_changes_nothing_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("a.yaml");
    let said = "{type: object, properties: {size: {type: string}}}";
    fs::write(&input, crd("A", "as").replace("{type: object}", said)).unwrap();
    let config = || crdgen::configure().out(folder.path().join("out"));
    let named = config().field_names("as.example.com/v1/size", "volume").generate(&input).unwrap();
    assert_eq!(named.warnings.to_string(), "");
    let warnings =
        config().field_names("as.example.com/v1/sise", "volume").skip("bs.*").generate(&input).unwrap().warnings;
    let messages: Vec<&str> = warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "the setting `skip` for `bs.*` changes nothing: nothing that it could be for matches",
            "the setting `field_names` for `as.example.com/v1/sise` changes nothing: nothing that it could be for matches",
        ]
    );
}
