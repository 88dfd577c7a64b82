//! `allOf`, `anyOf`, `oneOf` and `not`.
//!
//! In: a value and a schema with branches. Out: an error about the whole (which the server reports for the root), and the errors
//! of the branch that came closest. Branches do not know old values.

use serde_json::Value;

use super::{outcome::Outcome, walk::Walk};
use crate::{
    field::{Error, Path, print_quoted},
    schema::Schema,
};

/// Checks the branches of `schema`.
pub(super) fn check(walk: Walk<'_>, value: &Value, schema: &Schema, path: &Path<'_>) -> Outcome {
    let branch = Branch { walk, value, path };
    // The check itself counts, and that it was made.
    let mut outcome = Outcome { errors: Vec::new(), matches: 2 };
    if !schema.any_of.is_empty() {
        outcome.merge(branch.any_of(&schema.any_of));
    }
    if !schema.one_of.is_empty() {
        outcome.merge(branch.one_of(&schema.one_of));
    }
    if !schema.all_of.is_empty() {
        outcome.merge(branch.all_of(&schema.all_of));
    }
    if let Some(not) = &schema.not
        && branch.check(not).is_valid()
    {
        outcome.extend([branch.error("must not validate the schema (not)")]);
    }
    outcome
}

#[derive(Clone, Copy)]
struct Branch<'a> {
    walk: Walk<'a>,
    value: &'a Value,
    path: &'a Path<'a>,
}

impl Branch<'_> {
    fn check(self, schema: &Schema) -> Outcome {
        self.walk.check(self.value, schema, self.path, None)
    }

    fn any_of(self, schemas: &[Schema]) -> Outcome {
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

    fn one_of(self, schemas: &[Schema]) -> Outcome {
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
        let told = match (valid, first) {
            (1, Some(first)) => return first,
            (0, _) => "Found none valid".to_owned(),
            (valid, _) => format!("Found {valid} valid alternatives"),
        };
        let mut outcome = Outcome::default();
        outcome.extend([self.error(&format!("must validate one and only one schema (oneOf). {told}"))]);
        if valid == 0 {
            outcome.merge(best.unwrap_or_default());
        }
        outcome
    }

    fn all_of(self, schemas: &[Schema]) -> Outcome {
        let (mut outcome, mut valid) = (Outcome::default(), 0_usize);
        for schema in schemas {
            let branch = self.check(schema);
            valid += usize::from(branch.is_valid());
            outcome.merge(branch);
        }
        if valid < schemas.len() {
            let told = if valid == 0 { ". None validated" } else { "" };
            outcome.extend([self.error(&format!("must validate all the schemas (allOf){told}"))]);
        }
        outcome
    }

    /// An error about the whole; it names the path only in its detail.
    fn error(self, told: &str) -> Error {
        let field = self.walk.base.map_or_else(|| Path::ROOT.to_string(), str::to_owned);
        let path = print_quoted(&self.path.dotted().to_string());
        Error::invalid_text(field, "", format!("{path} {told}"))
    }
}

/// Of failing branches, the first with most matches is reported.
fn keep_better(best: &mut Option<Outcome>, outcome: Outcome) {
    if best.as_ref().is_none_or(|best| outcome.matches > best.matches) {
        *best = Some(outcome);
    }
}
