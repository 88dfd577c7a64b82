//! `crdgen lint`: what it finds in `fixtures/lint`, what it prints, and how it ends.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/lint");
/// With this variable the expected output is written anew.
const UPDATE: &str = "CRDGEN_UPDATE_GOLDENS";

fn crdgen(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crdgen"));
    command.arg("lint").args(arguments).current_dir(folder);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// The command ends with this code; what it printed on standard output, and on standard error.
fn check(arguments: &[&str], code: i32) -> (String, String) {
    check_in(Path::new(CASES), arguments, "", code)
}

fn check_in(folder: &Path, arguments: &[&str], input: &str, code: i32) -> (String, String) {
    let output = crdgen(folder, arguments, input);
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {out}{err}");
    (out, err)
}

fn cases() -> Vec<String> {
    let entries = fs::read_dir(CASES).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

/// The arguments that the first line of a case's CRD names.
fn arguments(case: &str) -> Vec<String> {
    let text = fs::read_to_string(format!("{CASES}/{case}/crd.yaml")).unwrap();
    let given = text.lines().next().unwrap().strip_prefix("# crdgen lint").unwrap();
    let file = format!("{case}/crd.yaml");
    [file].into_iter().chain(given.split_whitespace().map(str::to_owned)).collect()
}

#[test]
fn every_case_is_found_as_expected() {
    let updates = std::env::var_os(UPDATE).is_some() && std::env::var_os("CI").is_none();
    for case in cases() {
        let arguments = arguments(&case);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let out = String::from_utf8(crdgen(Path::new(CASES), &arguments, "").stdout).unwrap();
        let file = format!("{CASES}/{case}/expect.txt");
        if updates {
            fs::write(&file, &out).unwrap();
        }
        assert_eq!(out, fs::read_to_string(&file).unwrap_or_default(), "{case}: {UPDATE}=1 writes it anew");
    }
}
