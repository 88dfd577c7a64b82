//! `+ - * / %` and the negative.

use super::{Function, Overload};
use crate::{
    cost::{self, Cost},
    fault::{Fault, Outcome},
    operator,
    value::{Arena, Duration, Value},
};

const BY_TEXT: Cost = cost::CONCATENATION;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::built_in(
        operator::ADD,
        &[
            Overload::new("add_bytes", "_+_(bytes, bytes) -> bytes", add).costing(BY_TEXT),
            Overload::new("add_double", "_+_(double, double) -> double", add),
            Overload::new("add_duration_duration", "_+_(duration, duration) -> duration", add),
            Overload::new("add_duration_timestamp", "_+_(duration, timestamp) -> timestamp", add),
            Overload::new("add_timestamp_duration", "_+_(timestamp, duration) -> timestamp", add),
            Overload::new("add_int64", "_+_(int, int) -> int", add),
            Overload::new("add_list", "_+_(list(A), list(A)) -> list(A)", add),
            Overload::new("add_string", "_+_(string, string) -> string", add).costing(BY_TEXT),
            Overload::new("add_uint64", "_+_(uint, uint) -> uint", add),
        ],
    ),
    Function::built_in(
        operator::SUBTRACT,
        &[
            Overload::new("subtract_double", "_-_(double, double) -> double", subtract),
            Overload::new("subtract_duration_duration", "_-_(duration, duration) -> duration", subtract),
            Overload::new("subtract_int64", "_-_(int, int) -> int", subtract),
            Overload::new("subtract_timestamp_duration", "_-_(timestamp, duration) -> timestamp", subtract),
            Overload::new("subtract_timestamp_timestamp", "_-_(timestamp, timestamp) -> duration", subtract),
            Overload::new("subtract_uint64", "_-_(uint, uint) -> uint", subtract),
        ],
    ),
    Function::built_in(
        operator::MULTIPLY,
        &[
            Overload::new("multiply_double", "_*_(double, double) -> double", multiply),
            Overload::new("multiply_int64", "_*_(int, int) -> int", multiply),
            Overload::new("multiply_uint64", "_*_(uint, uint) -> uint", multiply),
        ],
    ),
    Function::built_in(
        operator::DIVIDE,
        &[
            Overload::new("divide_double", "_/_(double, double) -> double", divide),
            Overload::new("divide_int64", "_/_(int, int) -> int", divide),
            Overload::new("divide_uint64", "_/_(uint, uint) -> uint", divide),
        ],
    ),
    Function::built_in(
        operator::MODULO,
        &[
            Overload::new("modulo_int64", "_%_(int, int) -> int", modulo),
            Overload::new("modulo_uint64", "_%_(uint, uint) -> uint", modulo),
        ],
    ),
    Function::built_in(
        operator::NEGATE,
        &[
            Overload::new("negate_double", "-_(double) -> double", negate),
            Overload::new("negate_int64", "-_(int) -> int", negate),
        ],
    ),
];

const DIVISION_BY_ZERO: Fault<'static> = Fault::plain("division by zero");
const MODULUS_BY_ZERO: Fault<'static> = Fault::plain("modulus by zero");

/// The error of an operator whose left side has no such operation at all.
fn no_operation<'a>(arena: &'a Arena, operator: &str, left: Value<'a>) -> Outcome<'a> {
    if left.has_methods() {
        return Err(Fault::NO_SUCH_OVERLOAD);
    }
    Err(Fault::new(arena, &format!("no such overload: {operator}")))
}

/// `a + b`, whatever the two values are.
///
/// # Errors
///
/// They cannot be added, or the sum is out of range.
pub fn add<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    match (arguments[0], arguments[1]) {
        (Value::Int(a), Value::Int(b)) => a.checked_add(b).map(Value::Int).ok_or(Fault::INT_OVERFLOW),
        (Value::Uint(a), Value::Uint(b)) => a.checked_add(b).map(Value::Uint).ok_or(Fault::UINT_OVERFLOW),
        (Value::Double(a), Value::Double(b)) => Ok(Value::Double(a + b)),
        (Value::String(a), Value::String(b)) => Ok(Value::String(arena.text(&[a, b].concat()))),
        (Value::Bytes(a), Value::Bytes(b)) => Ok(Value::Bytes(arena.bytes(&[a, b].concat()))),
        (Value::List(a), Value::List(b)) => a.join(b, arena).map(Value::List),
        (Value::Duration(a), Value::Duration(b)) => duration(a.nanoseconds.checked_add(b.nanoseconds)),
        (Value::Duration(a), Value::Timestamp(b)) | (Value::Timestamp(b), Value::Duration(a)) => {
            b.plus(a).map(Value::Timestamp).ok_or(Fault::TIMESTAMP_OVERFLOW)
        }
        (Value::Null | Value::Bool(_) | Value::Map(_) | Value::Type(_) | Value::Optional(_) | Value::Opaque(_), _) => {
            no_operation(arena, operator::ADD, arguments[0])
        }
        _ => Err(Fault::NO_SUCH_OVERLOAD),
    }
}

