//! Finds the old value that a new value replaces.
//!
//! In: the old value of a parent. Out: the old value of a child, if there is one that corresponds to it, and whether a
//! value has changed. Source: `apiserver/pkg/cel/common/equality.go`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    go,
    schema::{ListType, Schema},
};

/// The old items of a list, by their keys. Empty unless it is a list map.
pub(crate) struct OldItems<'a> {
    list: &'a Schema,
    by_key: BTreeMap<String, Old<'a>>,
}

/// An old value, with the schema that decides how old and new children are matched.
#[derive(Clone, Copy)]
pub(crate) struct Old<'a> {
    value: &'a Value,
    schema: &'a Schema,
}

impl<'a> Old<'a> {
    pub(crate) fn new(value: &'a Value, schema: &'a Schema) -> Self {
        Self { value, schema }
    }

    /// The old value itself.
    pub(crate) fn value(self) -> &'a Value {
        self.value
    }

    /// The old value of a member of an object or map.
    pub(crate) fn member(self, name: &str) -> Option<Self> {
        let value = self.value.as_object()?.get(name)?;
        Some(Self { value, schema: self.schema.member(name)? })
    }

    /// The old items by their keys. Only items of list maps can be matched.
    pub(crate) fn items(self) -> OldItems<'a> {
        let mut items = OldItems { list: self.schema, by_key: BTreeMap::new() };
        let (Some(schema), Some(values)) = (self.schema.items.as_deref(), self.value.as_array()) else { return items };
        if self.schema.list_type == Some(ListType::Map) {
            for value in values {
                // Of several items with the same keys the first one counts.
                if let Some(key) = key(value, self.schema) {
                    items.by_key.entry(key).or_insert(Self { value, schema });
                }
            }
        }
        items
    }

    /// Whether `value` has not changed. The items of a list map are compared with the old items that have the same
    /// keys, so their order does not matter. Any other list must be equal, order included.
    pub(crate) fn is_unchanged(self, value: &Value) -> bool {
        match (self.value, value) {
            (Value::Array(old), Value::Array(new)) => {
                let correlates = self.schema.list_type == Some(ListType::Map);
                let items = self.items();
                old.len() == new.len()
                    && if correlates {
                        new.iter().all(|item| items.get(item).is_some_and(|old| old.is_unchanged(item)))
                    } else {
                        old == new
                    }
            }
            (Value::Object(old), Value::Object(new)) => old.len() == new.len() && self.same_members(new),
            (old, new) => old == new,
        }
    }

    /// Whether all members are unchanged. A member without a schema always counts as changed.
    fn same_members(self, new: &Map<String, Value>) -> bool {
        new.iter().all(|(name, member)| self.member(name).is_some_and(|old| old.is_unchanged(member)))
    }
}

impl<'a> OldItems<'a> {
    /// The old item with the same keys.
    pub(crate) fn get(&self, item: &Value) -> Option<Old<'a>> {
        if self.by_key.is_empty() {
            return None;
        }
        self.by_key.get(&key(item, self.list)?).copied()
    }
}

/// A text that is the same for two items of a list map if their keys are equal. `None` unless the item has all keys,
/// and all are scalars.
fn key(item: &Value, list: &Schema) -> Option<String> {
    let item = item.as_object()?;
    let scalar = |value: &&Value| !value.is_null() && !value.is_array() && !value.is_object();
    let values = list.list_map_keys.iter().map(|key| item.get(key).filter(scalar).map(go::identity));
    Some(values.collect::<Option<Vec<String>>>()?.join("\0"))
}
