//! Operations on values of a known shape.
//!
//! In: JSON and its [`Shape`]. Out: what is wrong with it, its fields as a set, the difference or the merger of two values.
//! Whatever Go does in a random order is done in the order of names here.
//! Source: `sigs.k8s.io/structured-merge-diff/typed`.

mod compare;
mod error;
mod item;
mod merge;
mod merge_list;
mod reconcile;
mod remove;
mod to_set;
mod validate;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) use compare::Comparison;
pub(crate) use error::Errors;
pub(crate) use merge::merge;
pub(crate) use reconcile::reconcile;
pub(crate) use remove::remove;
pub(crate) use to_set::to_set;
pub(crate) use validate::{Duplicates, validate};

/// The old and the new of one member.
type Pair<'a> = (Option<&'a Value>, Option<&'a Value>);

/// The members of two objects by their names.
fn members<'a>(old: Option<&'a Value>, new: Option<&'a Value>) -> BTreeMap<&'a str, Pair<'a>> {
    let mut all: BTreeMap<&str, Pair<'_>> = BTreeMap::new();
    for (name, value) in object(old).into_iter().flatten() {
        all.entry(name).or_default().0 = Some(value);
    }
    for (name, value) in object(new).into_iter().flatten() {
        all.entry(name).or_default().1 = Some(value);
    }
    all
}

fn object(value: Option<&Value>) -> Option<&Map<String, Value>> {
    value.and_then(Value::as_object)
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
