//! `crdgen diff`: where it reads from, what it prints, and how it ends.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/diff");
const CRDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/crds");

fn crdgen(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crdgen"));
    command.arg("diff").args(arguments).current_dir(folder);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// The command ends with this code; what it printed on standard output, and on standard error.
fn check(folder: &Path, arguments: &[&str], input: &str, code: i32) -> (String, String) {
    let output = crdgen(folder, arguments, input);
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {out}{err}");
    (out, err)
}

fn here() -> &'static Path {
    Path::new(CASES)
}

/// A case's old and new file, from the folder of all cases.
fn pair(case: &str) -> [String; 2] {
    ["old", "new"].map(|side| format!("{case}/{side}.yaml"))
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
    let status = Command::new("git").current_dir(folder).args(identity).args(arguments).status().unwrap();
    assert!(status.success(), "git {arguments:?}");
}

#[test]
fn the_exit_code_says_the_worst() {
    for (case, code) in [("property-added", 0), ("descriptions-only", 0), ("property-removed", 1), ("conversion", 3)] {
        let [old, new] = pair(case);
        let (out, err) = check(here(), &[&old, &new], "", code);
        assert!(out.contains("1 CRD compared: ") && err.is_empty(), "{out}{err}");
        let (out, _) = check(here(), &[&old, &new, "--quiet"], "", code);
        assert_eq!(out, "");
    }
    let (out, _) = check(here(), &[CRDS, CRDS], "", 0);
    assert_eq!(out, "4 CRDs compared: no change\n");
}

#[test]
fn a_finding_reads_like_a_diagnostic() {
    let [old, new] = pair("property-removed");
    let (out, _) = check(here(), &[&old, &new], "", 1);
    let expected = r#"breaking[property-removed]: "age" is gone, and is dropped from objects
  in dogs.example.com v1: spec.age
  new: property-removed/new.yaml:23:15
  old: property-removed/old.yaml:26:22
  affects: stored objects, clients, generated code
  the old CRD accepts: {"apiVersion":"example.com/v1","kind":"Dog","metadata":{"name":"example","namespace":"default"},"spec":{"age":1}}
  the new one: drops spec.age

1 CRD compared: 1 breaking
"#;
    assert_eq!(out, expected);
}

#[test]
fn findings_that_are_not_bad_enough_are_left_out() {
    let [old, new] = pair("columns-and-selectable-fields");
    let (all, _) = check(here(), &[&old, &new], "", 1);
    let (bad, _) = check(here(), &[&old, &new, "--verdict", "breaking"], "", 1);
    assert!(all.contains("printer-column-removed") && !bad.contains("printer-column-removed"));
    assert!(bad.contains("selectable-field-removed"));
}

#[test]
fn programs_get_one_json_document() {
    let [old, new] = pair("default");
    let (out, _) = check(here(), &[&old, &new, "--output", "json"], "", 1);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&report["verdict"], &report["compared"]), (&Value::from("breaking"), &Value::from(1)));
    let findings = report["changed"][0]["findings"].as_array().unwrap();
    let removed = findings.iter().find(|finding| finding["path"] == "spec.chip").unwrap();
    assert_eq!(removed["code"], "default-removed");
    assert_eq!(removed["old"]["line"], 29);
    assert_eq!(removed["witness"]["refused"], "spec.chip: Required value");
    assert_eq!(removed["affects"], serde_json::json!(["clients", "generated code"]));
}

#[test]
fn a_workflow_gets_annotations() {
    let [old, new] = pair("pattern-changed");
    let (out, _) = check(here(), &[&old, &new, "--output", "github"], "", 1);
    let first = out.lines().next().unwrap();
    let start = "::error file=pattern-changed/new.yaml,line=25,col=23,title=breaking%3A pattern-changed::dogs.example.com v1 \
                 spec.name: texts must match";
    assert!(first.starts_with(start), "{first}");
    assert!(first.contains("%0AThe old CRD accepts: {"), "{first}");
    let [old, new] = pair("conversion");
    let (out, _) = check(here(), &[&old, &new, "--output", "github"], "", 3);
    assert!(out.starts_with("::warning file="), "{out}");
}

#[test]
fn names_that_mean_something_else_are_told() {
    let [old, new] = pair("twins-added");
    let (out, _) = check(here(), &[&old, &new, "--output", "json"], "", 1);
    let report: Value = serde_json::from_str(&out).unwrap();
    let findings = report["changed"][0]["findings"].as_array().unwrap();
    let told: Vec<[&str; 4]> = findings
        .iter()
        .filter(|finding| finding["code"].as_str().unwrap().starts_with("rust-"))
        .map(|finding| ["code", "verdict", "path", "message"].map(|key| finding[key].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [[
            "rust-name-changed",
            "needs-migration",
            "spec.source_labels",
            "the field `source_labels`, which stood for \"source_labels\", stands for \"sourceLabels\" if names are given anew"
        ]]
    );
}

/// The declarations of types, fields and variants in the code for a CRD.
fn declarations(file: &Path) -> Vec<String> {
    let loaded = crdgen_schema::definition::load("dogs.yaml", &fs::read_to_string(file).unwrap());
    let output = crdgen::configure().docs(false).output(&loaded.definitions, None).unwrap();
    let is_rust = |path: &str| Path::new(path).extension().is_some_and(|ending| ending == "rs");
    let lines = output.files.iter().filter(|(path, _)| is_rust(path)).flat_map(|(_, text)| text.lines());
    let is_declaration = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("pub ") || line.starts_with("#[derive(") || line.ends_with(',')
    };
    lines.filter(is_declaration).map(str::to_owned).collect()
}

