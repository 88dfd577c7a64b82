//! Which value is less: `<`, `sort()`, `max()`.

use std::cmp::Ordering;

use super::{Numeric, Value};
use crate::fault::{Fault, Outcome};

/// How two values of one type, or two numbers, compare; none if these types have no order.
///
/// # Errors
///
/// One of the values is NaN, or the types differ.
pub fn compare<'a>(a: Value<'a>, b: Value<'a>) -> Outcome<'a, Option<Ordering>> {
    let order = match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(&b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        (Value::Duration(a), Value::Duration(b)) => a.cmp(&b),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(&b),
        _ => match (Numeric::of(a), Numeric::of(b)) {
            (Some(a), Some(b)) => a.compare(b).ok_or(Fault::NAN)?,
            // A double looks at itself before it looks at the other value.
            _ if matches!(a, Value::Double(number) if number.is_nan()) => return Err(Fault::NAN),
            _ if has_order(a) => return Err(Fault::NO_SUCH_OVERLOAD),
            _ => return Ok(None),
        },
    };
    Ok(Some(order))
}

/// Whether values of this type can be compared with each other.
pub fn has_order(value: Value<'_>) -> bool {
    matches!(
        value,
        Value::Bool(_)
            | Value::Int(_)
            | Value::Uint(_)
            | Value::Double(_)
            | Value::String(_)
            | Value::Bytes(_)
            | Value::Duration(_)
            | Value::Timestamp(_)
    )
}
