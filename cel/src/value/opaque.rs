//! Values of a library's own types.

use super::{Arena, Value};
use crate::fault::Outcome;

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
    pub(crate) fn equals(&'a self, other: &'a Self, arena: &'a Arena) -> Outcome<'a, bool> {
        if self.parts.len() != other.parts.len() {
            return Ok(false);
        }
        if let Some(equal) = self.kind.equal {
            return Ok(equal(self, other));
        }
        for (a, b) in self.parts.iter().zip(other.parts) {
            if !a.equals(*b, arena)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
