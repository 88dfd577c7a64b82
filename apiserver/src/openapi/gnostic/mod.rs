//! Documents in protobuf, as clients of Go read them.
//!
//! In: a document as JSON. Out: the same as a message of gnostic, whose messages are the tables of `v2` and `v3`: those that
//! documents of an API server need. Maps are lists of names and values there, and what has no fixed type is YAML in a text.
//! Source: `github.com/google/gnostic-models/{openapiv2,openapiv3}`.

mod v2;
mod v3;

use crdgen_schema::yaml;
use prost::encoding::{WireType, encode_key, encode_varint};
use serde_json::Value;

/// A document of version 2.
pub(super) fn version_2(document: &Value) -> Vec<u8> {
    write(document, &v2::DOCUMENT)
}

/// A document of version 3.
pub(super) fn version_3(document: &Value) -> Vec<u8> {
    write(document, &v3::DOCUMENT)
}

fn write(document: &Value, message: &Message) -> Vec<u8> {
    let mut out = Vec::new();
    members(&mut out, message, document);
    out
}

/// A message.
struct Message {
    /// The members of the JSON object in the order of their numbers.
    members: &'static [(&'static str, u32, Kind)],
    /// The number for members whose names start with `x-`; 0 if there are none.
    extensions: u32,
}

/// How a value is written.
#[derive(Clone, Copy)]
enum Kind {
    /// `string`, left out if it is empty.
    Text,
    /// `bool`, left out if it is false.
    Flag,
    /// `int64`, left out if it is 0.
    Whole,
    /// `double`, left out if it is 0.
    Number,
    /// One of several fields, of which the one that is there says what the value is: a text, flag or number that is never left out.
    OneOf,
    /// A text with the value in YAML, in a message.
    Any,
    /// A message.
    One(&'static Message),
    /// Each item of a list.
    Many(&'static Kind),
    /// Each member of an object, as a message of name and value.
    Entries(&'static Kind),
    /// In a message with nothing but this field, for each of the numbers.
    In(&'static [u32], &'static Kind),
    /// What it is depends on the value.
    Either(fn(&Value) -> Kind),
}

fn members(out: &mut Vec<u8>, message: &Message, value: &Value) {
    for (name, number, kind) in message.members {
        if let Some(member) = value.get(name) {
            field(out, *number, *kind, member);
        }
    }
    if message.extensions > 0 {
        let all = value.as_object().into_iter().flatten();
        for (name, member) in all.filter(|(name, _)| name.starts_with("x-")) {
            entry(out, message.extensions, name, Kind::Any, member);
        }
    }
}

fn field(out: &mut Vec<u8>, number: u32, kind: Kind, value: &Value) {
    match kind {
        Kind::Text => text(out, number, value.as_str().unwrap_or_default()),
        Kind::Flag if value != true => {}
        Kind::Flag => varint(out, number, 1),
        Kind::Whole => {
            let whole = value.as_i64().unwrap_or(0);
            if whole != 0 {
                varint(out, number, whole.cast_unsigned());
            }
        }
        Kind::Number => {
            let float = value.as_f64().unwrap_or(0.0);
            if float.to_bits() != 0 {
                double(out, number, float);
            }
        }
        Kind::OneOf => match value {
            Value::Bool(flag) => varint(out, number, u64::from(*flag)),
            Value::String(text) => nested(out, number, |out| out.extend_from_slice(text.as_bytes())),
            value => double(out, number, value.as_f64().unwrap_or(0.0)),
        },
        Kind::Any => nested(out, number, |out| text(out, 2, &yaml::print(value))),
        Kind::One(message) => nested(out, number, |out| members(out, message, value)),
        Kind::Many(kind) => value.as_array().into_iter().flatten().for_each(|item| field(out, number, *kind, item)),
        Kind::Entries(kind) => {
            let all = value.as_object().into_iter().flatten();
            all.for_each(|(name, member)| entry(out, number, name, *kind, member));
        }
        Kind::In(path, kind) => match path {
            [] => field(out, number, *kind, value),
            [first, rest @ ..] => nested(out, number, |out| field(out, *first, Kind::In(rest, kind), value)),
        },
        Kind::Either(choose) => field(out, number, choose(value), value),
    }
}

fn entry(out: &mut Vec<u8>, number: u32, name: &str, kind: Kind, value: &Value) {
    nested(out, number, |out| {
        text(out, 1, name);
        field(out, 2, kind, value);
    });
}

fn text(out: &mut Vec<u8>, number: u32, text: &str) {
    if !text.is_empty() {
        nested(out, number, |out| out.extend_from_slice(text.as_bytes()));
    }
}

fn double(out: &mut Vec<u8>, number: u32, value: f64) {
    encode_key(number, WireType::SixtyFourBit, out);
    out.extend_from_slice(&value.to_le_bytes());
}

fn varint(out: &mut Vec<u8>, number: u32, value: u64) {
    encode_key(number, WireType::Varint, out);
    encode_varint(value, out);
}

/// A field with a length: what `write` writes.
fn nested(out: &mut Vec<u8>, number: u32, write: impl FnOnce(&mut Vec<u8>)) {
    let mut inner = Vec::new();
    write(&mut inner);
    encode_key(number, WireType::LengthDelimited, out);
    encode_varint(inner.len() as u64, out);
    out.extend_from_slice(&inner);
}

/// Whether a value is a reference to another.
fn is_reference(value: &Value) -> bool {
    value.get("$ref").is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_of_version_2_is_a_message_of_gnostic() {
        let document = json!({
            "swagger": "2.0",
            "info": {"title": "T", "version": "1"},
            "definitions": {"A": {"type": "object", "additionalProperties": false, "x-y": ["z"]}},
        });
        let expected = b"\x0a\x032.0\x12\x06\x0a\x01T\x12\x011\x4a\x27\x0a\x25\x0a\x01A\x12\x20\
            \xaa\x01\x02\x10\x00\xb2\x01\x08\x0a\x06object\xfa\x01\x0d\x0a\x03x-y\x12\x06\x12\x04- z\x0a";
        assert_eq!(version_2(&document), expected);
    }

    #[test]
    fn a_document_of_version_3_is_a_message_of_gnostic() {
        let document = json!({
            "openapi": "3.0.0",
            "components": {"schemas": {"A": {"default": 1, "allOf": [{"$ref": "B"}]}}},
        });
        let expected = b"\x0a\x053.0.0\x2a\x1f\x0a\x1d\x0a\x1b\x0a\x01A\x12\x16\x0a\x14\
            \xd2\x01\x05\x12\x03\x0a\x01B\x8a\x02\x09\x09\0\0\0\0\0\0\xf0\x3f";
        assert_eq!(version_3(&document), expected);
    }
}
