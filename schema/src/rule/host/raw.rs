//! Values without what a schema says of them: as they are in JSON, or as Go has them where they are not from JSON.

use std::ops::ControlFlow;

use crdgen_cel::{Arena, List, Map, Value};

use super::plain;
use crate::view::{Arena as Bump, ListView, ObjectView, View};

/// What a value is made from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Raw<'a> {
    /// JSON.
    Json(View<'a>),
    /// A value that JSON does not have, by its type in Go.
    Go(&'static str),
}

impl<'a> Raw<'a> {
    /// What stands behind a CEL value: `ref.Val.Value()` in cel-go.
    pub(super) fn of(value: Value<'a>, arena: &'a Arena) -> Self {
        Self::Json(match value {
            Value::Bool(flag) => View::Bool(flag),
            Value::Int(number) => View::Int(number),
            Value::Double(number) => View::Float(number),
            Value::String(text) => View::Text(text),
            Value::List(List::Host(list)) => View::List(arena.place(Items { list: list.plain(arena), arena })),
            Value::Map(Map::Host(map)) => View::Object(arena.place(Members { map: map.plain(arena), arena })),
            Value::Null => return Self::Go("structpb.NullValue"),
            Value::Uint(_) => return Self::Go("uint64"),
            Value::Bytes(_) => return Self::Go("[]uint8"),
            Value::Duration(_) => return Self::Go("time.Duration"),
            Value::Timestamp(_) => return Self::Go("time.Time"),
            Value::List(_) => return Self::Go("[]ref.Val"),
            Value::Map(_) => return Self::Go("map[ref.Val]ref.Val"),
            Value::Optional(_) | Value::Type(_) | Value::Opaque(_) => return Self::Go("*types.Opaque"),
        })
    }

    /// The type that Go has it in.
    pub(super) fn go_type(self) -> &'static str {
        match self {
            Self::Json(View::Null) => "<nil>",
            Self::Json(View::Bool(_)) => "bool",
            Self::Json(View::Int(_)) => "int64",
            Self::Json(View::Float(_)) => "float64",
            Self::Json(View::Text(_)) => "string",
            Self::Json(View::List(_)) => "[]interface {}",
            Self::Json(View::Object(_)) => "map[string]interface {}",
            Self::Go(name) => name,
        }
    }

    /// The member of that name, if this is an object that has it.
    pub(super) fn member(self, name: &str, arena: &'a Arena) -> Option<View<'a>> {
        match self {
            Self::Json(View::Object(members)) => members.get(name, arena.bump()),
            _ => None,
        }
    }

    /// A text that two scalars share if they are the same in Go, by type and value. None for lists and objects.
    pub(super) fn identity(self) -> Option<String> {
        match self {
            Self::Json(View::Bool(flag)) => Some(flag.to_string()),
            Self::Json(View::Int(number)) => Some(format!("int {number}")),
            // Negative zero is zero.
            Self::Json(View::Float(number)) => Some(format!("float {:?}", number + 0.0)),
            Self::Json(View::Text(text)) => Some(format!("text {text}")),
            _ => None,
        }
    }
}

/// A list of CEL as one of JSON.
#[derive(Clone, Copy, Debug)]
struct Items<'a> {
    list: List<'a>,
    arena: &'a Arena,
}

impl ListView for Items<'_> {
    fn len(&self) -> usize {
        self.list.len()
    }

    fn get<'v>(&'v self, index: usize, _: &'v Bump) -> Option<View<'v>> {
        let item = self.list.get(index, self.arena).ok()??;
        Some(view(item, self.arena))
    }
}

/// A map of CEL as an object of JSON.
#[derive(Clone, Copy, Debug)]
struct Members<'a> {
    map: Map<'a>,
    arena: &'a Arena,
}

impl ObjectView for Members<'_> {
    fn len(&self) -> usize {
        self.map.len()
    }

    fn get<'v>(&'v self, name: &str, _: &'v Bump) -> Option<View<'v>> {
        let member = self.map.get(Value::String(self.arena.text(name)), self.arena).ok()??;
        Some(view(member, self.arena))
    }

    fn each<'v>(&'v self, _: &'v Bump, visit: &mut dyn FnMut(&'v str, View<'v>) -> ControlFlow<()>) {
        self.map.each(self.arena, &mut |key, value| match (key, value) {
            (Value::String(name), Ok(value)) => visit(name, view(value, self.arena)),
            _ => ControlFlow::Continue(()),
        });
    }
}

/// A plain value, which JSON has.
fn view<'a>(value: Value<'a>, arena: &'a Arena) -> View<'a> {
    match Raw::of(value, arena) {
        Raw::Json(view) => view,
        Raw::Go(_) => View::Null,
    }
}

/// A raw value whose schema is not known.
pub(super) fn plain_items<'a>(items: &'a [Raw<'a>], arena: &'a Arena) -> List<'a> {
    let values: Vec<Value<'a>> = items.iter().map(|item| plain::value(*item, arena).unwrap_or(Value::Null)).collect();
    List::Values(arena.values(&values))
}
