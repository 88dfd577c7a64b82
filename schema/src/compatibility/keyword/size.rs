//! How many items and members there are.

use std::collections::BTreeSet;

use crate::{
    compatibility::{
        code::{Change, Subject},
        draft::{Draft, Weight},
    },
    schema::Schema,
};

/// What has changed about the number of items.
pub(super) fn items(old: &Schema, new: &Schema) -> Vec<Draft> {
    let least = least(Subject::MinItems, "items", old.constraints.min_items, new.constraints.min_items);
    let most = most(Subject::MaxItems, "items", old.constraints.max_items, new.constraints.max_items);
    least.into_iter().chain(most).collect()
}

/// What has changed about the number of members.
pub(super) fn members(old: &Schema, new: &Schema) -> Vec<Draft> {
    let least =
        least(Subject::MinProperties, "members", old.constraints.min_properties, new.constraints.min_properties)
            .map(|draft| settle(draft, new.constraints.min_properties.is_some_and(|least| required(old) >= least)));
    let most = most(Subject::MaxProperties, "members", old.constraints.max_properties, new.constraints.max_properties)
        .map(|draft| {
            settle(draft, new.constraints.max_properties.zip(declared(old)).is_some_and(|(most, all)| all <= most))
        });
    least.into_iter().chain(most).collect()
}

/// A limit that every object keeps anyway is safe.
fn settle(draft: Draft, is_kept: bool) -> Draft {
    if is_kept { Draft { weight: Weight::Safe, ..draft } } else { draft }
}

/// How many members every object has.
fn required(schema: &Schema) -> i64 {
    let names: BTreeSet<&String> = schema.required.iter().collect();
    i64::try_from(names.len()).unwrap_or(i64::MAX)
}

/// How many members an object has at most, if others are dropped.
fn declared(schema: &Schema) -> Option<i64> {
    let is_closed = !schema.properties.is_empty() && !schema.preserve_unknown_fields && !schema.embedded_resource;
    (is_closed && schema.additional_properties.is_none())
        .then(|| i64::try_from(schema.properties.len()).unwrap_or(i64::MAX))
}

/// What has changed about a lower limit.
pub(super) fn least(subject: Subject, what: &str, old: Option<i64>, new: Option<i64>) -> Option<Draft> {
    let (before, after) = (old.unwrap_or(0).max(0), new.unwrap_or(0).max(0));
    if old == new {
        return None;
    }
    let message = match (old, new) {
        (_, None) => format!("at least {before} {what} were wanted, and any number is allowed now"),
        (None, _) => format!("at least {after} {what} are wanted now"),
        _ => format!("at least {after} {what} are wanted now, not {before}"),
    };
    Some(draft(subject, message, [old, new], after > before))
}

/// What has changed about an upper limit.
pub(super) fn most(subject: Subject, what: &str, old: Option<i64>, new: Option<i64>) -> Option<Draft> {
    let (before, after) = (old.unwrap_or(i64::MAX), new.unwrap_or(i64::MAX));
    if old == new {
        return None;
    }
    let message = match (old, new) {
        (_, None) => format!("at most {before} {what} were allowed, and any number is allowed now"),
        (None, _) => format!("at most {after} {what} are allowed now"),
        _ => format!("at most {after} {what} are allowed now, not {before}"),
    };
    Some(draft(subject, message, [old, new], after < before))
}

/// A limit that came, went or moved.
pub(super) fn draft<T>(
    subject: Subject,
    message: impl Into<String>,
    [old, new]: [Option<T>; 2],
    is_tighter: bool,
) -> Draft {
    let change = match (old, new) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        _ if is_tighter => Change::Tightened,
        _ => Change::Loosened,
    };
    if is_tighter { Draft::suspect(subject, change, message) } else { Draft::safe(subject, change, message) }
}
