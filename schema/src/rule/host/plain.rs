//! JSON that no schema describes, as CEL sees it.

use std::ops::ControlFlow;

use crdgen_cel::{Arena, Fault, HostList, HostMap, List, Map, Outcome, Value};

use super::raw::Raw;
use crate::view::{ListView, ObjectView, View};

pub(super) fn value<'a>(raw: Raw<'a>, arena: &'a Arena) -> Outcome<'a> {
    match raw {
        Raw::Json(view) => Ok(of_view(view, arena)),
        Raw::Go(name) => Err(Fault::new(arena, &format!("unsupported type conversion: {name}"))),
    }
}

pub(super) fn of_view<'a>(view: View<'a>, arena: &'a Arena) -> Value<'a> {
    match view {
        View::Null => Value::Null,
        View::Bool(flag) => Value::Bool(flag),
        View::Int(number) => Value::Int(number),
        View::Float(number) => Value::Double(number),
        View::Text(text) => Value::String(text),
        View::List(items) => Value::List(list(items, arena)),
        View::Object(members) => Value::Map(map(members, arena)),
    }
}

pub(super) fn list<'a>(items: &'a dyn ListView, arena: &'a Arena) -> List<'a> {
    List::Host(arena.place(PlainList(items)))
}

pub(super) fn map<'a>(members: &'a dyn ObjectView, arena: &'a Arena) -> Map<'a> {
    Map::Host(arena.place(PlainMap(members)))
}

#[derive(Clone, Copy, Debug)]
struct PlainList<'a>(&'a dyn ListView);

impl HostList for PlainList<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn item<'a>(&'a self, index: usize, arena: &'a Arena) -> Outcome<'a> {
        Ok(self.0.get(index, arena.bump()).map_or(Value::Null, |item| of_view(item, arena)))
    }

    fn plain<'a>(&'a self, _: &'a Arena) -> List<'a> {
        List::Host(self)
    }
}

#[derive(Clone, Copy, Debug)]
struct PlainMap<'a>(&'a dyn ObjectView);

impl HostMap for PlainMap<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn get<'a>(&'a self, key: &str, arena: &'a Arena) -> Outcome<'a, Option<Value<'a>>> {
        Ok(self.0.get(key, arena.bump()).map(|member| of_view(member, arena)))
    }

    fn each<'a>(&'a self, arena: &'a Arena, visit: &mut dyn FnMut(&'a str, Outcome<'a>) -> ControlFlow<()>) {
        self.0.each(arena.bump(), &mut |name, member| visit(name, Ok(of_view(member, arena))));
    }

    fn plain<'a>(&'a self, _: &'a Arena) -> Map<'a> {
        Map::Host(self)
    }
}
