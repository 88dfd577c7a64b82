//! When values are equal: `==`.

use std::{cmp::Ordering, ops::ControlFlow};

use super::{Arena, List, Map, Numeric, Value};

impl<'a> Value<'a> {
    /// Whether two values are equal. Values of different types are not, numbers excepted.
    pub fn equals(self, other: Self, arena: &'a Arena) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) | (Self::Optional(None), Self::Optional(None)) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::String(a), Self::String(b)) | (Self::Type(a), Self::Type(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Duration(a), Self::Duration(b)) => a == b,
            (Self::Timestamp(a), Self::Timestamp(b)) => a.cmp(&b) == Ordering::Equal,
            (Self::List(a), Self::List(b)) => lists(a, b, arena),
            (Self::Map(a), Self::Map(b)) => maps(a, b, arena),
            (Self::Optional(Some(a)), Self::Optional(Some(b))) => a.equals(*b, arena),
            (Self::Opaque(a), Self::Opaque(b)) => a.equals(b, arena),
            _ => match (Numeric::of(self), Numeric::of(other)) {
                (Some(a), Some(b)) => a.compare(b) == Some(Ordering::Equal),
                _ => false,
            },
        }
    }
}

fn lists<'a>(a: List<'a>, b: List<'a>, arena: &'a Arena) -> bool {
    if let List::Host(host) = a
        && let Some(equal) = host.equals(b, arena)
    {
        return equal;
    }
    a.len() == b.len() && a.iter(arena).zip(b.iter(arena)).all(|(a, b)| a.equals(b, arena))
}

fn maps<'a>(a: Map<'a>, b: Map<'a>, arena: &'a Arena) -> bool {
    let mut equal = a.len() == b.len();
    if equal {
        a.each(arena, &mut |key, value| {
            equal = b.get(key, arena).is_some_and(|other| value.equals(other, arena));
            if equal { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
    }
    equal
}
