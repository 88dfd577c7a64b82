//! The report as annotations of a GitHub workflow.

use crdgen_schema::diagnostic::{Diagnostic, Severity};

use super::{
    Report,
    report::{Finding, Judged},
};
use crate::github::{Annotation, Level, data};

impl Report {
    /// One line for each finding, then the summary.
    pub(crate) fn to_github(&self) -> String {
        let mut out = String::new();
        for finding in &self.diagnostics {
            out.extend([&diagnostic(finding), "\n"]);
        }
        for object in &self.objects {
            for finding in &object.findings {
                out.extend([&annotation(object, finding), "\n"]);
            }
        }
        out + &data(&self.summary().to_string()) + "\n"
    }
}

fn annotation(object: &Judged, finding: &Finding) -> String {
    let mut message = format!("{}: {}", object.title(), finding.message);
    if let Some(help) = &finding.help {
        message.extend(["\n", help]);
    }
    let title = format!("{}: {}", object.verdict.name(), finding.reason);
    let level = level(finding.severity);
    Annotation { level, file: &object.file, position: finding.position, title: &title, message: &message }.to_string()
}

fn diagnostic(finding: &Diagnostic) -> String {
    let mut message = finding.message.clone();
    if let Some(path) = &finding.path {
        message.extend(["\nat ", path]);
    }
    if let Some(help) = &finding.help {
        message.extend(["\n", help]);
    }
    let (level, file) = (level(finding.severity), finding.file.as_deref().unwrap_or_default());
    Annotation { level, file, position: finding.position, title: finding.code, message: &message }.to_string()
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    }
}
