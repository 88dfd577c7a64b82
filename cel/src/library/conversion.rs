//! Conversions between types: `int(x)`, `string(x)`, `timestamp(x)`, `dyn(x)`, `type(x)`.

use super::{Body, Function, Overload};
use crate::{
    cost,
    fault::{Fault, Outcome},
    go,
    value::{
        Arena, Duration, NoTimestamp, Timestamp, Value, parse_duration, parse_timestamp, truncated_int, truncated_uint,
    },
};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "bool",
        &[
            Overload::new("bool_to_bool", "bool(bool) -> bool", same),
            Overload::new("string_to_bool", "bool(string) -> bool", to_bool),
        ],
    ),
    Function::new(
        "bytes",
        &[
            Overload::new("bytes_to_bytes", "bytes(bytes) -> bytes", same),
            Overload::new("string_to_bytes", "bytes(string) -> bytes", to_bytes).costing(cost::TEXT_TO_BYTES),
        ],
    ),
    Function::new(
        "double",
        &[
            Overload::new("double_to_double", "double(double) -> double", same),
            Overload::new("int64_to_double", "double(int) -> double", to_double),
            Overload::new("string_to_double", "double(string) -> double", to_double),
            Overload::new("uint64_to_double", "double(uint) -> double", to_double),
        ],
    ),
    Function::new(
        "duration",
        &[
            Overload::new("duration_to_duration", "duration(duration) -> duration", same),
            Overload::new("int64_to_duration", "duration(int) -> duration", to_duration),
            Overload::new("string_to_duration", "duration(string) -> duration", to_duration),
        ],
    ),
    Function::new("dyn", &[Overload::new("to_dyn", "dyn(A) -> dyn", same)]),
    Function::new(
        "int",
        &[
            Overload::new("int64_to_int64", "int(int) -> int", same),
            Overload::new("double_to_int64", "int(double) -> int", to_int),
            Overload::new("duration_to_int64", "int(duration) -> int", to_int),
            Overload::new("string_to_int64", "int(string) -> int", to_int),
            Overload::new("timestamp_to_int64", "int(timestamp) -> int", to_int),
            Overload::new("uint64_to_int64", "int(uint) -> int", to_int),
        ],
    ),
    Function::new(
        "string",
        &[
            Overload::new("string_to_string", "string(string) -> string", same),
            Overload::new("bool_to_string", "string(bool) -> string", to_string),
            Overload::new("bytes_to_string", "string(bytes) -> string", to_string).costing(cost::BYTES_TO_TEXT),
            Overload::new("double_to_string", "string(double) -> string", to_string),
            Overload::new("duration_to_string", "string(duration) -> string", to_string),
            Overload::new("int64_to_string", "string(int) -> string", to_string),
            Overload::new("timestamp_to_string", "string(timestamp) -> string", to_string),
            Overload::new("uint64_to_string", "string(uint) -> string", to_string),
        ],
    ),
    Function::new(
        "timestamp",
        &[
            Overload::new("timestamp_to_timestamp", "timestamp(timestamp) -> timestamp", same),
            Overload::new("int64_to_timestamp", "timestamp(int) -> timestamp", to_timestamp),
            Overload::new("string_to_timestamp", "timestamp(string) -> timestamp", to_timestamp),
        ],
    ),
    Function::new("type", &[Overload::new("type", "type(A) -> type(A)", type_of)]),
    Function::new(
        "uint",
        &[
            Overload::new("uint64_to_uint64", "uint(uint) -> uint", same),
            Overload::new("double_to_uint64", "uint(double) -> uint", to_uint),
            Overload::new("int64_to_uint64", "uint(int) -> uint", to_uint),
            Overload::new("string_to_uint64", "uint(string) -> uint", to_uint),
        ],
    ),
];

/// Calls the conversion of a name.
pub(crate) fn convert<'a>(arena: &'a Arena, name: &str, value: Value<'a>) -> Outcome<'a> {
    let (target, body): (_, Body) = match name {
        "duration" => ("google.protobuf.Duration", to_duration),
        _ => ("google.protobuf.Timestamp", to_timestamp),
    };
    if value.type_name() == target { Ok(value) } else { body(arena, &[value]) }
}

