//! The report as annotations of a GitHub workflow.

use std::fmt::Write as _;

use crdgen_schema::compatibility::{Finding, Verdict};

use super::{Report, side};
use crate::github::{Annotation, Level};

impl Report {
    /// One line for each finding, then the summary: breaking ones are errors, those in need of a migration warnings, all others
    /// notices. A finding stands where it is in the new CRD, or in the old one if there is no new one.
    pub(crate) fn to_github(&self) -> String {
        let mut out = String::new();
        for (name, finding) in self.findings() {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{}", annotation(name, finding));
        }
        out + &self.summary() + "\n"
    }
}

fn annotation(name: &str, finding: &Finding) -> String {
    let level = match finding.verdict {
        Verdict::Breaking => Level::Error,
        Verdict::NeedsMigration => Level::Warning,
        Verdict::Compatible => Level::Notice,
    };
    let place = if finding.new.file.is_empty() { &finding.old } else { &finding.new };
    let version = finding.version.as_deref().unwrap_or_default();
    let about: Vec<&str> = [name, version, finding.path.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
    let mut message = format!("{}: {}", about.join(" "), finding.message);
    if let Some(witness) = &finding.witness {
        let _ = write!(message, "\nThe old CRD accepts: {}\nThe new one: {}", witness.object, witness.answer);
    }
    if let Some(note) = &finding.note {
        let _ = write!(message, "\nNote: {note}");
    }
    let title = format!("{}: {}", finding.verdict, finding.code);
    let file = side::path_in_repository(&place.file);
    Annotation { level, file, position: place.position, title: &title, message: &message }.to_string()
}
