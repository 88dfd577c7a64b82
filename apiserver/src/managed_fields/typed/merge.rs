//! The merger of two values: what is in either, and where both have a value, that of the second.
//!
//! Source: `structured-merge-diff/typed/merge.go`.

use serde_json::{Map, Value};

use super::error::Errors;
use super::validate::scalar;
use super::{list, members, merge_list, object};
use crate::managed_fields::path::PathElement;
use crate::managed_fields::shape::{Items, Kind, Shape};

/// Merges `new` into `old`.
pub(crate) fn merge(old: &Value, new: &Value, shape: Shape<'_>) -> Result<Value, Errors> {
    let (merged, errors) = values(Some(old), Some(new), shape);
    errors.into_result().map(|()| merged.unwrap_or_default())
}

/// The merger, if there is anything in it, and what is wrong with the values.
pub(super) fn values(old: Option<&Value>, new: Option<&Value>, shape: Shape<'_>) -> (Option<Value>, Errors) {
    let (old_kinds, new_kinds) = (shape.kinds(old), shape.kinds(new));
    if new.is_none() {
        return as_kind(old_kinds.first(), old, new, shape);
    }
    if old.is_none() || old_kinds == new_kinds {
        return as_kind(new_kinds.first(), old, new, shape);
    }
    let (_, mut errors) = as_kind(old_kinds.first(), old, new, shape);
    let (merged, more) = as_kind(new_kinds.first(), old, new, shape);
    errors.extend(more);
    (merged, errors)
}

fn as_kind(kind: Kind, old: Option<&Value>, new: Option<&Value>, shape: Shape<'_>) -> (Option<Value>, Errors) {
    let whole = || (new.or(old).cloned(), Errors::default());
    match kind {
        Kind::Scalar => match (scalar(old, shape, "lhs: "), scalar(new, shape, "rhs: ")) {
            (Err(mut errors), Err(more)) => {
                errors.extend(more);
                (None, errors)
            }
            _ => whole(),
        },
        Kind::List if shape.items() == Items::Whole || (list(old).is_empty() && list(new).is_empty()) => whole(),
        Kind::List => merge_list::merge(list(old), list(new), shape),
        Kind::Object => {
            let is_empty = |value| object(value).is_none_or(Map::is_empty);
            if shape.is_whole() || (is_empty(old) && is_empty(new)) { whole() } else { objects(old, new, shape) }
        }
    }
}

fn objects(old: Option<&Value>, new: Option<&Value>, shape: Shape<'_>) -> (Option<Value>, Errors) {
    let mut errors = Errors::default();
    let mut merged = Map::new();
    for (name, (old, new)) in members(old, new) {
        let Some(below) = shape.member(name) else { continue };
        let (value, wrong) = values(old, new, below);
        if !wrong.is_empty() {
            errors.extend(wrong.below(&PathElement::field(name)));
        }
        if let Some(value) = value {
            merged.insert(name.to_owned(), value);
        }
    }
    ((!merged.is_empty()).then_some(Value::Object(merged)), errors)
}
