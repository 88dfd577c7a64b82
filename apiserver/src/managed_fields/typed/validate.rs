//! Whether a value has the shape that it should have.
//!
//! Source: `structured-merge-diff/typed/validate.go`.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::error::{Errors, in_go_syntax, plain, type_name};
use super::item;
use crate::managed_fields::path::PathElement;
use crate::managed_fields::shape::{Items, Kind, Scalar, Shape};

/// Whether a list whose items have an identity may have duplicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duplicates {
    Allowed,
    Refused,
}

/// Checks a value.
pub(crate) fn validate(value: &Value, shape: Shape<'_>, duplicates: Duplicates) -> Result<(), Errors> {
    errors(value, shape, duplicates).into_result()
}

fn errors(value: &Value, shape: Shape<'_>, duplicates: Duplicates) -> Errors {
    match (shape.kinds(Some(value)).first(), value) {
        (Kind::Scalar, _) => scalar(Some(value), shape, "").err().unwrap_or_default(),
        (_, Value::Null) => Errors::default(),
        (Kind::Object, Value::Object(members)) => object(members, shape, duplicates),
        (Kind::Object, _) => Errors::one(format!("expected map, got {}", plain(value))),
        (Kind::List, Value::Array(all)) => items(all, shape, duplicates),
        (Kind::List, _) => Errors::one(format!("expected list, got {}", plain(value))),
    }
}

/// Checks a scalar; null and nothing are fine.
pub(super) fn scalar(value: Option<&Value>, shape: Shape<'_>, prefix: &str) -> Result<(), Errors> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(()) };
    let why = match shape.scalar() {
        Scalar::Number if value.is_number() => return Ok(()),
        Scalar::Text if value.is_string() => return Ok(()),
        Scalar::Flag if value.is_boolean() => return Ok(()),
        Scalar::Any if !value.is_object() && !value.is_array() => return Ok(()),
        Scalar::Number => format!("expected numeric (int or float), got {}", type_name(value)),
        Scalar::Text => format!("expected string, got {}", in_go_syntax(value)),
        Scalar::Flag => format!("expected boolean, got {}", plain(value)),
        Scalar::Any => format!("expected any scalar, got {}", plain(value)),
    };
    Err(Errors::one(format!("{prefix}{why}")))
}

fn object(members: &Map<String, Value>, shape: Shape<'_>, duplicates: Duplicates) -> Errors {
    let mut all = Errors::default();
    for (name, value) in members {
        let Some(below) = shape.member(name) else {
            // Go looks no further either.
            all.extend(Errors::one("field not declared in schema").below(&PathElement::field(name)));
            break;
        };
        let wrong = errors(value, below, duplicates);
        if !wrong.is_empty() {
            all.extend(wrong.below(&PathElement::field(name)));
        }
    }
    all
}

fn items(list: &[Value], shape: Shape<'_>, duplicates: Duplicates) -> Errors {
    let (relation, of) = (shape.items(), shape.item());
    let mut all = Errors::default();
    let mut seen = BTreeSet::new();
    for (index, value) in (0_i64..).zip(list) {
        let element = if relation == Items::Whole {
            PathElement::Index(index)
        } else {
            match item::element(&relation, of, value) {
                Ok(element) => element,
                Err(why) => {
                    all.extend(Errors::one(format!("element {index}: {why}")));
                    return all;
                }
            }
        };
        if relation != Items::Whole && !seen.insert(element.clone()) && duplicates == Duplicates::Refused {
            all.extend(Errors::one(format!("duplicate entries for key {element}")));
        }
        all.extend(errors(value, of, duplicates).below(&element));
    }
    all
}
