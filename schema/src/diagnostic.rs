//! What is told to a person about an input: one clear sentence, where it stands, and a way out.
//!
//! In: findings of every stage. Out: [`Diagnostics`], in the order found, printed one a paragraph.

use std::fmt;

/// A place in a text, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column, in characters.
    pub column: u32,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Generation goes on.
    Warning,
    /// Nothing is written.
    Error,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence without a final stop.
    pub message: String,
    /// The file (or `<stdin>`) it is about.
    pub file: Option<String>,
    /// Where in the file.
    pub position: Option<Position>,
    /// The schema path (`spec.versions[0].schema…`), if it is about one.
    pub path: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

/// An ordered collection of findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
