//! Objects with a table, looked at where they are.
//!
//! In: a value with a table. Out: a view of it, as it would be written.

use std::{collections::BTreeMap, fmt, ops::ControlFlow};

use crdgen_schema::view::{Arena, ObjectView, View};
use serde_json::Value;

use super::{FieldVisitor, Member, Object, walk};
use crate::value::{Access as _, Field};

/// The view of an object.
pub(crate) fn view<'a, T: Object>(object: &'a T, arena: &'a Arena) -> View<'a> {
    View::Object(arena.alloc(TypedObject(object)))
}

struct TypedObject<'t, T>(&'t T);

impl<T> Clone for TypedObject<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for TypedObject<'_, T> {}

impl<T: fmt::Debug> fmt::Debug for TypedObject<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Object> ObjectView for TypedObject<'_, T> {
    fn len(&self) -> usize {
        let mut count = Count { members: T::MEMBERS, found: 0 };
        walk(self.0, &mut count);
        count.found
    }

    fn get<'a>(&'a self, name: &str, arena: &'a Arena) -> Option<View<'a>> {
        let index = T::MEMBERS.iter().position(|member| member.name == name);
        if index.is_none() && !T::KEEPS_UNKNOWN {
            return None;
        }
        let mut pick = Pick { index, name, arena, found: None };
        walk(self.0, &mut pick);
        pick.found
    }

    fn each<'a>(&'a self, arena: &'a Arena, visit: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>) {
        self.each_field(arena, &mut |_, name, value| visit(name, value));
    }

    fn table(&self) -> Option<&'static [Member]> {
        Some(T::MEMBERS)
    }

    fn each_field<'a>(
        &'a self,
        arena: &'a Arena,
        visit: &mut dyn FnMut(Option<usize>, &'a str, View<'a>) -> ControlFlow<()>,
    ) {
        walk(self.0, &mut Each { members: T::MEMBERS, arena, visit, flow: ControlFlow::Continue(()) });
    }
}

/// Whether a key is written with the keys of no field: a field of the same name wins.
fn is_unknown(members: &[Member], name: &str) -> bool {
    members.iter().all(|member| member.name != name)
}

struct Count {
    members: &'static [Member],
    found: usize,
}

impl<'a> FieldVisitor<'a> for Count {
    fn field<T: Field>(&mut self, _: usize, _: &'static Member, _: &'a T) {
        self.found += 1;
    }

    fn constant(&mut self, _: usize, _: &'static Member, _: &'static str) {
        self.found += 1;
    }

    fn unknown(&mut self, values: &'a BTreeMap<String, Value>) {
        self.found += values.keys().filter(|name| is_unknown(self.members, name)).count();
    }
}

/// Finds one member: the field at an index, or a key that belongs to none.
struct Pick<'a, 'n> {
    index: Option<usize>,
    name: &'n str,
    arena: &'a Arena,
    found: Option<View<'a>>,
}

impl<'a> FieldVisitor<'a> for Pick<'a, '_> {
    #[inline]
    fn field<T: Field>(&mut self, index: usize, _: &'static Member, value: &'a T) {
        if self.index == Some(index) {
            self.found = Some(T::Access::view(value, self.arena));
        }
    }

    fn constant(&mut self, index: usize, _: &'static Member, value: &'static str) {
        if self.index == Some(index) {
            self.found = Some(View::Text(value));
        }
    }

    fn unknown(&mut self, values: &'a BTreeMap<String, Value>) {
        if self.index.is_none() {
            self.found = values.get(self.name).map(View::from);
        }
    }
}

struct Each<'a, 'v> {
    members: &'static [Member],
    arena: &'a Arena,
    visit: &'v mut dyn FnMut(Option<usize>, &'a str, View<'a>) -> ControlFlow<()>,
    flow: ControlFlow<()>,
}

impl<'a> FieldVisitor<'a> for Each<'a, '_> {
    #[inline]
    fn field<T: Field>(&mut self, index: usize, member: &'static Member, value: &'a T) {
        if self.flow.is_continue() {
            self.flow = (self.visit)(Some(index), member.name, T::Access::view(value, self.arena));
        }
    }

    fn constant(&mut self, index: usize, member: &'static Member, value: &'static str) {
        if self.flow.is_continue() {
            self.flow = (self.visit)(Some(index), member.name, View::Text(value));
        }
    }

    fn unknown(&mut self, values: &'a BTreeMap<String, Value>) {
        let mut others = values.iter().filter(|(name, _)| is_unknown(self.members, name));
        if self.flow.is_continue() {
            self.flow = others.try_for_each(|(name, value)| (self.visit)(None, name, value.into()));
        }
    }
}
