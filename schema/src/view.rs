//! Values that are looked at where they are: JSON, or anything else that has its shape.
//!
//! Rules read an object through a [`View`], so that nothing is turned into JSON for them.
//!
//! ```
//! use crdgen_schema::view::View;
//! use serde_json::json;
//!
//! let object = json!({"replicas": 3, "names": ["a", "b"]});
//! let View::Object(members) = View::from(&object) else { unreachable!() };
//! assert!(matches!(members.get("replicas"), Some(View::Int(3))));
//! ```

use std::{fmt::Debug, ops::ControlFlow};

use serde_json::{Map, Value};

/// A value.
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

/// An array.
pub trait ListView: Debug {
    /// How many items there are.
    fn len(&self) -> usize;

    /// Whether there are no items.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item of that index.
    fn get(&self, index: usize) -> Option<View<'_>>;
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
    fn get(&self, name: &str) -> Option<View<'_>>;

    /// Calls `visit` with every member, until it breaks.
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>);
}

impl View<'_> {
    /// Whether two values are the same, types of numbers included (Go's `reflect.DeepEqual` of JSON values).
    pub fn is_same(self, other: View<'_>) -> bool {
        match (self, other) {
            (Self::Null, View::Null) => true,
            (Self::Bool(a), View::Bool(b)) => a == b,
            (Self::Int(a), View::Int(b)) => a == b,
            #[allow(clippy::float_cmp)] // The same, and nothing else.
            (Self::Float(a), View::Float(b)) => a == b,
            (Self::Text(a), View::Text(b)) => a == b,
            (Self::List(a), View::List(b)) => {
                a.len() == b.len()
                    && (0..a.len()).all(|index| match (a.get(index), b.get(index)) {
                        (Some(a), Some(b)) => a.is_same(b),
                        _ => false,
                    })
            }
            (Self::Object(a), View::Object(b)) => {
                let mut same = a.len() == b.len();
                a.each(&mut |name, value| {
                    same = same && b.get(name).is_some_and(|other| value.is_same(other));
                    if same { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                });
                same
            }
            _ => false,
        }
    }
}

impl<'a> From<&'a Value> for View<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => {
                number.as_i64().map_or_else(|| Self::Float(number.as_f64().unwrap_or(f64::NAN)), Self::Int)
            }
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

    fn get(&self, index: usize) -> Option<View<'_>> {
        <[Value]>::get(self, index).map(View::from)
    }
}

impl ObjectView for Map<String, Value> {
    fn len(&self) -> usize {
        Self::len(self)
    }

    fn get(&self, name: &str) -> Option<View<'_>> {
        Self::get(self, name).map(View::from)
    }

    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>) {
        let _ = self.iter().try_for_each(|(name, value)| visit(name, value.into()));
    }
}
