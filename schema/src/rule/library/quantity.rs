//! Quantities: `quantity("1.5Gi").isLessThan(quantity("2Gi"))`.

use std::cmp::Ordering;

use crdgen_cel::{Arena, Fault, Function, Opaque, OpaqueKind, Outcome, Overload, Value, costs::ONE};

use super::{READS_TEXT, no_overload};
use crate::quantity::{Decimal, Malformed};

const KIND: OpaqueKind = OpaqueKind {
    name: "kubernetes.Quantity",
    size: None,
    equal: Some(|a, b| decimal(a).compare(&decimal(b)) == Some(Ordering::Equal)),
};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::costing(
        "quantity",
        READS_TEXT,
        &[Overload::new("string_to_quantity", "quantity(string) -> kubernetes.Quantity", quantity)],
    ),
    Function::costing(
        "isQuantity",
        READS_TEXT,
        &[Overload::new("is_quantity_string", "isQuantity(string) -> bool", is_quantity)],
    ),
    Function::costing("sign", ONE, &[Overload::new("quantity_sign", "sign(kubernetes.Quantity) -> int", sign)]),
    Function::costing(
        "isGreaterThan",
        ONE,
        &[Overload::new(
            "quantity_is_greater_than",
            "kubernetes.Quantity.isGreaterThan(kubernetes.Quantity) -> bool",
            is_greater,
        )],
    ),
    Function::costing(
        "isLessThan",
        ONE,
        &[Overload::new(
            "quantity_is_less_than",
            "kubernetes.Quantity.isLessThan(kubernetes.Quantity) -> bool",
            is_less,
        )],
    ),
    Function::costing(
        "compareTo",
        ONE,
        &[Overload::new(
            "quantity_compare_to",
            "kubernetes.Quantity.compareTo(kubernetes.Quantity) -> int",
            compare_to,
        )],
    ),
    Function::costing(
        "asApproximateFloat",
        ONE,
        &[Overload::new("quantity_get_float", "kubernetes.Quantity.asApproximateFloat() -> double", as_float)],
    ),
    Function::costing(
        "asInteger",
        ONE,
        &[Overload::new("quantity_get_int", "kubernetes.Quantity.asInteger() -> int", as_integer)],
    ),
    Function::costing(
        "isInteger",
        ONE,
        &[Overload::new("quantity_is_integer", "kubernetes.Quantity.isInteger() -> bool", is_integer)],
    ),
    Function::costing(
        "add",
        ONE,
        &[
            Overload::new("quantity_add", "kubernetes.Quantity.add(kubernetes.Quantity) -> kubernetes.Quantity", add),
            Overload::new("quantity_add_int", "kubernetes.Quantity.add(int) -> kubernetes.Quantity", add),
        ],
    ),
    Function::costing(
        "sub",
        ONE,
        &[
            Overload::new("quantity_sub", "kubernetes.Quantity.sub(kubernetes.Quantity) -> kubernetes.Quantity", sub),
            Overload::new("quantity_sub_int", "kubernetes.Quantity.sub(int) -> kubernetes.Quantity", sub),
        ],
    ),
];

/// A small number is its value and its scale; a large one has its digits as text.
fn value<'a>(arena: &'a Arena, number: &Decimal) -> Value<'a> {
    let parts = match number {
        Decimal::Small { value, scale } => [Value::Int(*value), Value::Int(i64::from(*scale))],
        Decimal::Large { digits, scale } => [Value::String(arena.text(&digits.to_string())), Value::Int(*scale)],
    };
    arena.opaque(Opaque { kind: &KIND, parts: arena.values(&parts) })
}

fn decimal(opaque: &Opaque<'_>) -> Decimal {
    match *opaque.parts {
        [Value::Int(value), Value::Int(scale)] => Decimal::Small { value, scale: i32::try_from(scale).unwrap_or(0) },
        [Value::String(digits), Value::Int(scale)] => {
            Decimal::Large { digits: digits.parse().unwrap_or_default(), scale }
        }
        _ => Decimal::from_int(0),
    }
}

fn number(value: Value<'_>) -> Outcome<'_, Decimal> {
    match value {
        Value::Opaque(opaque) if opaque.kind.name == KIND.name => Ok(decimal(opaque)),
        _ => no_overload(),
    }
}

fn number_or_int(value: Value<'_>) -> Outcome<'_, Decimal> {
    match value {
        Value::Int(value) => Ok(Decimal::from_int(value)),
        value => number(value),
    }
}

fn quantity<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    match Decimal::parse(arguments[0].string()?) {
        Ok(number) => Ok(value(arena, &number)),
        Err(Malformed::TooLarge) => Err(Fault::OVER_BUDGET),
        Err(malformed) => Err(Fault::plain(malformed.message())),
    }
}

fn is_quantity<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(!matches!(Decimal::parse(arguments[0].string()?), Err(Malformed::Format | Malformed::Suffix))))
}

fn sign<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Int(number(arguments[0])?.sign()))
}

fn ordering<'a>(arguments: &[Value<'a>]) -> Outcome<'a, Ordering> {
    number(arguments[0])?.compare(&number(arguments[1])?).ok_or(Fault::OVER_BUDGET)
}

fn is_greater<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(ordering(arguments)?.is_gt()))
}

fn is_less<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(ordering(arguments)?.is_lt()))
}

fn compare_to<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Int(ordering(arguments)? as i64))
}

fn as_float<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Double(number(arguments[0])?.as_float()))
}

fn as_integer<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let found = number(arguments[0])?.as_int();
    found.map(Value::Int).ok_or(Fault::plain("cannot convert value to integer"))
}

fn is_integer<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(number(arguments[0])?.as_int().is_some()))
}

fn add<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let sum = number(arguments[0])?.add(&number_or_int(arguments[1])?).ok_or(Fault::OVER_BUDGET)?;
    Ok(value(arena, &sum))
}

fn sub<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let rest = number(arguments[0])?.subtract(&number_or_int(arguments[1])?).ok_or(Fault::OVER_BUDGET)?;
    Ok(value(arena, &rest))
}
