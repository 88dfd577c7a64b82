//! How values stand in messages: as Go's `%v` prints them.

use std::{fmt, ops::ControlFlow};

use super::{Arena, Value};
use crate::go;

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            // Go's null is an enumeration's first value.
            Self::Null => f.write_str("0"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Uint(number) => write!(f, "{number}"),
            Self::Double(number) => f.write_str(&go::float(number)),
            Self::String(text) => f.write_str(text),
            Self::Bytes(bytes) => {
                let bytes: Vec<_> = bytes.iter().map(u8::to_string).collect();
                write!(f, "[{}]", bytes.join(" "))
            }
            Self::Duration(duration) => write!(f, "{{{}}}", duration.go_text()),
            Self::Timestamp(time) => f.write_str(&time.rfc3339()),
            Self::List(list) => {
                let arena = Arena::new();
                let items: Vec<_> = list
                    .iter(&arena)
                    .map(|item| item.map_or_else(|fault| fault.to_string(), |item| item.to_string()))
                    .collect();
                write!(f, "[{}]", items.join(", "))
            }
            Self::Map(map) => {
                let (arena, mut entries) = (Arena::new(), Vec::new());
                map.each(&arena, &mut |key, value| {
                    let value = value.map_or_else(|fault| fault.to_string(), |value| value.to_string());
                    entries.push(format!("{key}: {value}"));
                    ControlFlow::Continue(())
                });
                write!(f, "{{{}}}", entries.join(", "))
            }
            Self::Optional(None) => f.write_str("optional.none()"),
            Self::Optional(Some(value)) => write!(f, "optional({value})"),
            Self::Type(name) => f.write_str(name),
            Self::Opaque(opaque) => f.write_str(opaque.kind.name),
        }
    }
}
