//! Protobuf to JSON.
//!
//! Fields that the struct does not have are skipped. What Go would leave out of JSON is left out when the object is decoded by
//! its struct.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Buf;
use crdgen_schema::go::{Struct, Type};
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use serde_json::{Map, Number, Value, json};

use super::layout::{Part, parts};
use super::{Error, MAX_DEPTH, time};

type Result<T> = std::result::Result<T, Error>;

/// The object in a message.
pub(crate) fn message(bytes: &[u8], of: &Struct) -> Result<Value> {
    let mut object = Map::new();
    members(bytes, &mut object, of, &[], MAX_DEPTH)?;
    Ok(Value::Object(object))
}

fn members(bytes: &[u8], object: &mut Map<String, Value>, of: &Struct, within: &[u32], depth: usize) -> Result<()> {
    let depth = depth.checked_sub(1).ok_or(Error::TooDeep)?;
    let parts = parts(of, within);
    each_field(bytes, |number, raw| {
        let Ok(found) = parts.binary_search_by_key(&number, |(number, _)| *number) else { return Ok(()) };
        match parts[found].1 {
            Part::Embedded(path) => members(raw.bytes("")?, object, of, path, depth),
            Part::Field(found) => {
                let place = object.entry(found.name).or_insert(Value::Null);
                field(&raw, place, &found.kind, found.name, depth)
            }
        }
    })
}

fn field(raw: &Raw<'_>, place: &mut Value, kind: &Type, name: &'static str, depth: usize) -> Result<()> {
    match kind.unnamed() {
        Type::Pointer(kind) => field(raw, place, kind, name, depth),
        Type::List(kind) => {
            let item = value(raw, kind, name, depth)?;
            match place {
                Value::Array(items) => items.push(item),
                _ => *place = Value::Array(vec![item]),
            }
            Ok(())
        }
        Type::Map(kind) => {
            let (key, member) = entry(raw.bytes(name)?, kind, name, depth)?;
            match place {
                Value::Object(members) => drop(members.insert(key, member)),
                _ => *place = json!({ key: member }),
            }
            Ok(())
        }
        kind => {
            *place = value(raw, kind, name, depth)?;
            Ok(())
        }
    }
}

