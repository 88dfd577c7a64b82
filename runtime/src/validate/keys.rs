//! Validation of the keys of an object or map: how many there are, and which have to be there together.
//!
//! In: the keys that are there, and constraints. Out: field errors.

use crdgen_schema::{
    constraint,
    field::{Error, ErrorType, Errors, Path},
    go::print_quoted,
};
use serde_json::{Map, Value};

use crate::constraint::Constraint;

/// The keys of an object.
pub(super) trait Keys {
    /// How many are there.
    fn count(&self) -> usize;
    /// Whether one is there.
    fn contains(&self, key: &str) -> bool;
}

/// Lists of keys, of which one has to be there completely.
type Branches = &'static [&'static [&'static str]];

/// Checks the keys of an object.
pub(super) fn check_keys(keys: &dyn Keys, constraints: &'static [Constraint], path: &Path<'_>, errors: &mut Errors) {
    for constraint in constraints {
        let violation = match *constraint {
            Constraint::MinProperties(limit) => constraint::min_properties(keys.count(), limit),
            Constraint::MaxProperties(limit) => constraint::max_properties(keys.count(), limit),
            Constraint::OneOfRequired(branches) => {
                one_of_required(keys, branches, path, errors);
                None
            }
            Constraint::AnyOfRequired(branches) => {
                any_of_required(keys, branches, path, errors);
                None
            }
            _ => None,
        };
        errors.extend(violation.map(|violation| violation.at(path)));
    }
}

fn one_of_required(keys: &dyn Keys, branches: Branches, path: &Path<'_>, errors: &mut Errors) {
    match valid_branches(keys, branches) {
        1 => {}
        0 => {
            errors.push(combinator(path, "must validate one and only one schema (oneOf). Found none valid"));
            first_branch(keys, branches, path, errors);
        }
        valid => {
            let words = format!("must validate one and only one schema (oneOf). Found {valid} valid alternatives");
            errors.push(combinator(path, &words));
        }
    }
}

fn any_of_required(keys: &dyn Keys, branches: Branches, path: &Path<'_>, errors: &mut Errors) {
    if valid_branches(keys, branches) == 0 {
        errors.push(combinator(path, "must validate at least one schema (anyOf)"));
        first_branch(keys, branches, path, errors);
    }
}

fn valid_branches(keys: &dyn Keys, branches: Branches) -> usize {
    branches.iter().filter(|branch| branch.iter().all(|key| keys.contains(key))).count()
}

/// The errors of the branch that came closest, which among branches of nothing but `required` is the first.
fn first_branch(keys: &dyn Keys, branches: Branches, path: &Path<'_>, errors: &mut Errors) {
    let missing = branches.iter().take(1).copied().flatten().filter(|key| !keys.contains(key));
    errors.extend(missing.map(|key| constraint::required().at(&path.child(key))));
}

/// What kube-openapi says of a combinator has the path in its text only: the error is the root's.
fn combinator(path: &Path<'_>, words: &str) -> Error {
    let place = print_quoted(&path.dotted().to_string());
    Error::new(ErrorType::Invalid, Path::ROOT, print_quoted(""), format!("{place} {words}"))
}

impl Keys for Map<String, Value> {
    fn count(&self) -> usize {
        self.len()
    }

    fn contains(&self, key: &str) -> bool {
        self.contains_key(key)
    }
}
