//! `isSorted`, `sum`, `max`, `min`, `indexOf` and `lastIndexOf` of lists.

use std::cmp::Ordering;

use crdgen_cel::{Arena, Duration, Fault, Function, Outcome, Overload, Value, costs::TRAVERSAL, functions};

macro_rules! of_lists {
    ($body:ident, $function:literal, $($kind:literal => $result:literal, $id:literal;)*) => {
        Function::costing(
            $function,
            TRAVERSAL,
            &[$(Overload::new($id, concat!("list(", $kind, ").", $function, "() -> ", $result), $body)),*],
        )
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    of_lists!(is_sorted, "isSorted",
        "int" => "bool", "list_int_is_sorted_bool";
        "uint" => "bool", "list_uint_is_sorted_bool";
        "double" => "bool", "list_double_is_sorted_bool";
        "bool" => "bool", "list_bool_is_sorted_bool";
        "duration" => "bool", "list_duration_is_sorted_bool";
        "timestamp" => "bool", "list_timestamp_is_sorted_bool";
        "string" => "bool", "list_string_is_sorted_bool";
        "bytes" => "bool", "list_bytes_is_sorted_bool";
    ),
    Function::costing(
        "sum",
        TRAVERSAL,
        &[
            Overload::new("list_int_sum_int", "list(int).sum() -> int", sum_of_ints),
            Overload::new("list_uint_sum_uint", "list(uint).sum() -> uint", sum_of_uints),
            Overload::new("list_double_sum_double", "list(double).sum() -> double", sum_of_doubles),
            Overload::new("list_duration_sum_duration", "list(duration).sum() -> duration", sum_of_durations),
        ],
    ),
    of_lists!(max, "max",
        "int" => "int", "list_int_max_int";
        "uint" => "uint", "list_uint_max_uint";
        "double" => "double", "list_double_max_double";
        "bool" => "bool", "list_bool_max_bool";
        "duration" => "duration", "list_duration_max_duration";
        "timestamp" => "timestamp", "list_timestamp_max_timestamp";
        "string" => "string", "list_string_max_string";
        "bytes" => "bytes", "list_bytes_max_bytes";
    ),
    of_lists!(min, "min",
        "int" => "int", "list_int_min_int";
        "uint" => "uint", "list_uint_min_uint";
        "double" => "double", "list_double_min_double";
        "bool" => "bool", "list_bool_min_bool";
        "duration" => "duration", "list_duration_min_duration";
        "timestamp" => "timestamp", "list_timestamp_min_timestamp";
        "string" => "string", "list_string_min_string";
        "bytes" => "bytes", "list_bytes_min_bytes";
    ),
    Function::costing(
        "indexOf",
        TRAVERSAL,
        &[Overload::new("list_a_index_of_int", "list(A).indexOf(A) -> int", index_of)],
    ),
    Function::costing(
        "lastIndexOf",
        TRAVERSAL,
        &[Overload::new("list_a_last_index_of_int", "list(A).lastIndexOf(A) -> int", last_index_of)],
    ),
];

fn is_sorted<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let mut before = None;
    for item in arguments[0].list()?.items(arena)? {
        if !functions::has_order(item) {
            return Err(Fault::NO_SUCH_OVERLOAD);
        }
        // What cannot be compared, such as NaN, is not out of order.
        if before.is_some_and(|before| matches!(functions::compare(before, item), Ok(Some(Ordering::Greater)))) {
            return Ok(Value::Bool(false));
        }
        before = Some(item);
    }
    Ok(Value::Bool(true))
}

fn sum<'a>(arena: &'a Arena, list: Value<'a>, zero: Value<'a>) -> Outcome<'a> {
    list.list()?.iter(arena).try_fold(zero, |sum, item| functions::add(arena, &[sum, item?]))
}

fn sum_of_ints<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    sum(arena, arguments[0], Value::Int(0))
}

fn sum_of_uints<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    sum(arena, arguments[0], Value::Uint(0))
}

fn sum_of_doubles<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    sum(arena, arguments[0], Value::Double(0.0))
}

fn sum_of_durations<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    sum(arena, arguments[0], Value::Duration(Duration { nanoseconds: 0 }))
}

/// The first item that no other is `better` than.
fn best<'a>(arena: &'a Arena, list: Value<'a>, name: &str, better: Ordering) -> Outcome<'a> {
    let mut best = None;
    for item in list.list()?.items(arena)? {
        if !functions::has_order(item) {
            return Err(Fault::NO_SUCH_OVERLOAD);
        }
        best = match best {
            Some(before) if functions::compare(item, before) != Ok(Some(better)) => Some(before),
            _ => Some(item),
        };
    }
    best.ok_or_else(|| Fault::new(arena, &format!("{name} called on empty list")))
}

fn max<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    best(arena, arguments[0], "max", Ordering::Greater)
}

fn min<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    best(arena, arguments[0], "min", Ordering::Less)
}

fn position<'a>(found: Option<usize>) -> Value<'a> {
    Value::Int(found.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1))
}

fn index_of<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let is_it = |item: Outcome<'a>| item.and_then(|item| item.equals(arguments[1], arena)) == Ok(true);
    Ok(position(arguments[0].list()?.iter(arena).position(is_it)))
}

fn last_index_of<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let is_it = |item: Outcome<'a>| item.and_then(|item| item.equals(arguments[1], arena)) == Ok(true);
    let found = arguments[0].list()?.iter(arena).enumerate().filter(|(_, item)| is_it(*item));
    Ok(position(found.last().map(|(index, _)| index)))
}