#[test]
fn a_change_of_generated_types_is_always_told() {
    let mut changed = 0;
    for case in fs::read_dir(CASES).unwrap() {
        let case = case.unwrap().path();
        let [old, new] = ["old.yaml", "new.yaml"].map(|side| declarations(&case.join(side)));
        if old == new {
            continue;
        }
        changed += 1;
        let output = crdgen(&case, &["old.yaml", "new.yaml", "--output", "json"], "");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["changed"][0]["findings"].as_array().unwrap();
        let is_told = |finding: &Value| finding["affects"].as_array().unwrap().contains(&Value::from("generated code"));
        assert!(findings.iter().any(is_told), "{}: {findings:#?}\n{old:#?}\n{new:#?}", case.display());
    }
    assert!(changed > 20, "{changed}");
}

#[test]
fn crds_are_paired_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for side in ["old", "new"] {
        fs::create_dir(folder.path().join(side)).unwrap();
    }
    let copy = |from: &str, to: &str| {
        fs::copy(Path::new(CRDS).join(from), folder.path().join(to)).unwrap();
    };
    copy("example.com/caches.yaml", "old/first.yaml");
    copy("example.com/caches.yaml", "new/second.yaml");
    copy("example.com/databases.yaml", "old/databases.yaml");
    copy("edge.example.org/gateways.yaml", "new/gateways.yaml");
    let (out, _) = check(folder.path(), &["old", "new"], "", 1);
    assert!(out.contains("breaking[definition-removed]"), "{out}");
    assert!(out.contains("in databases.example.com"), "{out}");
    assert!(out.contains("compatible[definition-added]"), "{out}");
    assert!(out.ends_with("3 CRDs compared: 1 breaking, 1 compatible\n"), "{out}");
}

#[test]
fn a_side_may_be_a_dump_of_a_cluster() {
    let [old, new] = pair("bounds-loosened");
    let text = fs::read_to_string(here().join(&old)).unwrap();
    let indented: String = text.lines().flat_map(|line| ["    ", line, "\n"]).collect();
    let list = format!("apiVersion: v1\nkind: List\nitems:\n  - {}", indented.trim_start());
    let (out, _) = check(here(), &["-", &new], &list, 0);
    assert!(out.contains("old: <stdin>:28:"), "{out}");
}

#[test]
fn a_side_may_be_a_revision() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("crds/.hidden")).unwrap();
    let [old, new] = pair("enum").map(|file| fs::read_to_string(here().join(file)).unwrap());
    fs::write(root.join("crds/dogs.yaml"), &old).unwrap();
    fs::write(root.join("crds/.hidden/dogs.yaml"), &new).unwrap();
    fs::write(root.join("crds/notes.txt"), "no CRD").unwrap();
    git(root, &["init", "--quiet"]);
    git(root, &["add", "--all"]);
    git(root, &["commit", "--quiet", "--message", "first"]);
    fs::write(root.join("crds/dogs.yaml"), &new).unwrap();
    for side in ["git:HEAD:crds", "git:HEAD:crds/dogs.yaml", "git:HEAD:"] {
        let (out, _) = check(root, &[side, "crds"], "", 1);
        assert!(out.contains("old: HEAD:crds/dogs.yaml:"), "{out}");
    }
    let (out, _) = check(root, &["crds", "git:HEAD:crds", "--output", "github"], "", 1);
    assert!(out.contains(" file=crds/dogs.yaml,line="), "{out}");
    let (out, _) = check(&root.join("crds"), &["git:HEAD:", "."], "", 1);
    assert!(out.contains("enum-tightened"), "{out}");
    for (side, told) in [
        ("git:nothing:crds", "git knows no revision \"nothing\""),
        ("git:HEAD:nowhere", "there is no file \"nowhere\""),
        ("git:HEAD:crds/notes.txt", "no CustomResourceDefinition found"),
        ("git:HEAD", "names no revision and path"),
    ] {
        let (_, err) = check(root, &[side, "crds"], "", 2);
        assert!(err.contains(told), "{err}");
    }
}

#[test]
fn what_cannot_be_read_has_a_code_of_its_own() {
    let [old, _] = pair("enum");
    for (arguments, input, told) in [
        (vec!["-", "-"], "", "both sides are standard input"),
        (vec![&old, "nowhere.yaml"], "", "nowhere.yaml: error: cannot be read"),
        (vec![&old, "-"], "kind: Pod\n", "no CustomResourceDefinition found"),
        (vec![&old, "-"], "a: [", "<stdin>:1:"),
        (vec![&old], "", "NEW"),
    ] {
        let (out, err) = check(here(), &arguments, input, 2);
        assert!(out.is_empty() && err.contains(told), "{arguments:?}: {err}");
    }
}
