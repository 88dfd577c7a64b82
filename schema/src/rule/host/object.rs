//! Objects and maps with a schema.

use std::{borrow::Cow, ops::ControlFlow};

use crdgen_cel::{Arena, Fault, HostMap, Map, Outcome, Value};

use super::{plain, raw::Raw};
use crate::{
    rule::{
        escape::{escape, unescape},
        root,
    },
    schema::Schema,
    view::{ObjectView, View},
};

/// An object, whose members rules name by identifiers, or a map, whose keys are texts.
#[derive(Clone, Copy, Debug)]
pub(super) struct SchemaObject<'a> {
    pub(super) members: &'a dyn ObjectView,
    pub(super) schema: &'a Schema,
    pub(super) is_root: bool,
}

impl<'s> SchemaObject<'s> {
    fn is_object(&self) -> bool {
        self.is_root || !self.schema.properties.is_empty()
    }

    fn schema_of(&self, name: &str) -> Option<&'s Schema> {
        if self.is_object() { root::property(self.schema, self.is_root, name) } else { self.schema.additional_schema() }
    }

    /// A member, by the name that it has in JSON. A member of an object that is null is as good as absent.
    fn member<'a>(&'a self, name: &str, arena: &'a Arena) -> Outcome<'a, Option<Value<'a>>> {
        let Some(view) = self.members.get(name, arena.bump()) else { return Ok(None) };
        match self.schema_of(name) {
            Some(schema) if !(view.is_null() && self.is_object()) => {
                super::value(view, schema, schema.embedded_resource, arena).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Whether one member is the same in another map.
    fn has_same<'a>(&'a self, name: &str, view: View<'a>, other: Map<'a>, arena: &'a Arena) -> Outcome<'a, bool> {
        let Some(schema) = self.schema_of(name) else {
            let Map::Host(other) = other else { return Err(Fault::NO_SUCH_OVERLOAD) };
            return Ok(raw_member(other, name, arena).is_none_or(|other| view.is_same(other, arena.bump())));
        };
        let key = Value::String(arena.text(name));
        match (self.get(name, arena)?, other.get(key, arena)?) {
            (None, None) => Ok(true),
            (Some(_), Some(_)) if is_unknown(schema) => {
                let Map::Host(other) = other else { return Ok(false) };
                Ok(raw_member(other, name, arena).is_some_and(|other| view.is_same(other, arena.bump())))
            }
            (Some(value), Some(other)) => value.equals(other, arena),
            _ => Ok(false),
        }
    }
}

impl HostMap for SchemaObject<'_> {
    fn len(&self) -> usize {
        self.members.len()
    }

    fn get<'a>(&'a self, key: &str, arena: &'a Arena) -> Outcome<'a, Option<Value<'a>>> {
        let name = if self.is_object() { unescape(key) } else { Some(Cow::Borrowed(key)) };
        name.map_or(Ok(None), |name| self.member(&name, arena))
    }

    fn each<'a>(&'a self, arena: &'a Arena, visit: &mut dyn FnMut(&'a str, Outcome<'a>) -> ControlFlow<()>) {
        self.members.each(arena.bump(), &mut |name, _| match self.member(name, arena).transpose() {
            Some(value) if self.is_object() => match escape(name) {
                Some(Cow::Owned(escaped)) => visit(arena.text(&escaped), value),
                _ => visit(name, value),
            },
            Some(value) => visit(name, value),
            None => ControlFlow::Continue(()),
        });
    }

    fn equals<'a>(&'a self, other: Map<'a>, arena: &'a Arena) -> Option<Outcome<'a, bool>> {
        if self.len() != other.len() {
            return Some(Ok(false));
        }
        let mut same = Ok(true);
        self.members.each(arena.bump(), &mut |name, view| {
            same = self.has_same(name, view, other, arena);
            if same == Ok(true) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        Some(same)
    }

    fn plain<'a>(&'a self, arena: &'a Arena) -> Map<'a> {
        plain::map(self.members, arena)
    }
}

/// Whether values are kept without anything being known of them.
fn is_unknown(schema: &Schema) -> bool {
    schema.kind.is_none() && !schema.int_or_string
}

/// The member as it is in JSON.
fn raw_member<'a>(map: &'a dyn HostMap, name: &str, arena: &'a Arena) -> Option<View<'a>> {
    let Raw::Json(View::Object(members)) = Raw::of(Value::Map(Map::Host(map)), arena) else { return None };
    members.get(name, arena.bump())
}
