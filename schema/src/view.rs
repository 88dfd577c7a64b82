//! Values that are looked at where they are: JSON, or anything else that has its shape.
//!
//! Validation and rules read an object through a [`View`], so that nothing is turned into JSON for them. What a view needs to
//! show a part of a value lies in an [`Arena`], which drops nothing that is put there.
//!
//! ```
//! use crdgen_schema::view::{Arena, View};
//! use serde_json::json;
//!
//! let object = json!({"replicas": 3, "names": ["a", "b"]});
//! let arena = Arena::new();
//! let View::Object(members) = View::from(&object) else { unreachable!() };
//! assert!(matches!(members.get("replicas", &arena), Some(View::Int(3))));
//! ```

use std::{fmt::Debug, ops::ControlFlow};

pub use bumpalo::Bump as Arena;
use serde_json::{Map, Value};

use crate::number::Number;

/// A value.
// With a smaller tag, copies are made of pieces that the processor has to wait for.
#[repr(u64)]
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// `null`
    Null,
    /// A truth value.
    Bool(bool),
    /// A number without a fraction that 64 bits hold with a sign.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(&'a str),
    /// An array.
    List(&'a dyn ListView),
    /// An object.
    Object(&'a dyn ObjectView),
}

/// What is known of a field before any value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// The JSON key.
    pub name: &'static str,
    /// Whether an object without this key is refused.
    pub required: bool,
}

impl Member {
    /// A field that has to be there.
    pub const fn required(name: &'static str) -> Self {
        Self { name, required: true }
    }

    /// A field that may be left out.
    pub const fn optional(name: &'static str) -> Self {
        Self { name, required: false }
    }
}

/// An array.
pub trait ListView: Debug {
    /// How many items there are.
    fn len(&self) -> usize;

    /// Whether there are no items.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item of that index.
    fn get<'a>(&'a self, index: usize, arena: &'a Arena) -> Option<View<'a>>;
}

/// An object.
pub trait ObjectView: Debug {
    /// How many members there are.
    fn len(&self) -> usize;

    /// Whether there are no members.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The member of that name.
    fn get<'a>(&'a self, name: &str, arena: &'a Arena) -> Option<View<'a>>;

    /// Calls `visit` with every member, until it breaks.
    fn each<'a>(&'a self, arena: &'a Arena, visit: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>);

    /// The fields that objects of this kind can have, if they have a table of them. What is found out about a table is good for
    /// all objects with it.
    fn table(&self) -> Option<&'static [Member]> {
        None
    }

    /// Calls `visit` with every member as [`ObjectView::each`] does, and with the place of each in the table.
    fn each_field<'a>(
        &'a self,
        arena: &'a Arena,
        visit: &mut dyn FnMut(Option<usize>, &'a str, View<'a>) -> ControlFlow<()>,
    ) {
        self.each(arena, &mut |name, value| visit(None, name, value));
    }
}

impl<'a> View<'a> {
    /// Whether this is `null`.
    pub fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text, if this is one.
    pub fn as_text(self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, if this is one.
    pub fn as_number(self) -> Option<Number> {
        match self {
            Self::Int(number) => Some(Number::Int(number)),
            Self::Float(number) => Some(Number::Float(number)),
            _ => None,
        }
    }

    /// The items, if this is an array.
    pub fn as_list(self) -> Option<&'a dyn ListView> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    /// The members, if this is an object.
    pub fn as_object(self) -> Option<&'a dyn ObjectView> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// The member of that name, if this is an object that has it.
    pub fn get(self, name: &str, arena: &'a Arena) -> Option<Self> {
        self.as_object()?.get(name, arena)
    }

    /// The items, if this is an array.
    pub fn items(self, arena: &'a Arena) -> impl Iterator<Item = Self> {
        let items = self.as_list();
        (0..items.map_or(0, ListView::len)).filter_map(move |index| items?.get(index, arena))
    }

    /// Whether two values are the same, types of numbers included (Go's `reflect.DeepEqual` of JSON values).
    pub fn is_same(self, other: Self, arena: &'a Arena) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            #[allow(clippy::float_cmp)] // The same, and nothing else.
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::List(a), Self::List(b)) => {
                a.len() == b.len()
                    && (0..a.len()).all(|index| match (a.get(index, arena), b.get(index, arena)) {
                        (Some(a), Some(b)) => a.is_same(b, arena),
                        _ => false,
                    })
            }
            (Self::Object(a), Self::Object(b)) => {
                let mut same = a.len() == b.len();
                a.each(arena, &mut |name, value| {
                    same = same && b.get(name, arena).is_some_and(|other| value.is_same(other, arena));
                    if same { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                });
                same
            }
            _ => false,
        }
    }

    /// The value as JSON, for messages.
    pub fn to_json(self) -> Value {
        json_of(self, &Arena::new())
    }
}

fn json_of<'a>(view: View<'a>, arena: &'a Arena) -> Value {
    match view {
        View::Null => Value::Null,
        View::Bool(flag) => flag.into(),
        View::Int(number) => number.into(),
        View::Float(number) => number.into(),
        View::Text(text) => text.into(),
        View::List(_) => view.items(arena).map(|item| json_of(item, arena)).collect(),
        View::Object(object) => {
            let mut members = Map::new();
            object.each(arena, &mut |name, member| {
                members.insert(name.to_owned(), json_of(member, arena));
                ControlFlow::Continue(())
            });
            Value::Object(members)
        }
    }
}

impl<'a> From<&'a Value> for View<'a> {
    #[inline]
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => match Number::from(number) {
                Number::Int(number) => Self::Int(number),
                Number::Float(number) => Self::Float(number),
            },
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::List(items),
            Value::Object(members) => Self::Object(members),
        }
    }
}

impl ListView for Vec<Value> {
    fn len(&self) -> usize {
        Self::len(self)
    }

    fn get<'a>(&'a self, index: usize, _: &'a Arena) -> Option<View<'a>> {
        <[Value]>::get(self, index).map(View::from)
    }
}

impl ObjectView for Map<String, Value> {
    fn len(&self) -> usize {
        Self::len(self)
    }

    fn get<'a>(&'a self, name: &str, _: &'a Arena) -> Option<View<'a>> {
        Self::get(self, name).map(View::from)
    }

    fn each<'a>(&'a self, _: &'a Arena, visit: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>) {
        let _ = self.iter().try_for_each(|(name, value)| visit(name, value.into()));
    }
}
