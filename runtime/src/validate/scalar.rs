//! Validation of a scalar.
//!
//! In: a boolean, number or text, with what the type says about it, and constraints. Out: field errors. Constraints that are about
//! other types do not apply.

use crdgen_schema::{
    constraint::{self, NumberFormat, Violation},
    field::{Errors, Path},
    schema::SchemaType,
};
use serde_json::Value;

use crate::{Number, constraint::Constraint};

/// A scalar as constraints see it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scalar<'a> {
    /// `type: boolean`
    Bool(bool),
    /// `type: integer`
    Integer(i64),
    /// `type: number`
    Number(Number),
    /// A number whose schema has no type: int-or-string, or anything.
    Untyped(Number),
    /// A text.
    String(&'a str),
}

/// Checks a scalar.
pub(crate) fn scalar(value: Scalar<'_>, constraints: &'static [Constraint], path: &Path<'_>, errors: &mut Errors) {
    let format = number_format(value, constraints);
    if let Scalar::String(text) = value {
        errors.extend(text_constraints(text, constraints).map(|violation| violation.at(path)));
    }
    for constraint in constraints {
        let violations = match value {
            Scalar::Integer(number) => number_constraint(Number::Int(number), constraint, format),
            Scalar::Number(number) | Scalar::Untyped(number) => number_constraint(number, constraint, format),
            Scalar::Bool(_) | Scalar::String(_) => Vec::new(),
        };
        errors.extend(violations.into_iter().map(|violation| violation.at(path)));
        if let Constraint::OneOf(allowed) = constraint {
            errors.extend(one_of(&json(value), allowed).map(|violation| violation.at(path)));
        }
    }
}

/// A value that is none of an enum's, each of which is JSON text.
pub(super) fn one_of(value: &Value, allowed: &'static [&'static str]) -> Option<Violation> {
    let allowed: Vec<Value> = allowed.iter().filter_map(|json| serde_json::from_str(json).ok()).collect();
    constraint::one_of(value, &allowed)
}

/// Of length and pattern kube-apiserver tells only the first violation, in this order.
fn text_constraints(text: &str, constraints: &[Constraint]) -> impl Iterator<Item = Violation> {
    let first = |wanted: fn(&Constraint) -> bool| {
        constraints
            .iter()
            .filter(|constraint| wanted(constraint))
            .find_map(|constraint| text_constraint(text, constraint))
    };
    let shape = first(|constraint| matches!(constraint, Constraint::MaxLength(_)))
        .or_else(|| first(|constraint| matches!(constraint, Constraint::MinLength(_))))
        .or_else(|| first(|constraint| matches!(constraint, Constraint::Pattern(_))));
    shape.into_iter().chain(first(|constraint| matches!(constraint, Constraint::Format(_))))
}

fn text_constraint(text: &str, constraint: &Constraint) -> Option<Violation> {
    match *constraint {
        Constraint::Pattern(pattern) => constraint::matches(text, pattern),
        Constraint::Format(name) => constraint::format(text, name),
        Constraint::MinLength(limit) => constraint::min_length(text, limit),
        Constraint::MaxLength(limit) => constraint::max_length(text, limit),
        _ => None,
    }
}

fn number_constraint(number: Number, constraint: &Constraint, format: NumberFormat) -> Vec<Violation> {
    match *constraint {
        Constraint::Minimum { bound, exclusive } => constraint::minimum(number, bound, exclusive, format),
        Constraint::Maximum { bound, exclusive } => constraint::maximum(number, bound, exclusive, format),
        Constraint::MultipleOf(factor) => constraint::multiple_of(number, factor, format),
        Constraint::Format(_) => constraint::range(number, format).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn number_format(value: Scalar<'_>, constraints: &'static [Constraint]) -> NumberFormat {
    let kind = match value {
        Scalar::Integer(_) => Some(SchemaType::Integer),
        Scalar::Number(_) => Some(SchemaType::Number),
        _ => return NumberFormat::default(),
    };
    let format = constraints.iter().find_map(|constraint| match constraint {
        Constraint::Format(name) => Some(*name),
        _ => None,
    });
    NumberFormat::new(kind, format)
}

fn json(value: Scalar<'_>) -> Value {
    match value {
        Scalar::Bool(value) => value.into(),
        Scalar::Integer(number) | Scalar::Number(Number::Int(number)) | Scalar::Untyped(Number::Int(number)) => {
            number.into()
        }
        Scalar::Number(Number::Float(number)) | Scalar::Untyped(Number::Float(number)) => number.into(),
        Scalar::String(text) => text.into(),
    }
}
