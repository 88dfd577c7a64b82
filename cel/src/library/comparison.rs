//! Equality, order, membership, logic, selection and size: what the language itself is made of.

use std::cmp::Ordering;

use super::{Function, Overload};
use crate::{
    cost::{self, Cost},
    fault::{Fault, Outcome},
    operator, re2,
    value::{Arena, Value, compare, has_order},
};

const BY_TEXT: Cost = cost::COMPARISON;

macro_rules! order {
    ($name:expr, $body:ident, $prefix:literal, $operator:literal) => {
        Function::built_in(
            $name,
            &[
                Overload::new(concat!($prefix, "_bool"), concat!($operator, "(bool, bool) -> bool"), $body),
                Overload::new(concat!($prefix, "_int64"), concat!($operator, "(int, int) -> bool"), $body),
                Overload::new(concat!($prefix, "_int64_double"), concat!($operator, "(int, double) -> bool"), $body),
                Overload::new(concat!($prefix, "_int64_uint64"), concat!($operator, "(int, uint) -> bool"), $body),
                Overload::new(concat!($prefix, "_uint64"), concat!($operator, "(uint, uint) -> bool"), $body),
                Overload::new(concat!($prefix, "_uint64_double"), concat!($operator, "(uint, double) -> bool"), $body),
                Overload::new(concat!($prefix, "_uint64_int64"), concat!($operator, "(uint, int) -> bool"), $body),
                Overload::new(concat!($prefix, "_double"), concat!($operator, "(double, double) -> bool"), $body),
                Overload::new(concat!($prefix, "_double_int64"), concat!($operator, "(double, int) -> bool"), $body),
                Overload::new(concat!($prefix, "_double_uint64"), concat!($operator, "(double, uint) -> bool"), $body),
                Overload::new(concat!($prefix, "_string"), concat!($operator, "(string, string) -> bool"), $body)
                    .costing(BY_TEXT),
                Overload::new(concat!($prefix, "_bytes"), concat!($operator, "(bytes, bytes) -> bool"), $body)
                    .costing(BY_TEXT),
                Overload::new(
                    concat!($prefix, "_timestamp"),
                    concat!($operator, "(timestamp, timestamp) -> bool"),
                    $body,
                ),
                Overload::new(concat!($prefix, "_duration"), concat!($operator, "(duration, duration) -> bool"), $body),
            ],
        )
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function::built_in(operator::CONDITIONAL, &[Overload::built_in("conditional", "_?_:_(bool, A, A) -> A")]),
    Function::built_in(operator::AND, &[Overload::built_in("logical_and", "_&&_(bool, bool) -> bool")]),
    Function::built_in(operator::OR, &[Overload::built_in("logical_or", "_||_(bool, bool) -> bool")]),
    Function::built_in(operator::NOT, &[Overload::new("logical_not", "!_(bool) -> bool", not)]),
    Function::built_in(
        operator::NOT_STRICTLY_FALSE,
        &[Overload::built_in("not_strictly_false", "@not_strictly_false(bool) -> bool")],
    ),
    Function::built_in(operator::EQUAL, &[Overload::built_in("equals", "_==_(A, A) -> bool").costing(cost::EQUALITY)]),
    Function::built_in(operator::NOT_EQUAL, &[Overload::built_in("not_equals", "_!=_(A, A) -> bool").costing(BY_TEXT)]),
    order!(operator::LESS, less, "less", "_<_"),
    order!(operator::LESS_EQUAL, less_equal, "less_equals", "_<=_"),
    order!(operator::GREATER, greater, "greater", "_>_"),
    order!(operator::GREATER_EQUAL, greater_equal, "greater_equals", "_>=_"),
    Function::built_in(
        operator::INDEX,
        &[
            Overload::built_in("index_list", "_[_](list(A), int) -> A"),
            Overload::built_in("index_map", "_[_](map(A, B), A) -> B"),
            Overload::built_in("optional_list_index_int", "_[_](optional(list(V)), int) -> optional(V)"),
            Overload::built_in("optional_map_index_value", "_[_](optional(map(K, V)), K) -> optional(V)"),
        ],
    ),
    Function::built_in(
        operator::IN,
        &[
            Overload::new("in_list", "@in(A, list(A)) -> bool", within).costing(cost::MEMBERSHIP),
            Overload::new("in_map", "@in(A, map(A, B)) -> bool", within),
        ],
    ),
    Function::built_in(
        "size",
        &[
            Overload::new("size_bytes", "size(bytes) -> int", size),
            Overload::new("bytes_size", "bytes.size() -> int", size),
            Overload::new("size_list", "size(list(A)) -> int", size),
            Overload::new("list_size", "list(A).size() -> int", size),
            Overload::new("size_map", "size(map(A, B)) -> int", size),
            Overload::new("map_size", "map(A, B).size() -> int", size),
            Overload::new("size_string", "size(string) -> int", size),
            Overload::new("string_size", "string.size() -> int", size),
        ],
    ),
    Function::built_in(
        "matches",
        &[
            Overload::new("matches", "matches(string, string) -> bool", matches),
            Overload::new("matches_string", "string.matches(string) -> bool", matches).costing(cost::PATTERN_MATCH),
        ],
    ),
    Function::built_in(
        "contains",
        &[Overload::new("contains_string", "string.contains(string) -> bool", contains).costing(cost::SEARCH)],
    ),
    Function::built_in(
        "startsWith",
        &[Overload::new("starts_with_string", "string.startsWith(string) -> bool", starts_with).costing(cost::AFFIX)],
    ),
    Function::built_in(
        "endsWith",
        &[Overload::new("ends_with_string", "string.endsWith(string) -> bool", ends_with).costing(cost::AFFIX)],
    ),
];

fn not<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(!arguments[0].bool()?))
}

