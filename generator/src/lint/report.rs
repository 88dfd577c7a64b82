//! Everything that was found, in order.

use crdgen_schema::{
    definition::Source,
    diagnostic::{Diagnostic, Severity},
};

use super::{
    cost::Costs,
    finding::Finding,
    kubernetes::{FIRST, Need},
    release::Release,
    settings::Settings,
};
use crate::code;

/// What `crdgen lint` found.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    /// The CRDs, in the order in which they were read.
    pub(crate) linted: Vec<Linted>,
    /// What was found: file by file, in the order of the lines.
    pub(crate) findings: Vec<Finding>,
    /// How many errors and warnings there are, those that are not printed as well.
    errors: usize,
    warnings: usize,
}

/// A CRD, and what is known of it beside what is wrong.
#[derive(Clone, Debug)]
pub(crate) struct Linted {
    pub(crate) name: String,
    pub(crate) source: Source,
    /// What not every release of Kubernetes knows, once of each kind, oldest release first.
    pub(crate) needs: Vec<Need>,
    /// What rules can cost, version by version.
    pub(crate) costs: Vec<Costs>,
}

impl Report {
    /// Puts everything in order, and adds a warning for each setting that changed nothing.
    pub(crate) fn new(linted: Vec<Linted>, mut findings: Vec<Finding>, settings: &Settings) -> Self {
        findings.sort_by(|a, b| key(&a.diagnostic).cmp(&key(&b.diagnostic)));
        findings.extend(settings.unused().into_iter().map(|text| {
            let diagnostic = Diagnostic::warning(format!("nothing was found that `disable` of `{text}` switches off"))
                .code(code::UNUSED_SETTING)
                .help("delete it, or correct the place");
            Finding { diagnostic, place: String::new() }
        }));
        let count =
            |severity| findings.iter().filter(|finding: &&Finding| finding.diagnostic.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        Self { linted, findings, errors, warnings }
    }

    /// How many findings are of a severity.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        match severity {
            Severity::Error => self.errors,
            Severity::Warning => self.warnings,
        }
    }

    /// Whether something could not be read at all.
    pub(crate) fn has_unread_input(&self) -> bool {
        self.findings.iter().any(|finding| finding.diagnostic.code == code::INPUT)
    }

    /// The same, with errors only to be printed.
    #[must_use]
    pub(crate) fn errors_only(mut self) -> Self {
        self.findings.retain(|finding| finding.diagnostic.severity == Severity::Error);
        self
    }

    /// One line: how many CRDs were looked at, and how many findings there are.
    pub(crate) fn summary(&self) -> String {
        let counted = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
        let found = [(self.count(Severity::Error), "error"), (self.count(Severity::Warning), "warning")];
        let found: Vec<String> =
            found.iter().filter(|(number, _)| *number > 0).map(|(number, noun)| counted(*number, noun)).collect();
        let found = if found.is_empty() { "nothing found".to_owned() } else { found.join(", ") };
        format!("{}: {found}", counted(self.linted.len(), "CRD"))
    }
}

impl Linted {
    /// The lowest release that takes the CRD and looks at all of it.
    pub(crate) fn lowest(&self) -> Release {
        self.needs.last().map_or(FIRST, |need| need.since.max(FIRST))
    }
}

/// What findings are sorted by.
fn key(diagnostic: &Diagnostic) -> impl Ord + use<'_> {
    (diagnostic.file.as_deref(), diagnostic.position, diagnostic.path.as_deref(), diagnostic.code)
}
