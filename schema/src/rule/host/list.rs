//! Lists with a schema: plain ones, sets, and lists that are maps by the keys of their items.

use std::collections::HashMap;

use crdgen_cel::{Arena, HostList, List, Outcome};

use super::{
    plain,
    raw::{self, Raw},
};
use crate::{
    rule::escape::escape,
    schema::{ListType, Schema},
    view::{ListView, View},
};

/// A list: its items, and the schemas of the list and of an item.
#[derive(Clone, Copy, Debug)]
pub(super) struct SchemaList<'a> {
    items: Items<'a>,
    schema: &'a Schema,
    item_schema: &'a Schema,
}

#[derive(Clone, Copy, Debug)]
enum Items<'a> {
    Json(&'a dyn ListView),
    /// What a rule put together with `+`.
    Joined(&'a [Raw<'a>]),
}

impl<'s> SchemaList<'s> {
    /// None if the schema says nothing of the items.
    pub(super) fn new(items: &'s dyn ListView, schema: &'s Schema) -> Option<Self> {
        Some(Self { items: Items::Json(items), schema, item_schema: schema.items.as_deref()? })
    }

    fn raw_item<'a>(&self, index: usize, arena: &'a Arena) -> Raw<'a>
    where
        's: 'a,
    {
        match self.items {
            Items::Json(items) => Raw::Json(items.get(index, arena.bump()).unwrap_or(View::Null)),
            Items::Joined(items) => items[index],
        }
    }

    fn raw<'a>(&'a self, arena: &'a Arena) -> impl Iterator<Item = Raw<'a>> {
        (0..self.len()).map(|index| self.raw_item(index, arena))
    }

    fn value<'a>(&'a self, raw: Raw<'a>, arena: &'a Arena) -> Outcome<'a> {
        super::of_raw(raw, self.item_schema, self.item_schema.embedded_resource, arena)
    }

    /// A text that is the same for two items of a list map with the same keys; none for what cannot be such an item.
    fn key<'a>(&self, item: Raw<'a>, arena: &'a Arena) -> Option<String> {
        let Raw::Json(View::Object(_)) = item else { return None };
        // The server looks for the keys by their names in rules. Keys that have another name there are never found.
        let parts = self.schema.list_map_keys.iter().map(|key| {
            let name = escape(key);
            let found = item.member(name.as_deref().unwrap_or(key), arena);
            found.and_then(|found| Raw::Json(found).identity()).unwrap_or_default()
        });
        Some(parts.collect::<Vec<_>>().join("\0"))
    }

    /// What tells items apart in a set, or in a list map.
    fn identity<'a>(&self, item: Raw<'a>, arena: &'a Arena) -> Option<String> {
        if self.schema.list_type == Some(ListType::Map) { self.key(item, arena) } else { item.identity() }
    }
}

impl HostList for SchemaList<'_> {
    fn len(&self) -> usize {
        match self.items {
            Items::Json(items) => items.len(),
            Items::Joined(items) => items.len(),
        }
    }

    fn item<'a>(&'a self, index: usize, arena: &'a Arena) -> Outcome<'a> {
        self.value(self.raw_item(index, arena), arena)
    }

    /// Sets and list maps are equal in any order.
    fn equals<'a>(&'a self, other: List<'a>, arena: &'a Arena) -> Option<Outcome<'a, bool>> {
        if self.len() != other.len() {
            return Some(Ok(false));
        }
        if !matches!(self.schema.list_type, Some(ListType::Map | ListType::Set)) {
            let mut pairs = other.iter(arena).enumerate();
            let same = pairs
                .try_fold(true, |same, (index, other)| Ok(same && self.item(index, arena)?.equals(other?, arena)?));
            return Some(same);
        }
        // Of several items with one key the last counts.
        let own: HashMap<String, Raw<'_>> =
            self.raw(arena).filter_map(|item| Some((self.identity(item, arena)?, item))).collect();
        for item in other.iter(arena) {
            let Ok(value) = item else { return Some(Ok(false)) };
            let found = self.identity(Raw::of(value, arena), arena).and_then(|identity| own.get(&identity));
            let same = match (found, self.schema.list_type) {
                (None, _) => Ok(false),
                (Some(own), Some(ListType::Map)) => self.value(*own, arena).and_then(|own| own.equals(value, arena)),
                (Some(_), _) => Ok(true),
            };
            if same != Ok(true) {
                return Some(same);
            }
        }
        Some(Ok(true))
    }

    /// A set takes what it does not have, a list map replaces the items that it has, and any other list takes all.
    fn union<'a>(&'a self, other: List<'a>, arena: &'a Arena) -> Option<Outcome<'a, List<'a>>> {
        let mut items: Vec<Raw<'a>> = self.raw(arena).collect();
        let mut places: HashMap<String, usize> = HashMap::new();
        let merges = matches!(self.schema.list_type, Some(ListType::Map | ListType::Set));
        if merges {
            let identities =
                items.iter().enumerate().filter_map(|(place, item)| Some((self.identity(*item, arena)?, place)));
            places.extend(identities);
        }
        for item in other.iter(arena) {
            let raw = item.map_or(Raw::Go("*types.Err"), |value| Raw::of(value, arena));
            let identity = if merges { self.identity(raw, arena) } else { None };
            match identity.as_ref().and_then(|identity| places.get(identity)) {
                Some(place) if self.schema.list_type == Some(ListType::Map) => items[*place] = raw,
                Some(_) => {}
                None => {
                    if let (Some(identity), Some(ListType::Set)) = (identity, self.schema.list_type) {
                        places.insert(identity, items.len());
                    }
                    items.push(raw);
                }
            }
        }
        let items = Items::Joined(arena.slice(&items));
        let (schema, item_schema) = (self.schema, self.item_schema);
        Some(Ok(List::Host(arena.place(SchemaList { items, schema, item_schema }))))
    }

    fn plain<'a>(&'a self, arena: &'a Arena) -> List<'a> {
        match self.items {
            Items::Json(items) => plain::list(items, arena),
            Items::Joined(items) => raw::plain_items(items, arena),
        }
    }
}
