//! Values that are known before an evaluation.

use std::sync::Arc;

use crate::{
    fault::Outcome,
    syntax::Literal,
    value::{Arena, Duration, HostList, List, Map, Timestamp, Value},
};

/// A value of the program.
#[derive(Clone, Debug)]
pub(crate) enum Constant {
    Literal(Literal),
    Duration(Duration),
    Timestamp(Timestamp),
    Type(Arc<str>),
    List(Arc<Items>),
    Map(Arc<[(Constant, Constant)]>),
}

/// The items of a constant list.
#[derive(Debug)]
pub(crate) struct Items(Box<[Constant]>);

impl Constant {
    pub(super) fn list(items: Vec<Self>) -> Self {
        Self::List(Arc::new(Items(items.into())))
    }

    /// A value as a constant; none if it is made of other values.
    pub(super) fn of(value: Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Literal(Literal::Null),
            Value::Bool(flag) => Self::Literal(Literal::Bool(flag)),
            Value::Int(number) => Self::Literal(Literal::Int(number)),
            Value::Uint(number) => Self::Literal(Literal::Uint(number)),
            Value::Double(number) => Self::Literal(Literal::Double(number)),
            Value::String(text) => Self::Literal(Literal::String(text.into())),
            Value::Bytes(bytes) => Self::Literal(Literal::Bytes(bytes.into())),
            Value::Duration(duration) => Self::Duration(duration),
            Value::Timestamp(time) => Self::Timestamp(time),
            Value::Type(name) => Self::Type(name.into()),
            Value::List(_) | Value::Map(_) | Value::Optional(_) | Value::Opaque(_) => return None,
        })
    }

    /// The value.
    pub(crate) fn value<'a>(&'a self, arena: &'a Arena) -> Value<'a> {
        match self {
            Self::Literal(literal) => literal.value(),
            Self::Duration(duration) => Value::Duration(*duration),
            Self::Timestamp(time) => Value::Timestamp(*time),
            Self::Type(name) => Value::Type(name),
            Self::List(items) => Value::List(List::Host(&**items)),
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (key.value(arena), value.value(arena))).collect();
                Value::Map(Map::from_entries(entries, arena))
            }
        }
    }

    pub(super) fn items(&self) -> Option<&[Self]> {
        if let Self::List(items) = self { Some(&items.0) } else { None }
    }
}

impl HostList for Items {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn item<'a>(&'a self, index: usize, arena: &'a Arena) -> Outcome<'a> {
        Ok(self.0[index].value(arena))
    }

    fn plain<'a>(&'a self, _: &'a Arena) -> List<'a> {
        List::Host(self)
    }
}
