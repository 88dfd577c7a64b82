//! A value without some of its members and items.
//!
//! What loses everything becomes null. Lists and objects that are owned as a whole, and have something taken out of them,
//! become null too.
//! Source: `structured-merge-diff/typed/remove.go`.

use serde_json::{Map, Value};

use super::item;
use crate::managed_fields::field_set::FieldSet;
use crate::managed_fields::path::PathElement;
use crate::managed_fields::shape::{Items, Kind, Shape};

/// The value without the fields of a set.
pub(crate) fn remove(value: &Value, fields: &FieldSet, shape: Shape<'_>) -> Value {
    match (shape.kinds(Some(value)).first(), value) {
        (Kind::Scalar, _) => value.clone(),
        (Kind::List, Value::Array(items)) if shape.items() != Items::Whole => {
            let left: Vec<Value> = items.iter().filter_map(|item| kept_item(item, fields, shape)).collect();
            if left.is_empty() { Value::Null } else { Value::Array(left) }
        }
        (Kind::Object, Value::Object(members)) if !shape.is_whole() => {
            let left: Map<String, Value> = members
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), kept_member(name, value, fields, shape)?)))
                .collect();
            if left.is_empty() { Value::Null } else { Value::Object(left) }
        }
        _ => Value::Null,
    }
}

fn kept_item(value: &Value, fields: &FieldSet, shape: Shape<'_>) -> Option<Value> {
    let Ok(element) = item::element(&shape.items(), shape.item(), value) else { return Some(value.clone()) };
    kept(&element, value, fields, Some(shape.item()))
}

fn kept_member(name: &str, value: &Value, fields: &FieldSet, shape: Shape<'_>) -> Option<Value> {
    kept(&PathElement::field(name), value, fields, shape.member(name))
}

fn kept(element: &PathElement, value: &Value, fields: &FieldSet, shape: Option<Shape<'_>>) -> Option<Value> {
    if fields.has_element(element) {
        return None;
    }
    match (fields.below(element), shape) {
        (Some(below), Some(shape)) => Some(remove(value, below, shape)),
        _ => Some(value.clone()),
    }
}
