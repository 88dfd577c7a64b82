//! Checks types and formats, and the constraints on strings and numbers.
//!
//! In: a value and its schema. Out: violations, and how many of kube-openapi's checks applied and matched.

use crate::{
    constraint::{self, NumberFormat, Violation},
    format::Format,
    number::Number,
    schema::{Schema, SchemaType},
    view::View,
};

/// The checks of a schema that look at a single value.
#[derive(Clone, Copy)]
pub(super) struct Scalars<'s> {
    pub(super) schema: &'s Schema,
    /// Whether the value is a default, for which the schema is read differently: see [`super::Subject`].
    pub(super) is_default: bool,
}

impl<'s> Scalars<'s> {
    /// Whether there is anything to check about the type.
    pub(super) fn is_typed(self) -> bool {
        !self.types().is_empty() || self.format().is_some()
    }

    /// The violation if the value does not have the schema's type. If the schema has an enforced format, kube-openapi
    /// lets every string or array pass here, unless the type is a number.
    pub(super) fn check_type(self, value: View<'_>) -> Option<Violation> {
        let types = self.types();
        if value.is_null() {
            return (!types.is_empty() && !self.schema.nullable).then(|| constraint::wrong_type(&join(types), "null"));
        }
        if !self.is_typed() {
            return None;
        }
        let (found, width) = type_of(value);
        let accepts_integer = types.contains(&SchemaType::Integer);
        let accepts_number = types.contains(&SchemaType::Number);
        let fits = types.contains(&found)
            || match (found, value.as_number()) {
                (SchemaType::Number, Some(number)) => accepts_integer && constraint::is_integral(number),
                (SchemaType::Integer, _) => accepts_number,
                _ => false,
            };
        let is_text_or_array = matches!(value, View::Text(_) | View::List(_));
        match self.format() {
            Some(format) if !is_text_or_array && !fits && format != width => {
                Some(constraint::wrong_type(format, width))
            }
            Some(_) if is_text_or_array && !accepts_integer && !accepts_number => None,
            _ if fits => None,
            _ => Some(constraint::wrong_type(&join(types), found.name())),
        }
    }

    /// Checks the constraints on a string or number. Reports the violations, and returns how many checks applied.
    pub(super) fn check(self, value: View<'_>, report: &mut dyn FnMut(Violation)) -> usize {
        match value {
            View::Text(text) => self.check_text(text, report),
            View::Int(number) => self.check_number(Number::Int(number), report),
            View::Float(number) => self.check_number(Number::Float(number), report),
            _ => 0,
        }
    }

    /// Checks a string. Of the violations of length and pattern only the first is reported, as by kube-openapi.
    fn check_text(self, text: &str, report: &mut dyn FnMut(Violation)) -> usize {
        if self.schema.constraints.is_written() {
            let limits = &*self.schema.constraints;
            let first = limits
                .max_length
                .and_then(|limit| constraint::max_length(text, limit))
                .or_else(|| limits.min_length.and_then(|limit| constraint::min_length(text, limit)))
                .or_else(|| limits.pattern.as_ref().and_then(|pattern| constraint::matches(text, pattern)));
            first.into_iter().for_each(&mut *report);
        }
        let Some(known) = self.format().filter(|name| Format::from_name(name).is_some()) else { return 1 };
        constraint::format(text, known).into_iter().for_each(report);
        2
    }

    fn check_number(self, number: Number, report: &mut dyn FnMut(Violation)) -> usize {
        let format = NumberFormat::new(self.kind(), self.schema.format.as_deref());
        constraint::range(number, format).into_iter().for_each(&mut *report);
        if self.schema.constraints.is_written() {
            let limits = &*self.schema.constraints;
            if let Some(factor) = &limits.multiple_of {
                constraint::multiple_of(number, factor.into(), format).into_iter().for_each(&mut *report);
            }
            if let Some(bound) = &limits.minimum {
                let found = constraint::minimum(number, bound.into(), limits.exclusive_minimum, format);
                found.into_iter().for_each(&mut *report);
            }
            if let Some(bound) = &limits.maximum {
                let found = constraint::maximum(number, bound.into(), limits.exclusive_maximum, format);
                found.into_iter().for_each(&mut *report);
            }
        }
        2
    }

    /// The types that the schema allows; empty if it has no `type`.
    fn types(self) -> &'s [SchemaType] {
        match &self.schema.kind {
            _ if self.is_int_or_string() => &[SchemaType::Integer, SchemaType::String],
            Some(kind) => std::slice::from_ref(kind),
            None => &[],
        }
    }

    /// The schema's type; `None` for int-or-string.
    pub(super) fn kind(self) -> Option<SchemaType> {
        if self.is_int_or_string() { None } else { self.schema.kind }
    }

    fn is_int_or_string(self) -> bool {
        self.schema.int_or_string && !self.is_default
    }

    /// The schema's format, if the server enforces it for the schema's type.
    pub(super) fn format(self) -> Option<&'s str> {
        let format = self.schema.format.as_deref()?;
        let enforced = match self.kind() {
            _ if self.is_default => true,
            None | Some(SchemaType::String) => Format::from_name(format).is_some(),
            Some(SchemaType::Integer) => matches!(format, "int32" | "int64"),
            Some(SchemaType::Number) => matches!(format, "float" | "double"),
            Some(_) => false,
        };
        enforced.then_some(format)
    }
}

fn join(types: &[SchemaType]) -> String {
    types.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(",")
}

/// A value's type, and the format that kube-openapi assumes for it.
fn type_of(value: View<'_>) -> (SchemaType, &'static str) {
    match value {
        View::Null | View::Object(_) => (SchemaType::Object, ""),
        View::Bool(_) => (SchemaType::Boolean, ""),
        View::Text(_) => (SchemaType::String, ""),
        View::List(_) => (SchemaType::Array, ""),
        View::Int(_) => (SchemaType::Integer, "int64"),
        View::Float(_) => (SchemaType::Number, "float64"),
    }
}
