//! Which old value a new one replaces.
//!
//! In: the old and new value of a parent. Out: the old value of a child, if there is one that correlates, and whether a value
//! has changed at all. Source: `apiserver/pkg/cel/common/equality.go`.

use serde_json::{Map, Value};

use crate::{
    pruning::{Member, member_schema},
    schema::{ListType, Schema},
};

/// An old value, and the schema that decides how its children correlate.
#[derive(Clone, Copy)]
pub(super) struct Old<'a> {
    value: &'a Value,
    schema: &'a Schema,
}

impl<'a> Old<'a> {
    pub(super) fn new(value: &'a Value, schema: &'a Schema) -> Self {
        Self { value, schema }
    }

    /// What the member of that name had before, in objects and maps.
    pub(super) fn member(self, name: &str) -> Option<Self> {
        let value = self.value.as_object()?.get(name)?;
        match member_schema(self.schema, name) {
            Member::Known(Some(schema)) => Some(Self { value, schema }),
            _ => None,
        }
    }

    /// What the item with the same keys was before; only items of list maps correlate.
    pub(super) fn item(self, item: &Value) -> Option<Self> {
        let schema = self.schema.items.as_deref()?;
        if self.schema.list_type != Some(ListType::Map) {
            return None;
        }
        let keys = keys(item, self.schema)?;
        let value = self.value.as_array()?.iter().find(|old| self::keys(old, self.schema).as_ref() == Some(&keys))?;
        Some(Self { value, schema })
    }

    /// Whether `value` is what it was before. Lists of list maps may not be reordered to the eye of this check either.
    pub(super) fn is_unchanged(self, value: &Value) -> bool {
        match (self.value, value) {
            (Value::Array(old), Value::Array(new)) => {
                let correlates = self.schema.list_type == Some(ListType::Map);
                old.len() == new.len()
                    && if correlates {
                        new.iter().all(|item| self.item(item).is_some_and(|old| old.is_unchanged(item)))
                    } else {
                        old == new
                    }
            }
            (Value::Object(old), Value::Object(new)) => old.len() == new.len() && self.same_members(new),
            (old, new) => old == new,
        }
    }

    /// A member without a schema never counts as unchanged.
    fn same_members(self, new: &Map<String, Value>) -> bool {
        new.iter().all(|(name, member)| self.member(name).is_some_and(|old| old.is_unchanged(member)))
    }
}

/// The values of a list map's keys, if the item has them all and they are scalars.
fn keys<'v>(item: &'v Value, schema: &Schema) -> Option<Vec<&'v Value>> {
    let item = item.as_object()?;
    schema
        .list_map_keys
        .iter()
        .map(|key| item.get(key).filter(|value| !value.is_null() && !value.is_array() && !value.is_object()))
        .collect()
}