fn ordered<'a>(
    arena: &'a Arena,
    arguments: &[Value<'a>],
    operator: &str,
    accepts: impl Fn(Ordering) -> bool,
) -> Outcome<'a> {
    match compare(arguments[0], arguments[1])? {
        Some(order) => Ok(Value::Bool(accepts(order))),
        None if has_order(arguments[0]) => Err(Fault::NO_SUCH_OVERLOAD),
        None => Err(Fault::new(arena, &format!("no such overload: {operator}"))),
    }
}

fn less<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    ordered(arena, arguments, operator::LESS, Ordering::is_lt)
}

fn less_equal<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    ordered(arena, arguments, operator::LESS_EQUAL, Ordering::is_le)
}

fn greater<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    ordered(arena, arguments, operator::GREATER, Ordering::is_gt)
}

fn greater_equal<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    ordered(arena, arguments, operator::GREATER_EQUAL, Ordering::is_ge)
}

fn within<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments[1] {
        Value::List(list) => list.contains(arguments[0], arena).map(Value::Bool),
        Value::Map(map) => Ok(Value::Bool(map.get(arguments[0], arena)?.is_some())),
        _ => Err(Fault::NO_SUCH_OVERLOAD),
    }
}

fn size<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let size = match arguments[0] {
        Value::Opaque(_) => None,
        other => other.size(),
    };
    match size.map(i64::try_from) {
        Some(Ok(size)) => Ok(Value::Int(size)),
        _ if arguments[0].has_methods() => Err(Fault::NO_SUCH_OVERLOAD),
        _ => Err(Fault::new(arena, "no such overload: size")),
    }
}

fn matches<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (text, pattern) = (arguments[0].string()?, arguments[1].string()?);
    let pattern = re2::cached(pattern).map_err(|error| Fault::new(arena, &error.to_string()))?;
    Ok(Value::Bool(pattern.is_match(text)))
}

fn contains<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(arguments[0].string()?.contains(arguments[1].string()?)))
}

fn starts_with<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(arguments[0].string()?.starts_with(arguments[1].string()?)))
}

fn ends_with<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(arguments[0].string()?.ends_with(arguments[1].string()?)))
}
