//! Functions of lists: cel-go's `lists` extension, version 3.

use std::cmp::Ordering;

use super::{Body, Function, Overload};
use crate::{
    cost::{self, Cost},
    fault::{Fault, Outcome},
    value::{Arena, List, Value, compare, has_order},
};

/// The most items that a function makes up.
const MOST_ITEMS: i64 = 16 << 20;

macro_rules! sorts {
    ($($kind:literal $id:literal),* $(,)?) => {
        (
            &[$(Overload::new(concat!("list_", $id, "_sort"), concat!("list(", $kind, ").sort() -> list(", $kind, ")"), sort)
                .costing(cost::SORT)),*],
            &[$(Overload::new(
                concat!("list_", $id, "_sortByAssociatedKeys"),
                concat!("list(T).@sortByAssociatedKeys(list(", $kind, ")) -> list(T)"),
                sort_by_keys,
            )
            .costing(cost::SORT_BY)),*],
        )
    };
}

const SORTS: (&[Overload], &[Overload]) = sorts!(
    "int" "int",
    "uint" "uint",
    "double" "double",
    "bool" "bool",
    "duration" "google.protobuf.Duration",
    "timestamp" "google.protobuf.Timestamp",
    "string" "string",
    "bytes" "bytes",
);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("slice", &[overload("list_slice", "list(T).slice(int, int) -> list(T)", slice, cost::SLICE)]),
    Function::built_in(
        "flatten",
        &[
            overload("list_flatten", "list(list(T)).flatten() -> list(T)", flatten, cost::FLATTEN),
            overload("list_flatten_int", "list(dyn).flatten(int) -> list(dyn)", flatten, cost::FLATTEN),
        ],
    ),
    Function::new("sort", SORTS.0),
    Function::new("@sortByAssociatedKeys", SORTS.1),
    Function::new("lists.range", &[overload("lists_range", "lists.range(int) -> list(int)", range, cost::RANGE)]),
    Function::new("reverse", &[overload("list_reverse", "list(T).reverse() -> list(T)", reverse, cost::REVERSE)]),
    Function::new("distinct", &[overload("list_distinct", "list(T).distinct() -> list(T)", distinct, cost::DISTINCT)]),
];

const fn overload(id: &'static str, signature: &'static str, body: Body, cost: Cost) -> Overload {
    Overload::new(id, signature, body).costing(cost)
}

fn list<'a>(arena: &'a Arena, items: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::List(List::Values(arena.values(items))))
}

fn slice<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (items, start, end) = (arguments[0].list()?, arguments[1].int()?, arguments[2].int()?);
    let refused = |why: &str| Err(Fault::new(arena, &format!("cannot slice({start}, {end}), {why}")));
    let (Ok(from), Ok(to)) = (usize::try_from(start), usize::try_from(end)) else {
        return refused("negative indexes not supported");
    };
    if from > to {
        return refused("start index must be less than or equal to end index");
    }
    if items.len() < to {
        return refused(&format!("list is length {}", items.len()));
    }
    let sliced: Vec<_> = items.iter(arena).skip(from).take(to - from).collect::<Outcome<_>>()?;
    list(arena, &sliced)
}

fn flatten<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let depth = arguments.get(1).map_or(Ok(1), |depth| depth.int())?;
    if depth < 0 {
        return Err(Fault::plain("level must be non-negative"));
    }
    let mut flat = Vec::new();
    flatten_into(&mut flat, arguments[0].list()?, depth, arena)?;
    list(arena, &flat)
}

fn flatten_into<'a>(flat: &mut Vec<Value<'a>>, items: List<'a>, depth: i64, arena: &'a Arena) -> Outcome<'a, ()> {
    for item in items.iter(arena) {
        match item? {
            Value::List(inner) if depth > 0 => flatten_into(flat, inner, depth - 1, arena)?,
            item => flat.push(item),
        }
    }
    Ok(())
}

fn sort<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    sort_by_keys(arena, &[arguments[0], arguments[0]])
}

fn sort_by_keys<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (items, keys) = (arguments[0].list()?, arguments[1].list()?);
    if items.len() != keys.len() {
        let message = format!(
            "@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got {} and {} \
             elements respectively",
            items.len(),
            keys.len()
        );
        return Err(Fault::new(arena, &message));
    }
    let Some(first) = keys.get(0, arena)? else { return Ok(arguments[0]) };
    if !has_order(first) {
        return Err(Fault::plain("list elements must be comparable"));
    }
    let mut sorted: Vec<_> = keys.items(arena)?.into_iter().zip(items.items(arena)?).collect();
    if sorted.len() > 1 && sorted.iter().any(|(key, _)| key.type_name() != first.type_name()) {
        return Err(Fault::plain("list elements must have the same type"));
    }
    sorted.sort_by(|(a, _), (b, _)| compare(*a, *b).ok().flatten().unwrap_or(Ordering::Equal));
    let sorted: Vec<_> = sorted.into_iter().map(|(_, item)| item).collect();
    list(arena, &sorted)
}

fn range<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let count = arguments[0].int()?;
    if count > MOST_ITEMS {
        return Err(Fault::OVER_BUDGET);
    }
    let numbers: Vec<_> = (0..count).map(Value::Int).collect();
    list(arena, &numbers)
}

fn reverse<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let mut items = arguments[0].list()?.items(arena)?;
    items.reverse();
    list(arena, &items)
}

fn distinct<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let mut kept: Vec<Value<'a>> = Vec::new();
    for item in arguments[0].list()?.items(arena)? {
        if !kept.iter().any(|other| item.equals(*other, arena) == Ok(true)) {
            kept.push(item);
        }
    }
    list(arena, &kept)
}
