//! JSON to protobuf.
//!
//! Go writes every field that is not a pointer, a list or a map, whether it is empty or not, in the order of the numbers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crdgen_schema::go::{Struct, Type};
use prost::encoding::{WireType, encode_key, encode_varint};
use serde_json::{Map, Value};

use super::layout::{Part, parts};
use super::time;
use crate::json;

/// The message of an object that is as its struct writes it.
pub(crate) fn message(object: &Value, of: &Struct) -> Vec<u8> {
    let mut out = Vec::new();
    members(&mut out, object.as_object(), of, &[]);
    out
}

fn members(out: &mut Vec<u8>, object: Option<&Map<String, Value>>, of: &Struct, within: &[u32]) {
    for (number, part) in parts(of, within) {
        match part {
            Part::Embedded(path) => nested(out, number, |out| members(out, object, of, path)),
            Part::Field(found) => {
                let member = object.and_then(|object| object.get(found.name));
                field(out, number, &found.kind, member.unwrap_or(&Value::Null));
            }
        }
    }
}

fn field(out: &mut Vec<u8>, number: u32, kind: &Type, value: &Value) {
    match kind.unnamed() {
        Type::Pointer(_) | Type::OneOf(..) | Type::Any if value.is_null() => {}
        Type::Pointer(kind) => self::value(out, number, kind, value),
        Type::List(kind) => {
            value.as_array().into_iter().flatten().for_each(|item| self::value(out, number, kind, item));
        }
        Type::Map(kind) => {
            for (name, member) in value.as_object().into_iter().flatten() {
                nested(out, number, |out| {
                    bytes(out, 1, name.as_bytes());
                    self::value(out, 2, kind, member);
                });
            }
        }
        kind => self::value(out, number, kind, value),
    }
}

/// A value that is written even if it is empty.
fn value(out: &mut Vec<u8>, number: u32, kind: &Type, value: &Value) {
    match kind.unnamed() {
        Type::Text => bytes(out, number, value.as_str().unwrap_or_default().as_bytes()),
        Type::Flag => varint(out, number, i64::from(value == true)),
        Type::Int32 | Type::Int64 | Type::WholeNumber => varint(out, number, value.as_i64().unwrap_or(0)),
        Type::Float64 => {
            encode_key(number, WireType::SixtyFourBit, out);
            out.extend(value.as_f64().unwrap_or(0.0).to_le_bytes());
        }
        Type::Bytes => bytes(out, number, &STANDARD.decode(value.as_str().unwrap_or_default()).unwrap_or_default()),
        Type::Time | Type::MicroTime => nested(out, number, |out| write_time(out, value)),
        Type::Quantity => nested(out, number, |out| bytes(out, 1, text(value).as_bytes())),
        Type::IntOrString => nested(out, number, |out| int_or_string(out, value)),
        Type::Any => nested(out, number, |out| bytes(out, 1, &json::compact(value))),
        Type::Struct(of) => {
            let object = message(value, of);
            bytes(out, number, &object);
        }
        // The value of a map: a named list is a message of its items.
        Type::List(_) => nested(out, number, |out| field(out, 1, kind, value)),
        Type::OneOf(kinds, _) => nested(out, number, |out| one_of(out, kinds, value)),
        Type::Pointer(_) | Type::Map(_) | Type::Named(..) => field(out, number, kind, value),
    }
}

fn write_time(out: &mut Vec<u8>, value: &Value) {
    // The time that was never set is an empty message.
    if let Some((seconds, nanoseconds)) = value.as_str().and_then(time::seconds) {
        varint(out, 1, seconds);
        varint(out, 2, i64::from(nanoseconds));
    }
}

fn int_or_string(out: &mut Vec<u8>, value: &Value) {
    varint(out, 1, i64::from(value.is_string()));
    varint(out, 2, value.as_i64().unwrap_or(0));
    bytes(out, 3, value.as_str().unwrap_or_default().as_bytes());
}

/// A type with a decoder of its own: `JSONSchemaPropsOrBool` and its siblings. A flag is field 1 and has the schema behind it; a
/// schema alone or a list have fields of their own.
fn one_of(out: &mut Vec<u8>, kinds: &[Type], value: &Value) {
    match kinds {
        [Type::Flag, Type::Struct(of)] => {
            varint(out, 1, i64::from(*value != false));
            if value.is_object() {
                bytes(out, 2, &message(value, of));
            }
        }
        [Type::Struct(of), Type::List(_)] if value.is_object() => bytes(out, 1, &message(value, of)),
        [Type::Struct(_), list @ Type::List(_)] => field(out, 2, list, value),
        _ => {}
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "0".to_owned(),
        other => other.to_string(),
    }
}

fn nested(out: &mut Vec<u8>, number: u32, write: impl FnOnce(&mut Vec<u8>)) {
    let mut below = Vec::new();
    write(&mut below);
    bytes(out, number, &below);
}

pub(super) fn bytes(out: &mut Vec<u8>, number: u32, bytes: &[u8]) {
    encode_key(number, WireType::LengthDelimited, out);
    encode_varint(bytes.len() as u64, out);
    out.extend(bytes);
}

pub(super) fn varint(out: &mut Vec<u8>, number: u32, value: i64) {
    encode_key(number, WireType::Varint, out);
    encode_varint(value.cast_unsigned(), out);
}
