//! Validation of an array: its items, then the array as a whole.
//!
//! In: items and constraints. Out: field errors, at paths with the indexes.

use crdgen_schema::field::{Errors, Path};

use super::list;
use crate::{
    constraint::Constraint,
    value::{Access, Field},
};

/// Checks every item, and `constraints` on the array as a whole.
pub(crate) fn array<T: Field>(items: &[T], constraints: &'static [Constraint], path: &Path<'_>, errors: &mut Errors) {
    let item_constraints = item_constraints(constraints);
    for (index, item) in items.iter().enumerate() {
        T::Access::check(item, item_constraints, &path.index(index), errors);
    }
    list::list(items, constraints, path, errors);
}

/// The constraints that hold for each item.
pub(super) fn item_constraints(constraints: &'static [Constraint]) -> &'static [Constraint] {
    let find = |constraint: &'static Constraint| match constraint {
        Constraint::Items(constraints) => Some(*constraints),
        _ => None,
    };
    constraints.iter().find_map(find).unwrap_or_default()
}
