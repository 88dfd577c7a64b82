//! Definitions that were read from files → those that objects need, and what is wrong with them.
//!
//! In: what files hold. Out: the definitions of kinds that are asked for, with what kube-apiserver would refuse them for, and
//! the faults of all files.

use std::collections::BTreeSet;

use crdgen_schema::{
    definition::{Definition, Loaded},
    diagnostic::{Diagnostic, Diagnostics, Position, Severity},
};

/// A group and a kind.
pub(super) type Kind = (String, String);

/// The CRDs that objects need.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    pub(super) needed: Vec<Definition>,
    /// Errors, about all CRDs; and warnings, about those that are needed.
    pub(super) diagnostics: Diagnostics,
    /// How many CRDs there were, the faulty ones included.
    pub(super) count: usize,
}

impl Definitions {
    /// Takes what is needed of a file.
    pub(super) fn take(&mut self, loaded: Loaded, needed: &BTreeSet<Kind>) {
        let Loaded { definitions, diagnostics, refusals, .. } = loaded;
        self.count += definitions.len() + usize::from(diagnostics.has_errors());
        let is_needed =
            |definition: &Definition| needed.contains(&(definition.group.clone(), definition.names.kind.clone()));
        let starts: Vec<(Option<Position>, bool)> =
            definitions.iter().map(|definition| (definition.source.position, is_needed(definition))).collect();
        let is_about_needed = |refusal: &Diagnostic| {
            let before = starts.iter().filter(|(start, _)| *start <= refusal.position);
            before.max_by_key(|(start, _)| *start).is_some_and(|(_, is_needed)| *is_needed)
        };
        let errors = diagnostics.into_iter().filter(|finding| finding.severity == Severity::Error);
        self.diagnostics.extend(errors);
        self.diagnostics.extend(refusals.into_iter().filter(is_about_needed).map(with_hint));
        self.needed.extend(definitions.into_iter().filter(is_needed));
    }

    /// Adds those that were taken elsewhere.
    pub(super) fn append(&mut self, other: Self) {
        self.needed.extend(other.needed);
        self.diagnostics.extend(other.diagnostics);
        self.count += other.count;
    }
}

/// Names the command that says more about a CRD that the server refuses.
fn with_hint(mut refusal: Diagnostic) -> Diagnostic {
    const HINT: &str = "`crdgen lint` says more about this CRD";
    refusal.help = Some(match refusal.help {
        Some(help) => format!("{help}; {HINT}"),
        None => HINT.to_owned(),
    });
    refusal
}
