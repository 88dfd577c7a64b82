//! Finds the old value that a new value replaces.
//!
//! In: the old value of a parent. Out: the old value of a child, if there is one that corresponds to it, and whether a
//! value has changed. Source: `apiserver/pkg/cel/common/equality.go`.

use std::{collections::BTreeMap, ops::ControlFlow};

use crate::{
    go,
    schema::{ListType, Schema},
    view::{Arena, ObjectView, View},
};

/// The old items of a list, by their keys. Empty unless it is a list map.
pub(crate) struct OldItems<'a> {
    list: Old<'a>,
    by_key: BTreeMap<String, Old<'a>>,
}

/// An old value, with the schema that decides how old and new children are matched.
#[derive(Clone, Copy)]
pub(crate) struct Old<'a> {
    value: View<'a>,
    schema: &'a Schema,
    arena: &'a Arena,
}

impl<'a> Old<'a> {
    pub(crate) fn new(value: View<'a>, schema: &'a Schema, arena: &'a Arena) -> Self {
        Self { value, schema, arena }
    }

    /// The old value itself.
    pub(crate) fn value(self) -> View<'a> {
        self.value
    }

    /// The old value of a member of an object or map.
    pub(crate) fn member(self, name: &str) -> Option<Self> {
        let value = self.value.get(name, self.arena)?;
        Some(Self { value, schema: self.schema.member(name)?, ..self })
    }

    /// The old items by their keys. Only items of list maps can be matched.
    pub(crate) fn items(self) -> OldItems<'a> {
        let mut items = OldItems { list: self, by_key: BTreeMap::new() };
        let Some(schema) = self.schema.items.as_deref() else { return items };
        if self.schema.list_type == Some(ListType::Map) {
            for value in self.value.items(self.arena) {
                // Of several items with the same keys the first one counts.
                if let Some(key) = self.key(value) {
                    items.by_key.entry(key).or_insert(Self { value, schema, ..self });
                }
            }
        }
        items
    }

    /// Whether `value` has not changed. The items of a list map are compared with the old items that have the same
    /// keys, so their order does not matter. Any other list must be equal, order included.
    pub(crate) fn is_unchanged(self, value: View<'a>) -> bool {
        match (self.value, value) {
            (View::List(old), View::List(new)) => {
                if old.len() != new.len() {
                    return false;
                }
                if self.schema.list_type != Some(ListType::Map) {
                    return self.value.is_same(value, self.arena);
                }
                let items = self.items();
                value.items(self.arena).all(|item| items.get(item).is_some_and(|old| old.is_unchanged(item)))
            }
            (View::Object(old), View::Object(new)) => old.len() == new.len() && self.same_members(new),
            (old, new) => old.is_same(new, self.arena),
        }
    }

    /// Whether all members are unchanged. A member without a schema always counts as changed.
    fn same_members(self, new: &'a dyn ObjectView) -> bool {
        let mut same = true;
        new.each(self.arena, &mut |name, member| {
            same = self.member(name).is_some_and(|old| old.is_unchanged(member));
            if same { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        same
    }

    /// A text that is the same for two items of this list map if their keys are equal. `None` unless the item has all
    /// keys, and all are scalars.
    fn key(self, item: View<'a>) -> Option<String> {
        let item = item.as_object()?;
        let scalar = |value: &View<'_>| !matches!(value, View::Null | View::List(_) | View::Object(_));
        let names = self.schema.list_map_keys.iter();
        let values = names.map(|name| item.get(name, self.arena).filter(scalar).map(go::identity));
        Some(values.collect::<Option<Vec<String>>>()?.join("\0"))
    }
}

impl<'a> OldItems<'a> {
    /// The old item with the same keys.
    pub(crate) fn get(&self, item: View<'a>) -> Option<Old<'a>> {
        if self.by_key.is_empty() {
            return None;
        }
        self.by_key.get(&self.list.key(item)?).copied()
    }
}
