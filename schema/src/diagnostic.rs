//! What is reported about an input: one clear sentence, where it stands, and a way out.
//!
//! In: findings of every stage. Out: [`Diagnostics`], in the order found, as text with one paragraph for each, or as JSON for
//! tools; [`Diagnostics::folded`] makes one of those that differ in their places only.

pub mod code;
mod fold;

use std::fmt;

use serde_json::{Value, json};

pub use fold::Folded;

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
    /// What kind of finding it is, for tools: one of [`code`], or a stage's own, in the same spelling.
    pub code: &'static str,
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

impl Diagnostic {
    /// A finding that stops generation.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message.into())
    }

    /// A finding that does not.
    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, message.into())
    }

    fn new(severity: Severity, message: String) -> Self {
        Self { severity, code: code::OTHER, message, file: None, position: None, path: None, help: None }
    }

    /// Says what kind of finding it is: words in lower case, joined by dashes, the same from release to release.
    #[must_use]
    pub fn code(mut self, code: &'static str) -> Self {
        self.code = code;
        self
    }

    /// Says where it is: the file (none if empty) and the place in it.
    #[must_use]
    pub fn at(mut self, file: &str, position: Option<Position>) -> Self {
        self.file = (!file.is_empty()).then(|| file.to_owned());
        self.position = position;
        self
    }

    /// Says which schema path it is about.
    #[must_use]
    pub fn on(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The finding as JSON for tools: `severity`, `code`, `message`, `file`, `line` and `column` (both counted from 1), `path`
    /// and `help`; null for what is not known.
    pub fn to_json(&self) -> Value {
        json!({
            "severity": self.severity.to_string(),
            "code": self.code,
            "message": self.message,
            "file": self.file,
            "line": self.position.map(|position| position.line),
            "column": self.position.map(|position| position.column),
            "path": self.path,
            "help": self.help,
        })
    }

    /// Writes the finding, which `more` others are like.
    fn write(&self, f: &mut fmt::Formatter<'_>, more: usize) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}:", Escaped(file))?;
        }
        if let Some(position) = self.position {
            write!(f, "{position}:")?;
        }
        if self.file.is_some() || self.position.is_some() {
            f.write_str(" ")?;
        }
        write!(f, "{}: {}", self.severity, self.message)?;
        if let Some(path) = &self.path {
            write!(f, "\n  at {}", Escaped(path))?;
        }
        if more > 0 {
            write!(f, "\n  … and {more} more {} like this", if more == 1 { "place" } else { "places" })?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl Diagnostics {
    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The findings in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: T) {
        self.0.extend(diagnostics);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::error::Error for Diagnostics {}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// `file:line:col: severity: message`, then the path and the help on lines of their own.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

/// One finding a paragraph, the last without a newline.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

/// Text of an input as it may stand in a message: in double quotes, cut to 80 characters, with control characters and
/// those that turn the direction of writing escaped, so that an input cannot forge what a terminal shows.
pub fn quote(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut cut = text.chars();
    let mut out = String::from("\"");
    for c in cut.by_ref().take(LONGEST) {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        push_escaped(&mut out, c);
    }
    out.push_str(if cut.next().is_some() { "…\"" } else { "\"" });
    out
}

/// A text with the characters escaped that [`quote`] escapes, without quotes and not cut.
pub fn escape(text: &str) -> String {
    Escaped(text).to_string()
}

/// A text with its control characters escaped, without quotes.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::with_capacity(self.0.len());
        for c in self.0.chars() {
            push_escaped(&mut out, c);
        }
        f.write_str(&out)
    }
}

fn push_escaped(out: &mut String, c: char) {
    // Zero-width and bidirectional controls, line and paragraph separators, and the byte order mark.
    let hidden = matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    if c.is_control() || hidden {
        out.extend(c.escape_default());
    } else {
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_like_a_compiler_error() {
        let diagnostic = Diagnostic::error("`properties` must be an object")
            .at("crds/a.yaml", Some(Position { line: 12, column: 7 }))
            .on("spec.versions[0].schema.openAPIV3Schema")
            .help("write a mapping from names to schemas");
        assert_eq!(
            diagnostic.to_string(),
            "crds/a.yaml:12:7: error: `properties` must be an object\n  at spec.versions[0].schema.openAPIV3Schema\n  \
             help: write a mapping from names to schemas"
        );
        assert_eq!(Diagnostic::warning("odd").to_string(), "warning: odd");
    }

    #[test]
    fn tools_read_findings_as_json() {
        let diagnostic = Diagnostic::warning("odd").at("a.yaml", Some(Position { line: 2, column: 3 })).on("spec");
        assert_eq!(
            diagnostic.code(code::UNKNOWN_KEYWORD).help("x").to_json(),
            json!({"severity": "warning", "code": "unknown-keyword", "message": "odd", "file": "a.yaml", "line": 2, "column": 3,
                   "path": "spec", "help": "x"})
        );
        assert_eq!(
            Diagnostic::error("wrong").to_json(),
            json!({"severity": "error", "code": "other", "message": "wrong", "file": null, "line": null, "column": null,
                   "path": null, "help": null})
        );
    }

    #[test]
    fn only_an_error_counts_as_one() {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic::warning("odd"));
        assert!(!diagnostics.has_errors());
        diagnostics.extend([Diagnostic::error("wrong")]);
        assert!(diagnostics.has_errors());
        assert_eq!(diagnostics.to_string(), "warning: odd\nerror: wrong");
    }

    #[test]
    fn quoted_text_cannot_forge_a_message() {
        assert_eq!(quote("a\u{1b}[31m\n\u{202e}\"\\"), r#""a\u{1b}[31m\n\u{202e}\"\\""#);
        assert_eq!(quote(&"é".repeat(81)), format!("\"{}…\"", "é".repeat(80)));
    }
}