/// Whether a function is a conversion, which is done before any evaluation if its argument is a constant.
pub(crate) fn is_conversion(name: &str) -> bool {
    matches!(name, "bool" | "bytes" | "double" | "duration" | "dyn" | "int" | "string" | "timestamp" | "type" | "uint")
}

fn impossible<'a, T>(arena: &'a Arena, value: Value<'a>, target: &str) -> Outcome<'a, T> {
    Err(Fault::new(arena, &format!("type conversion error from '{}' to '{target}'", value.type_name())))
}

fn same<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(arguments[0])
}

fn type_of<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Type(arguments[0].type_name()))
}

fn to_bool<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments[0] {
        Value::String("1" | "t" | "T" | "TRUE" | "true" | "True") => Ok(Value::Bool(true)),
        Value::String("0" | "f" | "F" | "FALSE" | "false" | "False") => Ok(Value::Bool(false)),
        other => impossible(arena, other, "bool"),
    }
}

fn to_bytes<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments[0] {
        Value::String(text) => Ok(Value::Bytes(text.as_bytes())),
        other => impossible(arena, other, "bytes"),
    }
}

#[allow(clippy::cast_precision_loss)] // What the conversion is.
fn to_double<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let number = match arguments[0] {
        Value::Int(number) => Some(number as f64),
        Value::Uint(number) => Some(number as f64),
        Value::String(text) => go::parse_float(text),
        _ => None,
    };
    number.map(Value::Double).map_or_else(|| impossible(arena, arguments[0], "double"), Ok)
}

fn to_duration<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let found = arguments[0].string().ok().and_then(parse_duration);
    found.map(Value::Duration).map_or_else(|| impossible(arena, arguments[0], "google.protobuf.Duration"), Ok)
}

fn to_timestamp<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let found = match arguments[0] {
        Value::Int(seconds) => Timestamp::new(seconds, 0, 0).ok_or(NoTimestamp::OutOfRange),
        Value::String(text) => parse_timestamp(text),
        _ => Err(NoTimestamp::Malformed),
    };
    match found {
        Ok(time) => Ok(Value::Timestamp(time)),
        Err(NoTimestamp::OutOfRange) => Err(Fault::TIMESTAMP_OVERFLOW),
        Err(NoTimestamp::Malformed) => impossible(arena, arguments[0], "google.protobuf.Timestamp"),
    }
}

fn to_int<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let number = match arguments[0] {
        Value::Double(number) => truncated_int(number).ok_or(Fault::INT_OVERFLOW)?,
        Value::Uint(number) => i64::try_from(number).map_err(|_| Fault::INT_OVERFLOW)?,
        Value::Duration(Duration { nanoseconds }) => nanoseconds,
        Value::Timestamp(time) => time.seconds,
        Value::String(text) => match text.parse() {
            Ok(number) => number,
            Err(_) => return impossible(arena, arguments[0], "int"),
        },
        other => return impossible(arena, other, "int"),
    };
    Ok(Value::Int(number))
}

fn to_uint<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let number = match arguments[0] {
        Value::Double(number) => truncated_uint(number).ok_or(Fault::UINT_OVERFLOW)?,
        Value::Int(number) => u64::try_from(number).map_err(|_| Fault::UINT_OVERFLOW)?,
        // Go takes no sign here.
        Value::String(text) => match text.parse() {
            Ok(number) if !text.starts_with('+') => number,
            _ => return impossible(arena, arguments[0], "uint"),
        },
        other => return impossible(arena, other, "uint"),
    };
    Ok(Value::Uint(number))
}

pub(super) fn to_string<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let text = match arguments[0] {
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Double(number) => go::float(number),
        Value::Duration(duration) => duration.text(),
        Value::Timestamp(time) => time.rfc3339(),
        Value::Null => "null".to_owned(),
        Value::Type(name) => name.to_owned(),
        Value::String(text) => return Ok(Value::String(text)),
        Value::Bytes(bytes) => {
            const INVALID: Fault<'static> = Fault::plain("invalid UTF-8 in bytes, cannot convert to string");
            return std::str::from_utf8(bytes).map(Value::String).map_err(|_| INVALID);
        }
        other => return impossible(arena, other, "string"),
    };
    Ok(Value::String(arena.text(&text)))
}
