//! Values of a library's own types.

use super::{Arena, Value};

/// A type that a library brings along.
#[derive(Debug)]
pub struct OpaqueKind {
    /// Its name, as `type(x)` gives it.
    pub name: &'static str,
    /// How large a value is for the cost of functions; 1 if there is none.
    pub size: Option<fn(&Opaque<'_>) -> usize>,
    /// When two values are equal; if there is none, when all parts are.
    pub equal: Option<fn(&Opaque<'_>, &Opaque<'_>) -> bool>,
}

/// A value of a library's own type: its parts, which only the library understands.
#[derive(Clone, Copy, Debug)]
pub struct Opaque<'a> {
    /// The type.
    pub kind: &'static OpaqueKind,
    /// What the value is made of.
    pub parts: &'a [Value<'a>],
}

impl<'a> Opaque<'a> {
    pub(crate) fn equals(&'a self, other: &'a Self, arena: &'a Arena) -> bool {
        self.kind.name == other.kind.name
            && match self.kind.equal {
                Some(equal) => equal(self, other),
                None => {
                    self.parts.len() == other.parts.len()
                        && self.parts.iter().zip(other.parts).all(|(a, b)| a.equals(*b, arena))
                }
            }
    }
}
