//! Checks `allOf`, `anyOf`, `oneOf` and `not`.
//!
//! In: a value and a schema with branches. Out: an error about the combinator, for which the server always names the
//! root as the field, and the errors of the branch that came closest. There is no ratcheting inside branches.

use super::{outcome::Outcome, walk::Walk};
use crate::{
    field::{Error, Path},
    go::print_quoted,
    schema::Schema,
    view::View,
};

/// Checks the branches of `schema`.
pub(super) fn check<'v>(walk: Walk<'v>, value: View<'v>, schema: &'v Schema, path: &Path<'_>, outcome: &mut Outcome) {
    // kube-openapi counts this check twice: once because it was made, and once as a match.
    outcome.matches += 2;
    if !schema.branches.is_written() {
        return;
    }
    let branch = Branch { walk, value, path };
    if !schema.branches.any_of.is_empty() {
        outcome.merge(branch.any_of(&schema.branches.any_of));
    }
    if !schema.branches.one_of.is_empty() {
        outcome.merge(branch.one_of(&schema.branches.one_of));
    }
    if !schema.branches.all_of.is_empty() {
        outcome.merge(branch.all_of(&schema.branches.all_of));
    }
    if let Some(not) = &schema.branches.not
        && branch.check(not).is_valid()
    {
        outcome.extend([branch.error("must not validate the schema (not)")]);
    }
}

#[derive(Clone, Copy)]
struct Branch<'v, 'p> {
    walk: Walk<'v>,
    value: View<'v>,
    path: &'p Path<'p>,
}

impl<'v> Branch<'v, '_> {
    fn check(self, schema: &'v Schema) -> Outcome {
        let mut outcome = Outcome::default();
        self.walk.check(self.value, schema, self.path, None, &mut outcome);
        outcome
    }

    fn any_of(self, schemas: &'v [Schema]) -> Outcome {
        let mut best: Option<Outcome> = None;
        for schema in schemas {
            let outcome = self.check(schema);
            if outcome.is_valid() {
                return outcome;
            }
            keep_better(&mut best, outcome);
        }
        let mut outcome = Outcome::default();
        outcome.extend([self.error("must validate at least one schema (anyOf)")]);
        outcome.merge(best.unwrap_or_default());
        outcome
    }

    fn one_of(self, schemas: &'v [Schema]) -> Outcome {
        let (mut best, mut first, mut valid) = (None, None, 0_usize);
        for schema in schemas {
            let outcome = self.check(schema);
            if outcome.is_valid() {
                valid += 1;
                first.get_or_insert(outcome);
            } else if valid == 0 {
                keep_better(&mut best, outcome);
            }
        }
        let found = match (valid, first) {
            (1, Some(first)) => return first,
            (0, _) => "Found none valid".to_owned(),
            (valid, _) => format!("Found {valid} valid alternatives"),
        };
        let mut outcome = Outcome::default();
        outcome.extend([self.error(&format!("must validate one and only one schema (oneOf). {found}"))]);
        if valid == 0 {
            outcome.merge(best.unwrap_or_default());
        }
        outcome
    }

    fn all_of(self, schemas: &'v [Schema]) -> Outcome {
        let (mut outcome, mut valid) = (Outcome::default(), 0_usize);
        for schema in schemas {
            let branch = self.check(schema);
            valid += usize::from(branch.is_valid());
            outcome.merge(branch);
        }
        if valid < schemas.len() {
            let none = if valid == 0 { ". None validated" } else { "" };
            outcome.extend([self.error(&format!("must validate all the schemas (allOf){none}"))]);
        }
        outcome
    }

    /// An error about the combinator. Its field is the root, and only its text names the path.
    fn error(self, complaint: &str) -> Error {
        let field = self.walk.base.map_or_else(|| Path::ROOT.to_string(), str::to_owned);
        let path = print_quoted(&self.path.dotted().to_string());
        Error::invalid_text(field, "", format!("{path} {complaint}"))
    }
}

/// Keeps the outcome with more matches: of all failing branches, the one with the most is reported, and of several the
/// first.
fn keep_better(best: &mut Option<Outcome>, outcome: Outcome) {
    if best.as_ref().is_none_or(|best| outcome.matches > best.matches) {
        *best = Some(outcome);
    }
}
