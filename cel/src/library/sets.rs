//! Lists as sets: cel-go's `sets` extension.

use super::{Function, Overload};
use crate::{
    cost,
    fault::Outcome,
    value::{Arena, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "sets.contains",
        &[Overload::new("list_sets_contains_list", "sets.contains(list(T), list(T)) -> bool", contains)
            .costing(cost::SETS)],
    ),
    Function::new(
        "sets.equivalent",
        &[Overload::new("list_sets_equivalent_list", "sets.equivalent(list(T), list(T)) -> bool", equivalent)
            .costing(cost::EQUIVALENT_SETS)],
    ),
    Function::new(
        "sets.intersects",
        &[Overload::new("list_sets_intersects_list", "sets.intersects(list(T), list(T)) -> bool", intersects)
            .costing(cost::SETS)],
    ),
];

fn has_all<'a>(arena: &'a Arena, list: Value<'a>, items: Value<'a>) -> Outcome<'a, bool> {
    let (list, items) = (list.list()?, items.list()?);
    for item in items.iter(arena) {
        if !list.contains(item?, arena)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn contains<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(has_all(arena, arguments[0], arguments[1])?))
}

fn equivalent<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (a, b) = (arguments[0], arguments[1]);
    Ok(Value::Bool(has_all(arena, a, b)? && has_all(arena, b, a)?))
}

/// An item that fails is in no list.
fn intersects<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (a, b) = (arguments[0].list()?, arguments[1].list()?);
    let shared = |item: Outcome<'a>| item.and_then(|item| b.contains(item, arena)) == Ok(true);
    Ok(Value::Bool(a.iter(arena).any(shared)))
}
