//! The outcome of checking one value against one schema.
//!
//! In: violations. Out: the errors, and how many checks matched: among failing branches of a combinator, the one with most
//! matches is the one that is reported.

use std::collections::BTreeSet;

use crate::field::{Error, Errors};

/// What was found, and how much matched.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) errors: Vec<Error>,
    pub(super) matches: usize,
}

impl Outcome {
    pub(super) fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// Counts a check that was made.
    pub(super) fn count(&mut self) {
        self.matches += 1;
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.errors.extend(other.errors);
        self.matches += other.matches;
    }

    /// The errors, each once: several branches may find the same.
    pub(super) fn into_errors(self) -> Errors {
        let mut seen = BTreeSet::new();
        let first = |error: &Error| seen.insert((error.field.clone(), error.kind, error.detail.clone()));
        self.errors.into_iter().filter(first).collect()
    }
}

impl Extend<Error> for Outcome {
    fn extend<T: IntoIterator<Item = Error>>(&mut self, errors: T) {
        self.errors.extend(errors);
    }
}
