//! What Go writes after it has decoded a value into a struct.
//!
//! In: a value and a [`Struct`]. Out: the value without the members that the struct does not have and without what
//! `omitempty` leaves out, with what Go always writes; and the paths of the unknown members.

use std::fmt::{self, Write as _};

use serde_json::{Map, Value, map::Entry};

use super::{Field, Struct, Type, check, json::Json, scalar, time};

/// Turns the value into what Go would write after it has decoded it into the struct. Returns the paths of the members that
/// the struct does not have. The error is Go's, about the first value of a wrong type; then the value stays as it is.
pub fn round_trip(value: &mut Value, of: &Struct) -> Result<Vec<String>, String> {
    check(value, of)?;
    let mut encoder = Encoder { path: String::new(), unknown: Vec::new() };
    if value.is_null() {
        *value = Value::Object(Map::new());
    }
    encoder.structure(value, of);
    Ok(encoder.unknown)
}

struct Encoder {
    path: String,
    unknown: Vec<String>,
}

impl Encoder {
    fn structure(&mut self, value: &mut Value, of: &Struct) {
        let Value::Object(members) = value else { return };
        members.retain(|name, member| {
            let dot = if self.path.is_empty() { "" } else { "." };
            let field = of.field(name);
            self.below(format_args!("{dot}{name}"), |encoder| match field {
                Some(field) => encoder.value(member, &field.kind),
                None => encoder.unknown.push(encoder.path.clone()),
            });
            let left_out = |field: &Field| member.is_null() || field.omit_empty && field.kind.is_empty(member);
            field.is_some_and(|field| !left_out(field))
        });
        for field in of.fields().iter().filter(|field| !field.omit_empty || matches!(field.kind, Type::Struct(_))) {
            if let Entry::Vacant(missing) = members.entry(field.name) {
                self.value(missing.insert(field.kind.zero()), &field.kind);
            }
        }
    }

    fn value(&mut self, value: &mut Value, kind: &Type) {
        match (kind, &mut *value) {
            (Type::Pointer(kind) | Type::Named(_, kind), _) => self.value(value, kind),
            (Type::Struct(of), _) => self.structure(value, of),
            (Type::List(kind), Value::Array(items)) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.below(format_args!("[{index}]"), |encoder| encoder.element(item, kind));
                }
            }
            (Type::Map(kind), Value::Object(members)) => {
                for (name, member) in members {
                    self.below(format_args!(".{name}"), |encoder| encoder.element(member, kind));
                }
            }
            (Type::OneOf(kinds, _), _) => {
                // Decoders of their own drop what they do not know without a word.
                let unknown = self.unknown.len();
                if let Some(kind) = kinds.iter().find(|kind| kind.accepts(value.kind())) {
                    self.value(value, kind);
                }
                self.unknown.truncate(unknown);
            }
            (Type::WholeNumber, Value::Number(_)) => {
                if let Some(number) = scalar::integer(value, kind) {
                    *value = Value::from(number);
                }
            }
            (Type::Time | Type::MicroTime, Value::String(text)) => {
                if let Ok(written) = time::written(text, kind) {
                    *value = written.map_or(Value::Null, Value::String);
                }
            }
            (Type::Bytes, Value::String(text)) => {
                if let Some(written) = scalar::bytes(text) {
                    *text = written;
                }
            }
            (Type::Bytes, Value::Array(items)) => *value = Value::String(scalar::bytes_of(items)),
            (Type::Quantity, Value::String(_) | Value::Number(_)) => {
                if let Ok(written) = scalar::quantity(value) {
                    *value = Value::String(written);
                }
            }
            _ => {}
        }
    }

    /// Goes on with the path one step longer.
    fn below(&mut self, step: fmt::Arguments<'_>, go_on: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        let _ = self.path.write_fmt(step);
        go_on(self);
        self.path.truncate(length);
    }

    /// A value in a list or map, where null is read as the zero value. (Bytes are null in Go, but read as an empty text once they
    /// have been stored.)
    fn element(&mut self, value: &mut Value, kind: &Type) {
        if value.is_null() {
            *value = if matches!(kind.unnamed(), Type::Bytes) { Value::from("") } else { kind.zero() };
        }
        self.value(value, kind);
    }
}

impl Type {
    /// What a value is that was not set.
    pub(crate) fn zero(&self) -> Value {
        match self {
            Self::Text => Value::from(""),
            Self::Flag => Value::Bool(false),
            Self::Int32 | Self::Int64 | Self::WholeNumber | Self::Float64 | Self::IntOrString => Value::from(0),
            Self::Quantity => Value::from("0"),
            Self::Named(_, kind) => kind.zero(),
            Self::Struct(_) => Value::Object(Map::new()),
            Self::Pointer(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Bytes
            | Self::Time
            | Self::MicroTime
            | Self::Any
            | Self::OneOf(..) => Value::Null,
        }
    }

    /// Whether `omitempty` leaves the value out.
    fn is_empty(&self, value: &Value) -> bool {
        match self {
            Self::List(_) => value.as_array().is_some_and(Vec::is_empty),
            Self::Map(_) => value.as_object().is_some_and(Map::is_empty),
            Self::Named(_, kind) => kind.is_empty(value),
            Self::Float64 => value.as_f64() == Some(0.0),
            Self::Bytes => value.as_str() == Some(""),
            Self::Text | Self::Flag | Self::Int32 | Self::Int64 | Self::WholeNumber => *value == self.zero(),
            _ => false,
        }
    }
}
