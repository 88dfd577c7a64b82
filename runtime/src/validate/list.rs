//! Validation of an array as a whole: its length, and what may not be in it twice.
//!
//! In: items and constraints. Out: field errors. What is equal, the schema crate decides.

use crdgen_schema::{
    constraint,
    field::{Error, ErrorType, Errors, Path},
    list_type,
    schema::{ListType, Schema},
};
use serde::Serialize;
use serde_json::Value;

use crate::constraint::Constraint;

/// Checks an array, but not its items.
pub(super) fn list<T: Serialize>(
    items: &[T],
    constraints: &'static [Constraint],
    path: &Path<'_>,
    errors: &mut Errors,
) {
    for constraint in constraints {
        let violation = match *constraint {
            Constraint::MinItems(limit) => constraint::min_items(items.len(), limit),
            Constraint::MaxItems(limit) => constraint::max_items(items.len(), limit),
            Constraint::Unique => {
                unique(items, ListType::Set, &[], path, errors);
                None
            }
            Constraint::ListMap(keys) => {
                unique(items, ListType::Map, keys, path, errors);
                None
            }
            _ => None,
        };
        errors.extend(violation.map(|violation| violation.at(path)));
    }
}

/// Reports what is in the array a second time. Only for such lists are items turned into JSON.
fn unique<T: Serialize>(items: &[T], list_type: ListType, keys: &[&str], path: &Path<'_>, errors: &mut Errors) {
    let list_map_keys = keys.iter().map(|key| (*key).to_owned()).collect();
    let schema = Schema { list_type: Some(list_type), list_map_keys, ..Schema::default() };
    match items.iter().map(serde_json::to_value).collect::<Result<Vec<Value>, _>>() {
        // The list is the root there, so its errors are at `[index]`.
        Ok(items) => errors.extend(list_type::validate(&Value::Array(items), &schema).into_iter().map(|mut error| {
            error.field = format!("{path}{}", error.field);
            error
        })),
        Err(error) => errors.push(Error::new(ErrorType::Internal, path, "", error.to_string())),
    }
}
