//! Validation of a value whose schema has no type, or whose type has no table.
//!
//! In: any JSON and constraints. Out: field errors. Constraints are applied to what the value happens to be.

use crdgen_schema::field::{Errors, Path};
use serde_json::Value;

use super::{
    array::item_constraints,
    keys::check_keys,
    list,
    map::value_constraints,
    scalar::{Scalar, one_of, scalar},
};
use crate::constraint::Constraint;

/// Checks a value. The depth of the recursion is that of the constraints, not of the value.
pub(crate) fn json(value: &Value, constraints: &'static [Constraint], path: &Path<'_>, errors: &mut Errors) {
    if constraints.is_empty() {
        return;
    }
    match value {
        Value::Null => null(constraints, path, errors),
        Value::Bool(value) => scalar(Scalar::Bool(*value), constraints, path, errors),
        Value::String(text) => scalar(Scalar::String(text), constraints, path, errors),
        Value::Number(number) => {
            scalar(Scalar::Untyped(number.into()), constraints, path, errors);
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                json(item, item_constraints(constraints), &path.index(index), errors);
            }
            list::list(items, constraints, path, errors);
            whole(value, constraints, path, errors);
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                json(value, value_constraints(constraints), &path.key(key), errors);
            }
            check_keys(entries, constraints, path, errors);
            whole(value, constraints, path, errors);
        }
    }
}

/// Checks a null value: an enum is the only constraint for it, and it is in none, not even where the schema lists it.
pub(crate) fn null(constraints: &'static [Constraint], path: &Path<'_>, errors: &mut Errors) {
    whole(&Value::Null, constraints, path, errors);
}

/// An enum, for values that are not scalars.
fn whole(value: &Value, constraints: &'static [Constraint], path: &Path<'_>, errors: &mut Errors) {
    for constraint in constraints {
        if let Constraint::OneOf(allowed) = constraint {
            errors.extend(one_of(value, allowed).map(|violation| violation.at(path)));
        }
    }
}