fn duration<'a>(nanoseconds: Option<i64>) -> Outcome<'a> {
    let nanoseconds = nanoseconds.ok_or(Fault::INT_OVERFLOW)?;
    Ok(Value::Duration(Duration { nanoseconds }))
}

fn subtract<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    match (arguments[0], arguments[1]) {
        (Value::Int(a), Value::Int(b)) => a.checked_sub(b).map(Value::Int).ok_or(Fault::INT_OVERFLOW),
        (Value::Uint(a), Value::Uint(b)) => a.checked_sub(b).map(Value::Uint).ok_or(Fault::UINT_OVERFLOW),
        (Value::Double(a), Value::Double(b)) => Ok(Value::Double(a - b)),
        (Value::Duration(a), Value::Duration(b)) => duration(a.nanoseconds.checked_sub(b.nanoseconds)),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.since(b).map(Value::Duration).ok_or(Fault::INT_OVERFLOW),
        (Value::Timestamp(a), Value::Duration(b)) => {
            let nanoseconds = b.nanoseconds.checked_neg().ok_or(Fault::INT_OVERFLOW)?;
            a.plus(Duration { nanoseconds }).map(Value::Timestamp).ok_or(Fault::TIMESTAMP_OVERFLOW)
        }
        (Value::Int(_) | Value::Uint(_) | Value::Double(_) | Value::Duration(_) | Value::Timestamp(_), _) => {
            Err(Fault::NO_SUCH_OVERLOAD)
        }
        _ => no_operation(arena, operator::SUBTRACT, arguments[0]),
    }
}

fn multiply<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    match (arguments[0], arguments[1]) {
        (Value::Int(a), Value::Int(b)) => a.checked_mul(b).map(Value::Int).ok_or(Fault::INT_OVERFLOW),
        (Value::Uint(a), Value::Uint(b)) => a.checked_mul(b).map(Value::Uint).ok_or(Fault::UINT_OVERFLOW),
        (Value::Double(a), Value::Double(b)) => Ok(Value::Double(a * b)),
        (Value::Int(_) | Value::Uint(_) | Value::Double(_), _) => Err(Fault::NO_SUCH_OVERLOAD),
        _ => no_operation(arena, operator::MULTIPLY, arguments[0]),
    }
}

fn divide<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    match (arguments[0], arguments[1]) {
        (Value::Int(_), Value::Int(0)) | (Value::Uint(_), Value::Uint(0)) => Err(DIVISION_BY_ZERO),
        (Value::Int(a), Value::Int(b)) => a.checked_div(b).map(Value::Int).ok_or(Fault::INT_OVERFLOW),
        (Value::Uint(a), Value::Uint(b)) => Ok(Value::Uint(a / b)),
        (Value::Double(a), Value::Double(b)) => Ok(Value::Double(a / b)),
        (Value::Int(_) | Value::Uint(_) | Value::Double(_), _) => Err(Fault::NO_SUCH_OVERLOAD),
        _ => no_operation(arena, operator::DIVIDE, arguments[0]),
    }
}

fn modulo<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    match (arguments[0], arguments[1]) {
        (Value::Int(_), Value::Int(0)) | (Value::Uint(_), Value::Uint(0)) => Err(MODULUS_BY_ZERO),
        (Value::Int(a), Value::Int(b)) => a.checked_rem(b).map(Value::Int).ok_or(Fault::INT_OVERFLOW),
        (Value::Uint(a), Value::Uint(b)) => Ok(Value::Uint(a % b)),
        (Value::Int(_) | Value::Uint(_), _) => Err(Fault::NO_SUCH_OVERLOAD),
        _ => no_operation(arena, operator::MODULO, arguments[0]),
    }
}

fn negate<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments[0] {
        Value::Int(number) => number.checked_neg().map(Value::Int).ok_or(Fault::INT_OVERFLOW),
        Value::Double(number) => Ok(Value::Double(-number)),
        Value::Duration(a) => duration(a.nanoseconds.checked_neg()),
        Value::Bool(flag) => Ok(Value::Bool(!flag)),
        _ => no_operation(arena, operator::NEGATE, arguments[0]),
    }
}
