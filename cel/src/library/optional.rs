//! Values that may be missing: cel-go's optional types, version 2.

use super::{Function, Overload};
use crate::{
    fault::{Fault, Outcome},
    operator,
    value::{Arena, List, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("optional.of", &[Overload::new("optional_of", "optional.of(V) -> optional(V)", of)]),
    Function::new(
        "optional.ofNonZeroValue",
        &[Overload::new("optional_ofNonZeroValue", "optional.ofNonZeroValue(V) -> optional(V)", of_non_zero)],
    ),
    Function::new("optional.none", &[Overload::new("optional_none", "optional.none() -> optional(V)", none)]),
    Function::new(
        "optional.unwrap",
        &[Overload::new("optional_unwrap", "optional.unwrap(list(optional(V))) -> list(V)", unwrap)],
    ),
    Function::new(
        "unwrapOpt",
        &[Overload::new("optional_unwrapOpt", "list(optional(V)).unwrapOpt() -> list(V)", unwrap)],
    ),
    Function::new("value", &[Overload::new("optional_value", "optional(V).value() -> V", value)]),
    Function::new("hasValue", &[Overload::new("optional_hasValue", "optional(V).hasValue() -> bool", has_value)]),
    Function::new("or", &[Overload::built_in("optional_or_optional", "optional(V).or(optional(V)) -> optional(V)")]),
    Function::new("orValue", &[Overload::built_in("optional_orValue_value", "optional(V).orValue(V) -> V")]),
    Function::new("first", &[Overload::new("list_first", "list(V).first() -> optional(V)", first)]),
    Function::new("last", &[Overload::new("list_last", "list(V).last() -> optional(V)", last)]),
    Function::new(
        operator::OPTIONAL_SELECT,
        &[Overload::built_in("select_optional_field", "_?._(dyn, string) -> optional(V)")],
    ),
    Function::new(
        operator::OPTIONAL_INDEX,
        &[
            Overload::built_in("list_optindex_optional_int", "_[?_](list(V), int) -> optional(V)"),
            Overload::built_in("optional_list_optindex_optional_int", "_[?_](optional(list(V)), int) -> optional(V)"),
            Overload::built_in("map_optindex_optional_value", "_[?_](map(K, V), K) -> optional(V)"),
            Overload::built_in("optional_map_optindex_optional_value", "_[?_](optional(map(K, V)), K) -> optional(V)"),
        ],
    ),
];

fn of<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(arguments[0].some(arena))
}

fn of_non_zero<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    if arguments[0].is_zero() { Ok(Value::Optional(None)) } else { Ok(arguments[0].some(arena)) }
}

fn none<'a>(_: &'a Arena, _: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Optional(None))
}

fn value<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments[0] {
        Value::Optional(Some(value)) => Ok(*value),
        Value::Optional(None) => Err(Fault::plain("optional.none() dereference")),
        _ => Err(Fault::NO_SUCH_OVERLOAD),
    }
}

fn has_value<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments[0] {
        Value::Optional(value) => Ok(Value::Bool(value.is_some())),
        _ => Err(Fault::NO_SUCH_OVERLOAD),
    }
}

fn unwrap<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let mut values = Vec::new();
    for item in arguments[0].list()?.iter(arena) {
        match item? {
            Value::Optional(value) => values.extend(value.copied()),
            other => return Err(Fault::new(arena, &format!("value {other} is not optional"))),
        }
    }
    Ok(Value::List(List::Values(arena.values(&values))))
}

fn end<'a>(arena: &'a Arena, list: List<'a>, index: Option<usize>) -> Outcome<'a> {
    let item = index.map_or(Ok(None), |index| list.get(index, arena))?;
    Ok(item.map_or(Value::Optional(None), |item| item.some(arena)))
}

fn first<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    end(arena, arguments[0].list()?, Some(0))
}

fn last<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let list = arguments[0].list()?;
    end(arena, list, list.len().checked_sub(1))
}
