//! What Go's decoder refuses: the first value that a type's own decoder refuses, or else the first of a wrong type, in document order.
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
    Decoder::new().root(value, of).map_err(|refused| refused.text)
}

/// Like [`check`], for a node: the error tells which one it is about.
pub(crate) fn check_node<'v, 't>(node: &'v Node<'t>, of: &Struct) -> Result<(), Refused<'v, Node<'t>>> {
    Decoder::new().root(node, of)
}

/// Like [`check`], for a value that stands in no struct.
pub(super) fn check_value<J: Json>(value: &J, kind: &Type) -> Result<(), String> {
    let mut decoder = Decoder::new();
    let checked = decoder.value(value, kind);
    checked.map_err(|refused| refused.text)?;
    decoder.first.map_or(Ok(()), |refused| Err(refused.text))
}

/// The error about a value that stands in no struct.
pub fn cannot_unmarshal(value: &Value, go_type: &str) -> String {
    format!("json: cannot unmarshal {} into Go value of type {go_type}", value.kind().name())
}

/// Where the decoder stands, and what it has found.
struct Decoder<'v, J> {
    /// The innermost struct.
    owner: &'static str,
    /// Whether the value stands in one with a decoder of its own: errors name the struct around that.
    is_custom: bool,
    /// The names of the fields that lead to the value.
    path: Vec<&'static str>,
    /// The first value of a wrong type. Go goes on, and forgets it if a type's own decoder fails later.
    first: Option<Refused<'v, J>>,
}

/// An error is that of a type's own decoder: it ends all decoding.
type Checked<'v, J> = Result<(), Refused<'v, J>>;

impl<'v, J: Json> Decoder<'v, J> {
    fn new() -> Self {
        Self { owner: "", is_custom: false, path: Vec::new(), first: None }
    }

    fn root(mut self, value: &'v J, of: &Struct) -> Checked<'v, J> {
        if value.kind() != Kind::Null {
            self.structure(value, of)?;
        }
        self.first.map_or(Ok(()), Err)
    }

    fn structure(&mut self, value: &'v J, of: &Struct) -> Checked<'v, J> {
        if value.kind() != Kind::Object {
            self.wrong(value, value.kind().name(), &of.go_name());
            return Ok(());
        }
        let owner = self.owner;
        if !self.is_custom {
            self.owner = of.name;
        }
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

    fn value(&mut self, value: &'v J, kind: &Type) -> Checked<'v, J> {
        let found = value.kind();
        match (kind.unnamed(), found) {
            (_, Kind::Null)
            | (Type::Any, _)
            | (Type::Text | Type::IntOrString, Kind::Text)
            | (Type::Flag, Kind::Flag) => Ok(()),
            (Type::Float64, Kind::Number) if value.is_float() => Ok(()),
            (Type::Pointer(kind), _) => self.value(value, kind),
            (Type::Struct(of), _) => self.structure(value, of),
            (Type::List(kind), Kind::List) => value.items().iter().try_for_each(|item| self.value(item, kind)),
            (Type::Map(kind), Kind::Object) => value.members().try_for_each(|(_, member)| self.value(member, kind)),
            (Type::OneOf(kinds, error), _) => match (kinds.iter().find(|kind| kind.accepts(found)), error) {
                (Some(kind), _) => self.custom(value, kind),
                (None, Some(error)) => Err(Refused { value, text: (*error).to_owned() }),
                (None, None) => Ok(()),
            },
            (Type::Quantity, _) => scalar::quantity(value).map(drop).map_err(|text| Refused { value, text }),
            (Type::Time | Type::MicroTime, Kind::Text) => {
                scalar::check(value.text(), kind).map_err(|text| Refused { value, text })
            }
            (Type::Time | Type::MicroTime, _) => Err(self.mismatch(value, found.name(), &kind.decoded_name())),
            (Type::Bytes, Kind::Text) => {
                if let Err(text) = scalar::check(value.text(), kind) {
                    self.first.get_or_insert(Refused { value, text });
                }
                Ok(())
            }
            (Type::Bytes, Kind::List) => {
                value.items().iter().for_each(|item| self.byte(item));
                Ok(())
            }
            (Type::IntOrString, _) => self.custom(value, &Type::Int32),
            (Type::Int32 | Type::Int64 | Type::WholeNumber | Type::Float64, Kind::Number) => {
                if scalar::integer(value, kind).is_none() {
                    self.wrong(value, &format!("number {}", value.print()), &kind.decoded_name());
                }
                Ok(())
            }
            _ => {
                self.wrong(value, found.name(), &kind.decoded_name());
                Ok(())
            }
        }
    }

    /// An item of bytes that are written as a list.
    fn byte(&mut self, value: &'v J) {
        let found = value.kind();
        if found == Kind::Number && value.print().parse::<u8>().is_err() {
            self.wrong(value, &format!("number {}", value.print()), "uint8");
        } else if !matches!(found, Kind::Number | Kind::Null) {
            self.wrong(value, found.name(), "uint8");
        }
    }

    /// A value that a decoder of its own decodes. Whatever is wrong with it ends all decoding.
    fn custom(&mut self, value: &'v J, kind: &Type) -> Checked<'v, J> {
        let before = (self.first.take(), self.is_custom);
        self.is_custom = true;
        self.value(value, kind)?;
        let found = self.first.take();
        (self.first, self.is_custom) = before;
        found.map_or(Ok(()), Err)
    }

    fn wrong(&mut self, value: &'v J, found: &str, expected: &str) {
        if self.first.is_none() {
            self.first = Some(self.mismatch(value, found, expected));
        }
    }

    fn mismatch(&self, value: &'v J, found: &str, expected: &str) -> Refused<'v, J> {
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
