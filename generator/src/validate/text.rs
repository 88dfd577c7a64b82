//! The report as people read it: each finding like a compiler's diagnostic, then the summary.

use std::fmt;

use crdgen_schema::diagnostic::escape;

use super::{
    Report,
    report::{Finding, Judged},
};

impl Report {
    /// The findings, and with `summary` a last line that counts objects.
    pub(crate) fn to_text(&self, summary: bool) -> String {
        let mut out = String::new();
        for folded in self.diagnostics.folded() {
            out.extend([&folded.to_string(), "\n"]);
        }
        for object in &self.objects {
            for finding in &object.findings {
                out.push_str(&Line { object, finding }.to_string());
            }
        }
        if summary {
            out.extend([&self.summary().to_string(), "\n"]);
        }
        out
    }
}

/// A finding about an object, as text of a few lines.
struct Line<'a> {
    object: &'a Judged,
    finding: &'a Finding,
}

/// What is from the input is escaped: it must not be able to move a terminal's cursor, or to look like another line.
impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { object, finding } = self;
        write!(f, "{}:", escape(&object.file))?;
        if let Some(position) = finding.position {
            write!(f, "{position}:")?;
        }
        writeln!(f, " {}: {}", finding.severity, escape(&finding.message))?;
        if !object.kind.is_empty() {
            writeln!(f, "  in {} ({})", escape(&object.title()), escape(&object.api_version))?;
        }
        match &finding.help {
            Some(help) => writeln!(f, "  help: {}", escape(help)),
            None => Ok(()),
        }
    }
}
