//! The command `crdgen-apiserver`: what it installs, what it says of files that are wrong, and what it does when they change.

#![cfg(feature = "cli")]

use std::io::{BufRead, BufReader, Lines, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;

const CRD: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: things, kind: Thing}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {size: {type: integer}}}}
";

/// A thing, in a namespace that stands behind it.
const OBJECTS: &str = "\
apiVersion: example.com/v1
kind: Thing
metadata: {name: a, namespace: team}
spec: {size: 1}
---
apiVersion: v1
kind: Namespace
metadata: {name: team}
";

/// A running command. Dropping it ends it.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    fn line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crdgen-apiserver"));
    command.current_dir(folder).args(["--port", "0"]).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The command once it has printed its address, which is the second value.
fn start(folder: &Path, arguments: &[&str]) -> (Running, String) {
    let mut child = command(folder, arguments).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut running = Running { child, lines };
    let url = running.line();
    (running, url)
}

/// What the command says of files that it does not start with.
fn failure(files: &[(&str, &str)], arguments: &[&str]) -> String {
    let folder = folder(files);
    let output = command(folder.path(), arguments).output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

fn get(url: &str, path: &str) -> String {
    let mut stream = std::net::TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn files_and_folders_are_installed_in_an_order_that_works() {
    let folder = folder(&[("a.yaml", OBJECTS), ("z.yaml", CRD), ("notes.txt", "[")]);
    let (_running, url) = start(folder.path(), &["--objects", ".", "--kubeconfig-out", "kubeconfig"]);
    let answer = get(&url, "/apis/example.com/v1/namespaces/team/things/a");
    assert!(answer.contains(r#""manager":"crdgen-apiserver","operation":"Apply""#), "{answer}");
    assert!(std::fs::read_to_string(folder.path().join("kubeconfig")).unwrap().contains(&url));
}

#[test]
fn of_crds_only_definitions_count() {
    let folder = folder(&[("crd.yaml", CRD), ("objects.yaml", OBJECTS)]);
    let (_running, url) = start(folder.path(), &["--crds", "crd.yaml", "objects.yaml", "--no-watch"]);
    assert!(get(&url, "/apis/example.com/v1/things").contains(r#""items":[]"#));
}

#[test]
fn what_is_wrong_is_told_with_the_file_the_line_and_a_way_out() {
    let broken = failure(&[("a.yaml", "a: b: c\n")], &["--crds", "a.yaml"]);
    assert_eq!(broken, "error: a.yaml:1: mapping values are not allowed in this context\n");
    assert!(failure(&[], &["--crds", "none"]).starts_with("error: none: cannot be read: "));
    let unknown = failure(&[("a.yaml", OBJECTS)], &["--objects", "a.yaml"]);
    let why = "error: a.yaml:1 (Thing team/a): the server does not know the kind Thing of example.com/v1\n";
    let advice = "  Install its CustomResourceDefinition too, and check that it serves this version.\n";
    assert_eq!(unknown, format!("{why}{advice}"));
    let nowhere = OBJECTS.split("---").next().unwrap();
    let nowhere = failure(&[("a.yaml", nowhere), ("b.yaml", CRD)], &["--objects", "a.yaml", "b.yaml"]);
    let why = "error: a.yaml:1 (Thing team/a): namespaces \"team\" not found\n  Add a manifest for the namespace.\n";
    assert_eq!(nowhere, why);
    let wrong = CRD.replace("things.example.com", "things");
    let wrong = failure(&[("crd.yaml", &wrong)], &["--crds", "crd.yaml"]);
    assert!(wrong.starts_with("error: crd.yaml:1 (CustomResourceDefinition things): "), "{wrong}");
    assert!(wrong.ends_with("\n  Correct the fields that the message names.\n"), "{wrong}");
}

#[test]
fn changes_are_applied_and_what_is_gone_stays() {
    let folder = folder(&[("crd.yaml", CRD), ("objects.yaml", OBJECTS)]);
    let (mut running, url) = start(folder.path(), &["--crds", "crd.yaml", "--objects", "objects.yaml"]);
    let file = folder.path().join("objects.yaml");
    // As editors do it: a new file takes the place of the old one.
    let new = folder.path().join("objects.yaml.new");
    std::fs::write(&new, OBJECTS.replace("size: 1", "size: 2")).unwrap();
    std::fs::rename(&new, &file).unwrap();
    assert_eq!(running.line(), "applied objects.yaml:1 (Thing team/a)");
    assert!(get(&url, "/apis/example.com/v1/namespaces/team/things/a").contains(r#""size":2"#));

    std::fs::write(folder.path().join("crd.yaml"), CRD.replace("{size:", "{color: {type: string}, size:")).unwrap();
    assert_eq!(running.line(), "applied crd.yaml:1 (CustomResourceDefinition things.example.com)");

    std::fs::write(&file, OBJECTS.split("---\n").nth(1).unwrap()).unwrap();
    let gone = "objects.yaml:1 (Thing team/a) is no longer there; the object stays on the server until you delete it";
    assert_eq!(running.line(), gone);
    assert!(get(&url, "/apis/example.com/v1/namespaces/team/things/a").contains(r#""size":2"#));
}
