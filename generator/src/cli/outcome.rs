//! What a command found and did, printed for people or for tools.
//!
//! In: an [`Outcome`]. Out: text on standard output (what was done) and standard error (what was found), or one JSON document
//! on standard output.

use std::{io, process::ExitCode};

use crdgen_schema::diagnostic::{Diagnostic, Diagnostics, Severity};
use serde_json::{Value, json};

use crate::{Error, WriteError, code};

/// How a command prints what it found and did: the values of `--output`.
///
/// ```
/// let mut codegen = crdgen::cli::Codegen::default();
/// codegen.output = crdgen::cli::Format::Json;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Format {
    /// For people: findings that differ in their places only are printed once, with a count
    #[default]
    Text,
    /// For tools: one JSON document, with every finding
    Json,
}

/// What a command found and did.
pub(super) struct Outcome {
    /// What was found.
    pub(super) diagnostics: Diagnostics,
    /// What was done, as a member of the JSON document; null if nothing was.
    pub(super) result: (&'static str, Value),
    /// The same as text.
    pub(super) text: String,
    /// Why the command fails, if that is neither a finding nor in the text.
    pub(super) failure: Option<String>,
    /// The exit code.
    pub(super) code: u8,
}

impl Outcome {
    /// Prints it; if `quiet`, only what is an error.
    pub(super) fn print(mut self, format: Format, quiet: bool) -> ExitCode {
        if quiet {
            self.diagnostics.0.retain(|diagnostic| diagnostic.severity == Severity::Error);
        }
        match format {
            Format::Text => self.print_text(quiet),
            Format::Json => self.print_json(),
        }
        ExitCode::from(self.code)
    }

    fn print_text(&self, quiet: bool) {
        let mut found = String::new();
        for finding in self.diagnostics.folded() {
            found.extend([&finding.to_string(), "\n"]);
        }
        if let Some(failure) = &self.failure {
            found.extend([failure, "\n"]);
        }
        if !quiet {
            write(io::stdout(), &self.text);
        }
        write(io::stderr(), &found);
    }

    fn print_json(&self) {
        let (name, result) = &self.result;
        let diagnostics: Vec<Value> = self.diagnostics.iter().map(Diagnostic::to_json).collect();
        let document = json!({ "diagnostics": diagnostics, *name: result });
        write(io::stdout(), &format!("{document:#}\n"));
    }
}

/// An error as findings, each with a code that tools can rely on.
pub(super) fn findings(error: &Error) -> Diagnostics {
    let finding = match error {
        Error::Input(diagnostics) => return diagnostics.clone(),
        Error::Settings { path, message } => {
            Diagnostic::error(message).code(code::SETTING).at(&path.to_string_lossy(), None)
        }
        Error::Setting(message) => Diagnostic::error(message).code(code::SETTING),
        other => Diagnostic::error(other.to_string()).code(code_of(other)),
    };
    Diagnostics(vec![finding])
}

fn code_of(error: &Error) -> &'static str {
    match error {
        Error::NoOutput => code::NO_OUTPUT,
        Error::Write(WriteError::Foreign(_)) => code::FOREIGN_FILES,
        Error::Write(WriteError::Manifest { .. }) => code::DAMAGED_MANIFEST,
        Error::Write(WriteError::SameName(_)) => code::REPEATED_FILE,
        Error::Write(WriteError::Io { .. }) => code::IO,
        _ => crdgen_schema::diagnostic::code::OTHER,
    }
}

/// Writing fails when the reader has stopped early (`| head`), which is not an error.
pub(super) fn write(mut out: impl io::Write, text: &str) {
    let _ = out.write_all(text.as_bytes());
}
