//! Lists.

use super::{Arena, HostList, Value};
use crate::fault::Outcome;

/// A list of values: CEL's own, two after each other, or the host's.
#[repr(u64)]
#[derive(Clone, Copy, Debug)]
pub enum List<'a> {
    /// Items in a row.
    Values(&'a [Value<'a>]),
    /// One list and then another, with the number of items of both.
    Joined(&'a (List<'a>, List<'a>), usize),
    /// A list of the host.
    Host(&'a dyn HostList),
}

impl<'a> List<'a> {
    /// How many items there are.
    pub fn len(self) -> usize {
        match self {
            Self::Values(values) => values.len(),
            Self::Joined(_, len) => len,
            Self::Host(list) => list.len(),
        }
    }

    /// Whether there are no items.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The item at an index, if there is one.
    ///
    /// # Errors
    ///
    /// The item is not what the host's types allow.
    pub fn get(self, index: usize, arena: &'a Arena) -> Outcome<'a, Option<Value<'a>>> {
        let (mut list, mut index) = (self, index);
        loop {
            match list {
                Self::Values(values) => return Ok(values.get(index).copied()),
                Self::Host(list) if index < list.len() => return list.item(index, arena).map(Some),
                Self::Host(_) => return Ok(None),
                Self::Joined((first, second), _) => {
                    let count = first.len();
                    (list, index) = if index < count { (*first, index) } else { (*second, index - count) };
                }
            }
        }
    }

    /// The items, first to last.
    pub fn iter(self, arena: &'a Arena) -> impl Iterator<Item = Outcome<'a>> {
        // Parts still to be read, the next one last: joined lists may lean to either side.
        let (mut parts, mut index) = (vec![self], 0);
        std::iter::from_fn(move || {
            loop {
                match *parts.last()? {
                    Self::Joined((first, second), _) => {
                        parts.pop();
                        parts.extend([*second, *first]);
                    }
                    part => {
                        if let Some(item) = part.get(index, arena).transpose() {
                            index += 1;
                            return Some(item);
                        }
                        parts.pop();
                        index = 0;
                    }
                }
            }
        })
    }

    /// All items.
    ///
    /// # Errors
    ///
    /// One of them is not what the host's types allow.
    pub fn items(self, arena: &'a Arena) -> Outcome<'a, Vec<Value<'a>>> {
        self.iter(arena).collect()
    }

    /// This list and then another.
    pub(crate) fn join(self, other: Self, arena: &'a Arena) -> Outcome<'a, Self> {
        if let Self::Host(list) = self
            && let Some(union) = list.union(other, arena)
        {
            return union;
        }
        Ok(match (self.len(), other.len()) {
            (0, _) => other,
            (_, 0) => self,
            (first, second) => Self::Joined(arena.place((self, other)), first + second),
        })
    }

    /// Whether an item equals `value`. An item that fails counts only if no other one does.
    pub(crate) fn contains(self, value: Value<'a>, arena: &'a Arena) -> Outcome<'a, bool> {
        let mut failed = Ok(false);
        for item in self.iter(arena) {
            let equal = item.and_then(|item| match item {
                // A library's type is compared with no other.
                Value::Opaque(_) => Ok(item.equals(value, arena) == Ok(true)),
                _ => item.equals(value, arena),
            });
            match equal {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(fault) => failed = failed.and(Err(fault)),
            }
        }
        failed
    }

    /// The list without what the host knows of its types.
    pub(crate) fn plain(self, arena: &'a Arena) -> Self {
        if let Self::Host(list) = self { list.plain(arena) } else { self }
    }
}
