//! The outcome of checking one value against one schema.
//!
//! In: violations. Out: the errors, and how many checks matched. Of the failing branches of a combinator, the one with
//! the most matches is reported, so they are counted exactly as kube-openapi counts them.

use std::collections::BTreeSet;

use crate::field::{Error, Errors};

/// The errors, and the number of checks that matched.
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

    /// The errors without duplicates: several branches may find the same one.
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
