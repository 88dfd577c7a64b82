//! Values while an expression is evaluated.
//!
//! A [`Value`] is small and copied freely: what is large lies in the [`Arena`] of the evaluation, in the program, or in the
//! host, whose lists and maps are read where they are.

mod arena;
mod display;
mod equality;
mod host;
mod list;
mod map;
mod number;
mod opaque;
mod order;
mod time;

pub use arena::{Arena, SpareArena};
pub use host::{HostList, HostMap};
pub use list::List;
pub use map::Map;
pub use opaque::{Opaque, OpaqueKind};
pub use time::{Duration, Timestamp};

pub(crate) use map::Builder as MapBuilder;
pub(crate) use number::{Numeric, lossless_int, lossless_uint, truncated_int, truncated_uint};
pub use order::{compare, has_order};
pub(crate) use time::{Civil, NoTimestamp, parse_duration, parse_timestamp};

use crate::fault::{Fault, Outcome};

/// A value.
// With a smaller tag, copies are made of pieces that the processor has to wait for.
#[repr(u64)]
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    Uint(u64),
    /// A float.
    Double(f64),
    /// A text.
    String(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A length of time.
    Duration(Duration),
    /// A point in time.
    Timestamp(Timestamp),
    /// A list.
    List(List<'a>),
    /// A map, or an object of the host.
    Map(Map<'a>),
    /// A value that may be missing.
    Optional(Option<&'a Value<'a>>),
    /// A type, by its name.
    Type(&'a str),
    /// A value of a library's own type.
    Opaque(&'a Opaque<'a>),
}

impl<'a> Value<'a> {
    /// The name of the value's type, as `type(x)` gives it.
    pub fn type_name(self) -> &'a str {
        match self {
            Self::Null => "null_type",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Uint(_) => "uint",
            Self::Double(_) => "double",
            Self::String(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::Duration(_) => "google.protobuf.Duration",
            Self::Timestamp(_) => "google.protobuf.Timestamp",
            Self::List(_) => "list",
            Self::Map(map) => map.type_name(),
            Self::Optional(_) => crate::static_type::OPTIONAL,
            Self::Type(_) => "type",
            Self::Opaque(opaque) => opaque.kind.name,
        }
    }

    /// How much of the value there is: characters, bytes, items or entries; none for what has no size.
    pub fn size(self) -> Option<usize> {
        match self {
            Self::String(text) => Some(text.chars().count()),
            Self::Bytes(bytes) => Some(bytes.len()),
            Self::List(list) => Some(list.len()),
            Self::Map(map) => Some(map.len()),
            Self::Opaque(opaque) => opaque.kind.size.map(|size| size(opaque)),
            _ => None,
        }
    }

    /// Whether this is the zero of its type: `optional.ofNonZeroValue` holds nothing of it.
    pub(crate) fn is_zero(self) -> bool {
        match self {
            Self::Null => true,
            Self::Bool(flag) => !flag,
            Self::Int(number) => number == 0,
            Self::Uint(number) => number == 0,
            Self::Double(number) => number == 0.0,
            Self::String(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Duration(duration) => duration.nanoseconds == 0,
            // Go's zero time: the start of year 1.
            Self::Timestamp(time) => time.is_zero(),
            Self::List(list) => list.is_empty(),
            Self::Map(map) => map.is_empty(),
            Self::Optional(_) | Self::Type(_) | Self::Opaque(_) => false,
        }
    }

    /// Whether cel-go asks a value of this type for a method where its type has no such operation, and says less then.
    pub(crate) fn has_methods(self) -> bool {
        matches!(self, Self::String(_) | Self::Duration(_) | Self::Timestamp(_))
    }

    /// The value as what it must be here.
    ///
    /// # Errors
    ///
    /// It is another one.
    pub fn bool(self) -> Outcome<'a, bool> {
        if let Self::Bool(flag) = self { Ok(flag) } else { Err(Fault::NO_SUCH_OVERLOAD) }
    }

    /// The value as what it must be here.
    ///
    /// # Errors
    ///
    /// It is another one.
    pub fn string(self) -> Outcome<'a, &'a str> {
        if let Self::String(text) = self { Ok(text) } else { Err(Fault::NO_SUCH_OVERLOAD) }
    }

    /// The value as what it must be here.
    ///
    /// # Errors
    ///
    /// It is another one.
    pub fn int(self) -> Outcome<'a, i64> {
        if let Self::Int(number) = self { Ok(number) } else { Err(Fault::NO_SUCH_OVERLOAD) }
    }

    /// The value as what it must be here.
    ///
    /// # Errors
    ///
    /// It is another one.
    pub fn list(self) -> Outcome<'a, List<'a>> {
        if let Self::List(list) = self { Ok(list) } else { Err(Fault::NO_SUCH_OVERLOAD) }
    }

    pub(crate) fn map(self) -> Outcome<'a, Map<'a>> {
        if let Self::Map(map) = self { Ok(map) } else { Err(Fault::NO_SUCH_OVERLOAD) }
    }

    /// An optional value that holds this one.
    pub(crate) fn some(self, arena: &'a Arena) -> Self {
        Self::Optional(Some(arena.value(self)))
    }
}