fn entry(bytes: &[u8], kind: &Type, name: &'static str, depth: usize) -> Result<(String, Value)> {
    let (mut key, mut member) = (String::new(), Value::Null);
    each_field(bytes, |number, raw| {
        match number {
            1 => key = text(raw.bytes(name)?),
            2 => member = value(&raw, kind, name, depth)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok((key, member))
}

fn value(raw: &Raw<'_>, kind: &Type, name: &'static str, depth: usize) -> Result<Value> {
    Ok(match kind.unnamed() {
        Type::Text => text(raw.bytes(name)?).into(),
        Type::Flag => Value::Bool(raw.number(name)? != 0),
        // Go keeps the lower half of a number that is too large.
        #[expect(clippy::cast_possible_truncation, reason = "as Go does")]
        Type::Int32 => Value::from(raw.number(name)? as i32),
        Type::Int64 | Type::WholeNumber => Value::from(raw.number(name)?.cast_signed()),
        Type::Float64 => Number::from_f64(raw.float(name)?).map_or(Value::Null, Value::Number),
        Type::Bytes => STANDARD.encode(raw.bytes(name)?).into(),
        Type::Time => read_time(raw.bytes(name)?, name)?.map_or(Value::Null, |(seconds, _)| time::time(seconds)),
        Type::MicroTime => {
            let time = read_time(raw.bytes(name)?, name)?;
            time.map_or(Value::Null, |(seconds, nanoseconds)| time::micro_time(seconds, nanoseconds))
        }
        Type::Quantity => first(raw.bytes(name)?, name)?.map_or(Value::from("0"), |bytes| text(bytes).into()),
        Type::IntOrString => int_or_string(raw.bytes(name)?, name)?,
        Type::Any => match first(raw.bytes(name)?, name)? {
            Some(bytes) => crdgen_schema::json::parse(bytes).map_err(|error| Error::Wire(error.to_string()))?,
            None => Value::Null,
        },
        Type::Struct(of) => {
            let mut object = Map::new();
            members(raw.bytes(name)?, &mut object, of, &[], depth)?;
            Value::Object(object)
        }
        Type::List(_) => {
            let mut items = Value::Array(Vec::new());
            each_field(raw.bytes(name)?, |number, raw| match number {
                1 => field(&raw, &mut items, kind, name, depth),
                _ => Ok(()),
            })?;
            items
        }
        Type::OneOf(kinds, _) => one_of(raw.bytes(name)?, kinds, name, depth)?,
        Type::Pointer(_) | Type::Map(_) | Type::Named(..) => {
            let mut place = Value::Null;
            field(raw, &mut place, kind, name, depth)?;
            place
        }
    })
}

/// See the encoder.
fn one_of(bytes: &[u8], kinds: &'static [Type], name: &'static str, depth: usize) -> Result<Value> {
    let (mut flag, mut found) = (None, Value::Null);
    each_field(bytes, |number, raw| {
        match (number, kinds) {
            (1, [Type::Flag, _]) => flag = Some(raw.number(name)? != 0),
            (1, [single, _]) | (2, [Type::Flag, single]) => found = value(&raw, single, name, depth)?,
            (2, [_, list]) => field(&raw, &mut found, list, name, depth)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(match (flag, found) {
        (Some(flag), Value::Null) => Value::Bool(flag),
        (_, found) => found,
    })
}

/// Seconds and nanoseconds; none for the time that was never set.
fn read_time(bytes: &[u8], name: &'static str) -> Result<Option<(i64, i32)>> {
    let (mut seconds, mut nanoseconds) = (0, 0);
    each_field(bytes, |number, raw| {
        match number {
            1 => seconds = raw.number(name)?.cast_signed(),
            2 => nanoseconds = i32::try_from(raw.number(name)?.cast_signed()).unwrap_or(0),
            _ => {}
        }
        Ok(())
    })?;
    Ok((!bytes.is_empty()).then_some((seconds, nanoseconds)))
}

fn int_or_string(bytes: &[u8], name: &'static str) -> Result<Value> {
    let (mut is_text, mut number, mut string) = (false, 0, String::new());
    each_field(bytes, |field, raw| {
        match field {
            1 => is_text = raw.number(name)? != 0,
            2 => number = raw.number(name)?.cast_signed(),
            3 => string = text(raw.bytes(name)?),
            _ => {}
        }
        Ok(())
    })?;
    Ok(if is_text { string.into() } else { number.into() })
}

/// Field 1 of a message that has no other.
fn first<'b>(bytes: &'b [u8], name: &'static str) -> Result<Option<&'b [u8]>> {
    let mut found = None;
    each_field(bytes, |number, raw| {
        if number == 1 {
            found = Some(raw.bytes(name)?);
        }
        Ok(())
    })?;
    Ok(found)
}

/// What is not Unicode is replaced, as where JSON is read.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A value as the wire has it.
pub(super) enum Raw<'b> {
    Number(u64),
    Float(u64),
    Bytes(&'b [u8]),
    Other(WireType),
}

impl<'b> Raw<'b> {
    fn number(&self, field: &'static str) -> Result<u64> {
        if let Self::Number(number) = self { Ok(*number) } else { Err(self.wrong(field)) }
    }

    fn float(&self, field: &'static str) -> Result<f64> {
        if let Self::Float(bits) = self { Ok(f64::from_bits(*bits)) } else { Err(self.wrong(field)) }
    }

    /// The bytes of a text or a message.
    pub(super) fn bytes(&self, field: &'static str) -> Result<&'b [u8]> {
        if let Self::Bytes(bytes) = self { Ok(bytes) } else { Err(self.wrong(field)) }
    }

    fn wrong(&self, field: &'static str) -> Error {
        let found = match self {
            Self::Number(_) => WireType::Varint,
            Self::Float(_) => WireType::SixtyFourBit,
            Self::Bytes(_) => WireType::LengthDelimited,
            Self::Other(found) => *found,
        };
        Error::WrongType { found: found as u8, field }
    }
}

/// Calls `read` with each field of a message, by its number.
pub(super) fn each_field<'b>(mut bytes: &'b [u8], mut read: impl FnMut(u32, Raw<'b>) -> Result<()>) -> Result<()> {
    while bytes.has_remaining() {
        let (number, wire) = decode_key(&mut bytes)?;
        let raw = match wire {
            WireType::Varint => Raw::Number(decode_varint(&mut bytes)?),
            WireType::SixtyFourBit if bytes.len() >= 8 => Raw::Float(bytes.get_u64_le()),
            WireType::LengthDelimited => {
                let length = usize::try_from(decode_varint(&mut bytes)?).unwrap_or(usize::MAX);
                let (own, rest) =
                    bytes.split_at_checked(length).ok_or_else(|| Error::Wire("unexpected EOF".to_owned()))?;
                bytes = rest;
                Raw::Bytes(own)
            }
            other => {
                skip_field(other, number, &mut bytes, DecodeContext::default())?;
                Raw::Other(other)
            }
        };
        read(number, raw)?;
    }
    Ok(())
}
