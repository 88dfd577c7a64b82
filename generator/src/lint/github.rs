//! The report as annotations of a GitHub workflow.

use std::fmt::Write as _;

use crdgen_schema::diagnostic::Severity;

use super::{finding::Finding, report::Report};
use crate::github::{Annotation, Level};

impl Report {
    /// One line for each finding, then the summary.
    pub(crate) fn to_github(&self) -> String {
        let mut out = String::new();
        for finding in &self.findings {
            out.extend([annotation(finding), "\n".to_owned()]);
        }
        out + &self.summary() + "\n"
    }
}

fn annotation(finding: &Finding) -> String {
    let diagnostic = &finding.diagnostic;
    let level = match diagnostic.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    };
    let mut message = diagnostic.message.clone();
    for (name, text) in [("At", &diagnostic.path), ("Help", &diagnostic.help)] {
        if let Some(text) = text {
            // Writing to a string cannot fail.
            let _ = write!(message, "\n{name}: {text}");
        }
    }
    let file = diagnostic.file.as_deref().unwrap_or_default();
    Annotation { level, file, position: diagnostic.position, title: diagnostic.code, message: &message }.to_string()
}
