//! What Go's decoder refuses: the first value of a wrong type, in document order.
//!
//! In: JSON and a [`Struct`]. Out: the text of the error. `null` reads as absent everywhere, and members that a struct does
//! not have do not count.

use serde_json::Value;

use super::{
    Struct, Type,
    json::{Json, Kind},
    scalar,
};
use crate::node::Node;

/// A value that Go refuses, and why.
pub(crate) struct Refused<'v, J> {
    pub(crate) value: &'v J,
    pub(crate) text: String,
}

/// Whether Go would decode the value into the struct. The error is Go's.
pub fn check(value: &Value, of: &Struct) -> Result<(), String> {
    Decoder::default().root(value, of).map_err(|refused| refused.text)
}

/// Like [`check`], for a node: the error tells which one it is about.
pub(crate) fn check_node<'v, 't>(node: &'v Node<'t>, of: &Struct) -> Result<(), Refused<'v, Node<'t>>> {
    Decoder::default().root(node, of)
}

/// The error about a value that stands in no struct.
pub fn cannot_unmarshal(value: &Value, go_type: &str) -> String {
    format!("json: cannot unmarshal {} into Go value of type {go_type}", value.kind().name())
}

/// Where the decoder stands: the innermost struct, and the names of the fields that lead to the value.
#[derive(Default)]
struct Decoder {
    owner: &'static str,
    path: Vec<&'static str>,
}

type Checked<'v, J> = Result<(), Refused<'v, J>>;

impl Decoder {
    fn root<'v, J: Json>(&mut self, value: &'v J, of: &Struct) -> Checked<'v, J> {
        if value.kind() == Kind::Null { Ok(()) } else { self.structure(value, of) }
    }

    fn structure<'v, J: Json>(&mut self, value: &'v J, of: &Struct) -> Checked<'v, J> {
        if value.kind() != Kind::Object {
            return Err(self.mismatch(value, value.kind().name(), &of.go_name()));
        }
        let owner = std::mem::replace(&mut self.owner, of.name);
        for (name, member) in value.members() {
            if let Some(field) = of.field(name) {
                let depth = self.path.len();
                self.path.extend([field.tags.embedded, field.name].into_iter().filter(|name| !name.is_empty()));
                self.value(member, &field.kind)?;
                self.path.truncate(depth);
            }
        }
        self.owner = owner;
        Ok(())
    }

    fn value<'v, J: Json>(&mut self, value: &'v J, kind: &Type) -> Checked<'v, J> {
        let found = value.kind();
        match (kind.unnamed(), found) {
            (_, Kind::Null)
            | (Type::Any, _)
            | (Type::Text | Type::IntOrString, Kind::Text)
            | (Type::Flag, Kind::Flag)
            | (Type::Float64, Kind::Number) => Ok(()),
            (Type::Pointer(kind), _) => self.value(value, kind),
            (Type::Struct(of), _) => self.structure(value, of),
            (Type::List(kind), Kind::List) => value.items().iter().try_for_each(|item| self.value(item, kind)),
            (Type::Map(kind), Kind::Object) => value.members().try_for_each(|(_, member)| self.value(member, kind)),
            (Type::OneOf(kinds, error), _) => match (kinds.iter().find(|kind| kind.accepts(found)), error) {
                (Some(kind), _) => self.value(value, kind),
                (None, Some(error)) => Err(Refused { value, text: (*error).to_owned() }),
                (None, None) => Ok(()),
            },
            (Type::Quantity, _) => scalar::quantity(value).map(drop).map_err(|text| Refused { value, text }),
            (Type::Bytes | Type::Time | Type::MicroTime, Kind::Text) => {
                scalar::check(value.text(), kind).map_err(|text| Refused { value, text })
            }
            (Type::Int32 | Type::Int64 | Type::WholeNumber | Type::IntOrString, Kind::Number) => {
                if scalar::integer(value, kind).is_some() {
                    return Ok(());
                }
                Err(self.mismatch(value, &format!("number {}", value.print()), &kind.decoded_name()))
            }
            _ => Err(self.mismatch(value, found.name(), &kind.decoded_name())),
        }
    }

    fn mismatch<'v, J: Json>(&self, value: &'v J, found: &str, expected: &str) -> Refused<'v, J> {
        let place = match self.path.join(".") {
            path if path.is_empty() => "value".to_owned(),
            path => format!("struct field {}.{path}", self.owner),
        };
        Refused { value, text: format!("json: cannot unmarshal {found} into Go {place} of type {expected}") }
    }
}

impl Type {
    /// Whether JSON of that kind can be of this type.
    pub(super) fn accepts(&self, kind: Kind) -> bool {
        match self {
            Self::Text | Self::Bytes | Self::Time | Self::MicroTime => kind == Kind::Text,
            Self::Flag => kind == Kind::Flag,
            Self::Int32 | Self::Int64 | Self::WholeNumber | Self::Float64 => kind == Kind::Number,
            Self::List(_) => kind == Kind::List,
            Self::Map(_) | Self::Struct(_) => kind == Kind::Object,
            Self::Quantity | Self::IntOrString => matches!(kind, Kind::Text | Kind::Number),
            Self::Pointer(inner) | Self::Named(_, inner) => inner.accepts(kind),
            Self::Any => true,
            Self::OneOf(kinds, _) => kinds.iter().any(|inner| inner.accepts(kind)),
        }
    }
}
