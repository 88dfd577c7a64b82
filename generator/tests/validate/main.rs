//! `crdgen validate`: its verdicts, where it reads from, what it prints, and how it ends.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod chapter;
mod hostile;
mod inputs;
mod outputs;
mod verdicts;

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

/// The fixtures, which the command runs in.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/validate");

/// What the command printed, and how it ended.
#[derive(Debug, PartialEq)]
struct Ended {
    code: i32,
    out: String,
    err: String,
}

fn here() -> &'static Path {
    Path::new(FOLDER)
}

/// Runs `crdgen validate` in a folder.
fn validate_in(folder: &Path, arguments: &[&str], input: &str) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crdgen"));
    command.arg("validate").args(arguments).current_dir(folder);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that does not read its input closes it; and it prints while it is still being written to.
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(input.as_bytes());
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

fn validate(arguments: &[&str], input: &str) -> Ended {
    validate_in(here(), arguments, input)
}

/// A shop as it stands below `spec:`, judged.
fn shop(spec: &str) -> Ended {
    let head = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: shop}\n";
    validate(&["--crds", "crds", "-"], &format!("{head}{spec}"))
}

/// What is said beside errors that keep rules from being checked.
const BLOCKED: &str = "error: <nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct \
                       the existing errors to complete validation";

/// The errors about a report's objects, without what follows from others.
fn errors(report: &str) -> Vec<&str> {
    report.lines().filter(|line| line.contains(": error: ") && !line.contains(BLOCKED)).collect()
}

/// Exactly this is printed on standard output, nothing on standard error, and the code is this.
#[track_caller]
fn check(ended: &Ended, code: i32, out: &str) {
    assert_eq!((ended.out.as_str(), ended.err.as_str(), ended.code), (out, "", code));
}
