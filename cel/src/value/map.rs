//! Maps.

use std::{cmp::Ordering, ops::ControlFlow};

use super::{Arena, HostMap, Value, lossless_int, lossless_uint, order};
use crate::fault::{Fault, Outcome};

/// A map: CEL's own, or a map or object of the host.
#[repr(u64)]
#[derive(Clone, Copy, Debug)]
pub enum Map<'a> {
    /// Entries in the order of their keys; see [`Map::from_entries`].
    Entries(&'a [(Value<'a>, Value<'a>)]),
    /// A map of the host.
    Host(&'a dyn HostMap),
}

impl<'a> Map<'a> {
    /// A map of entries; of two with one key, the later counts.
    pub fn from_entries(mut entries: Vec<(Value<'a>, Value<'a>)>, arena: &'a Arena) -> Self {
        entries.sort_by(|a, b| key_order(a.0, b.0));
        entries.reverse();
        entries.dedup_by(|a, b| key_order(a.0, b.0) == Ordering::Equal);
        entries.reverse();
        Self::Entries(arena.entries(&entries))
    }

    /// How many entries there are.
    pub fn len(self) -> usize {
        match self {
            Self::Entries(entries) => entries.len(),
            Self::Host(map) => map.len(),
        }
    }

    /// Whether there are no entries.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The name of the type: `map`, or that of the host's object.
    pub fn type_name(self) -> &'a str {
        match self {
            Self::Entries(_) => "map",
            Self::Host(map) => map.type_name(),
        }
    }

    /// The value of a key, if there is one. Numbers find keys of another number type if they are equal.
    ///
    /// # Errors
    ///
    /// The value is not what the host's types allow, or the host's map has no such keys at all.
    pub fn get(self, key: Value<'a>, arena: &'a Arena) -> Outcome<'a, Option<Value<'a>>> {
        let entries = match self {
            Self::Host(map) => return map.get(key.string()?, arena),
            Self::Entries(entries) => entries,
        };
        let find = |key: Value<'a>| {
            let index = entries.binary_search_by(|(other, _)| key_order(*other, key)).ok()?;
            Some(entries[index].1)
        };
        let alike = || match key {
            Value::Double(number) => lossless_int(number)
                .and_then(|number| find(Value::Int(number)))
                .or_else(|| find(Value::Uint(lossless_uint(number)?))),
            Value::Int(number) => find(Value::Uint(u64::try_from(number).ok()?)),
            Value::Uint(number) => find(Value::Int(i64::try_from(number).ok()?)),
            _ => None,
        };
        Ok(find(key).or_else(alike))
    }

    /// Calls `visit` with every key and its value, until it breaks.
    pub fn each(self, arena: &'a Arena, visit: &mut dyn FnMut(Value<'a>, Outcome<'a>) -> ControlFlow<()>) {
        match self {
            Self::Host(map) => map.each(arena, &mut |key, value| visit(Value::String(key), value)),
            Self::Entries(entries) => {
                let _ = entries.iter().try_for_each(|(key, value)| visit(*key, Ok(*value)));
            }
        }
    }

    /// All entries.
    ///
    /// # Errors
    ///
    /// A value is not what the host's types allow.
    pub fn entries(self, arena: &'a Arena) -> Outcome<'a, Vec<(Value<'a>, Value<'a>)>> {
        let (mut entries, mut failed) = (Vec::with_capacity(self.len()), Ok(()));
        self.each(arena, &mut |key, value| match value {
            Ok(value) => {
                entries.push((key, value));
                ControlFlow::Continue(())
            }
            Err(fault) => {
                failed = Err(fault);
                ControlFlow::Break(())
            }
        });
        failed.map(|()| entries)
    }

    /// The map without what the host knows of its types.
    pub(crate) fn plain(self, arena: &'a Arena) -> Self {
        if let Self::Host(map) = self { map.plain(arena) } else { self }
    }
}

/// A map that grows entry by entry.
#[derive(Debug, Default)]
pub(crate) struct Builder<'a> {
    entries: std::collections::BTreeMap<Key<'a>, Value<'a>>,
}

impl<'a> Builder<'a> {
    /// Adds an entry; a key that is there already, also as another type of number, is an error.
    pub(crate) fn insert(&mut self, key: Value<'a>, value: Value<'a>, arena: &'a Arena) -> Outcome<'a, ()> {
        if self.contains(key) {
            return Err(Fault::new(arena, &format!("insert failed: key {key} already exists")));
        }
        self.entries.insert(Key(key), value);
        Ok(())
    }

    fn contains(&self, key: Value<'a>) -> bool {
        let has = |key: Value<'a>| self.entries.contains_key(&Key(key));
        has(key)
            || match key {
                Value::Double(number) => {
                    lossless_int(number).is_some_and(|number| has(Value::Int(number)))
                        || lossless_uint(number).is_some_and(|number| has(Value::Uint(number)))
                }
                Value::Int(number) => u64::try_from(number).is_ok_and(|number| has(Value::Uint(number))),
                Value::Uint(number) => i64::try_from(number).is_ok_and(|number| has(Value::Int(number))),
                _ => false,
            }
    }

    pub(crate) fn finish(self, arena: &'a Arena) -> Map<'a> {
        let entries: Vec<_> = self.entries.into_iter().map(|(Key(key), value)| (key, value)).collect();
        Map::Entries(arena.entries(&entries))
    }
}

#[derive(Clone, Copy, Debug)]
struct Key<'a>(Value<'a>);

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        key_order(self.0, other.0)
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key<'_> {}

/// An order of keys, by type first; only equal keys of one type are equal.
fn key_order(a: Value<'_>, b: Value<'_>) -> Ordering {
    let rank = |value: Value<'_>| match value {
        Value::Bool(_) => 0,
        Value::Int(_) => 1,
        Value::Uint(_) => 2,
        Value::Double(_) => 3,
        Value::String(_) => 4,
        _ => 5,
    };
    rank(a).cmp(&rank(b)).then_with(|| match (a, b) {
        (Value::Double(a), Value::Double(b)) => a.total_cmp(&b),
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        _ => order::compare(a, b).ok().flatten().unwrap_or(Ordering::Equal),
    })
}
