//! When values are equal: `==`.

use std::{cmp::Ordering, ops::ControlFlow};

use super::{Arena, List, Map, Numeric, Value};
use crate::fault::{Fault, Outcome};

impl<'a> Value<'a> {
    /// Whether two values are equal. Values of different types are not, numbers excepted.
    ///
    /// # Errors
    ///
    /// Something in this value is not what the host's types allow, or a value of a library's own type stands beside another.
    pub fn equals(self, other: Self, arena: &'a Arena) -> Outcome<'a, bool> {
        Ok(match (self, other) {
            (Self::Null, Self::Null) | (Self::Optional(None), Self::Optional(None)) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::String(a), Self::String(b)) | (Self::Type(a), Self::Type(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Duration(a), Self::Duration(b)) => a == b,
            (Self::Timestamp(a), Self::Timestamp(b)) => a.cmp(&b) == Ordering::Equal,
            (Self::List(a), Self::List(b)) => return lists(a, b, arena),
            (Self::Map(a), Self::Map(b)) => return maps(a, b, arena),
            (Self::Optional(Some(a)), Self::Optional(Some(b))) => return a.equals(*b, arena),
            (Self::Opaque(a), Self::Opaque(b)) if a.kind.name == b.kind.name => return a.equals(b, arena),
            // A library's type is compared with nothing else.
            (Self::Opaque(_), Self::Null) => false,
            (Self::Opaque(_), _) => return Err(Fault::NO_SUCH_OVERLOAD),
            _ => match (Numeric::of(self), Numeric::of(other)) {
                (Some(a), Some(b)) => a.compare(b) == Some(Ordering::Equal),
                _ => false,
            },
        })
    }
}

fn lists<'a>(a: List<'a>, b: List<'a>, arena: &'a Arena) -> Outcome<'a, bool> {
    if let List::Host(host) = a
        && let Some(equal) = host.equals(b, arena)
    {
        return equal;
    }
    if a.len() != b.len() {
        return Ok(false);
    }
    for (a, b) in a.iter(arena).zip(b.iter(arena)) {
        // Nothing equals what has failed on the other side.
        let Ok(b) = b else { return Ok(false) };
        // In cel-go, items that cannot be compared make no difference.
        if a?.equals(b, arena) == Ok(false) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn maps<'a>(a: Map<'a>, b: Map<'a>, arena: &'a Arena) -> Outcome<'a, bool> {
    if let Map::Host(host) = a
        && let Some(equal) = host.equals(b, arena)
    {
        return equal;
    }
    let mut equal = Ok(a.len() == b.len());
    if equal == Ok(true) {
        a.each(arena, &mut |key, value| {
            equal = value.map(|value| match b.get(key, arena) {
                Ok(Some(other)) => value.equals(other, arena) != Ok(false),
                _ => false,
            });
            if equal == Ok(true) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
    }
    equal
}
