//! Lists and maps that are not CEL's own.

use std::{fmt::Debug, ops::ControlFlow};

use super::{Arena, List, Map, Value};
use crate::fault::Outcome;

/// A list of the host. Its items become values when they are read.
pub trait HostList: Debug {
    /// How many items there are.
    fn len(&self) -> usize;

    /// Whether there are no items.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at an index below [`len`](Self::len).
    ///
    /// # Errors
    ///
    /// It is not a value that the host's types allow.
    fn item<'a>(&'a self, index: usize, arena: &'a Arena) -> Outcome<'a>;

    /// Whether this list equals another, if that is not a matter of comparing item by item.
    fn equals<'a>(&'a self, other: List<'a>, arena: &'a Arena) -> Option<Outcome<'a, bool>> {
        let _ = (other, arena);
        None
    }

    /// This list and another, if that is not one after the other.
    fn union<'a>(&'a self, other: List<'a>, arena: &'a Arena) -> Option<Outcome<'a, List<'a>>> {
        let _ = (other, arena);
        None
    }

    /// The list without what the host knows of its types. This is what an optional value of it is searched in.
    fn plain<'a>(&'a self, arena: &'a Arena) -> List<'a>;
}

/// A map or an object of the host. Its values become CEL's when they are read.
pub trait HostMap: Debug {
    /// How many entries there are.
    fn len(&self) -> usize;

    /// Whether there are no entries.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key, if there is one.
    ///
    /// # Errors
    ///
    /// It is not a value that the host's types allow.
    fn get<'a>(&'a self, key: &str, arena: &'a Arena) -> Outcome<'a, Option<Value<'a>>>;

    /// Calls `visit` with every key and its value, until it breaks.
    fn each<'a>(&'a self, arena: &'a Arena, visit: &mut dyn FnMut(&'a str, Outcome<'a>) -> ControlFlow<()>);

    /// Whether this map equals another, if that is not a matter of comparing entry by entry.
    fn equals<'a>(&'a self, other: Map<'a>, arena: &'a Arena) -> Option<Outcome<'a, bool>> {
        let _ = (other, arena);
        None
    }

    /// The name of the type: `map`, or an object's own.
    #[allow(clippy::unnecessary_literal_bound)] // Others have names of their own.
    fn type_name(&self) -> &str {
        "map"
    }

    /// The map without what the host knows of its types. This is what an optional value of it is searched in.
    fn plain<'a>(&'a self, arena: &'a Arena) -> Map<'a>;
}
