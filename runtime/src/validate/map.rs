//! Validation of a map: its values, then the map as a whole.
//!
//! In: entries and constraints. Out: field errors, at paths with the keys.

use std::collections::BTreeMap;

use crdgen_schema::field::{Errors, Path};

use super::keys::{Keys, check_keys};
use crate::{
    constraint::Constraint,
    value::{Access, Field},
};

/// Checks every value, and `constraints` on the map as a whole.
pub(crate) fn map<T: Field>(
    entries: &BTreeMap<String, T>,
    constraints: &'static [Constraint],
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let value_constraints = value_constraints(constraints);
    for (key, value) in entries {
        T::Access::check(value, value_constraints, &path.key(key), errors);
    }
    check_keys(entries, constraints, path, errors);
}

/// The constraints that hold for each value.
pub(super) fn value_constraints(constraints: &'static [Constraint]) -> &'static [Constraint] {
    let find = |constraint: &'static Constraint| match constraint {
        Constraint::Values(constraints) => Some(*constraints),
        _ => None,
    };
    constraints.iter().find_map(find).unwrap_or_default()
}

impl<T> Keys for BTreeMap<String, T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn contains(&self, key: &str) -> bool {
        self.contains_key(key)
    }
}
