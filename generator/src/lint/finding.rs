//! What was found, and the sink that findings go to.

use crdgen_schema::diagnostic::Diagnostic;

use super::{check::Check, place::Spot, settings::Settings};

/// One finding.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// What, where, how bad, and what to do about it.
    pub(crate) diagnostic: Diagnostic,
    /// The place as settings name it; empty if it is about a file.
    pub(crate) place: String,
}

/// Takes findings, and drops those that are switched off.
pub(crate) struct Sink<'s> {
    pub(crate) settings: &'s Settings,
    pub(crate) findings: Vec<Finding>,
}

impl<'s> Sink<'s> {
    /// A sink without findings.
    pub(crate) fn new(settings: &'s Settings) -> Self {
        Self { settings, findings: Vec::new() }
    }

    /// Whether a check runs, so that nothing need be looked for otherwise.
    pub(crate) fn wants(&self, check: &'static Check) -> bool {
        self.settings.has(check)
    }

    /// Takes a finding of a check; `help` says what to do about it, if it is not empty.
    pub(crate) fn push(
        &mut self,
        check: &'static Check,
        spot: Spot,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if !self.wants(check) || !self.settings.reports(check.code, &spot.place) {
            return;
        }
        let mut diagnostic = Diagnostic::warning(message).code(check.code).at(&spot.file, spot.position).on(spot.path);
        diagnostic.severity = check.severity;
        diagnostic.help = Some(help.into()).filter(|help| !help.is_empty());
        self.findings.push(Finding { diagnostic, place: spot.place });
    }

    /// Takes a finding of another stage.
    pub(crate) fn take(&mut self, diagnostic: Diagnostic, place: String) {
        if self.settings.reports(diagnostic.code, &place) {
            self.findings.push(Finding { diagnostic, place });
        }
    }
}
