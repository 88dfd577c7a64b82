//! The report as GitHub's workflow commands, which become annotations of a pull request.

use std::fmt::Write as _;

use crdgen_schema::diagnostic::Severity;

use super::{finding::Finding, report::Report};
use crate::diff::annotation::{data, property};

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
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut properties = Vec::new();
    if let Some(file) = &diagnostic.file {
        properties.push(format!("file={}", property(file)));
    }
    if let Some(position) = diagnostic.position {
        properties.push(format!("line={},col={}", position.line, position.column));
    }
    properties.push(format!("title={}", property(diagnostic.code)));
    let mut message = diagnostic.message.clone();
    for (name, text) in [("At", &diagnostic.path), ("Help", &diagnostic.help)] {
        if let Some(text) = text {
            // Writing to a string cannot fail.
            let _ = write!(message, "\n{name}: {text}");
        }
    }
    format!("::{command} {}::{}", properties.join(","), data(&message))
}
