//! The fields of a value as a set: those that who applies it owns.
//!
//! Source: `structured-merge-diff/typed/tofieldset.go`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::item;
use crate::managed_fields::field_set::FieldSet;
use crate::managed_fields::path::PathElement;
use crate::managed_fields::shape::{Items, Kind, Shape};

/// The fields of a value that was found valid.
pub(crate) fn to_set(value: &Value, shape: Shape<'_>) -> FieldSet {
    let mut walk = Walk { set: FieldSet::default(), path: Vec::new() };
    walk.value(value, shape);
    walk.set
}

struct Walk {
    set: FieldSet,
    path: Vec<PathElement>,
}

impl Walk {
    fn value(&mut self, value: &Value, shape: Shape<'_>) {
        match (shape.kinds(Some(value)).first(), value) {
            (Kind::Scalar, _) => self.set.insert(&self.path),
            (Kind::Object, _) if shape.is_whole() => self.set.insert(&self.path),
            (Kind::List, _) if shape.items() == Items::Whole => self.set.insert(&self.path),
            (Kind::Object, Value::Object(members)) => {
                for (name, value) in members {
                    let Some(below) = shape.member(name) else { continue };
                    let is_empty = value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
                    self.path.push(PathElement::field(name));
                    self.value(value, below);
                    if is_empty || shape.field(name).is_none() {
                        self.set.insert(&self.path);
                    }
                    self.path.pop();
                }
            }
            (Kind::List, Value::Array(list)) => self.items(list, shape),
            _ => {}
        }
    }

    /// Of duplicate items only the fact that there are some is owned.
    fn items(&mut self, list: &[Value], shape: Shape<'_>) {
        let (relation, of) = (shape.items(), shape.item());
        let mut all: BTreeMap<PathElement, Vec<&Value>> = BTreeMap::new();
        for value in list {
            if let Ok(element) = item::element(&relation, of, value) {
                all.entry(element).or_default().push(value);
            }
        }
        for (element, values) in all {
            self.path.push(element);
            if let [value] = values.as_slice() {
                self.value(value, of);
            }
            self.set.insert(&self.path);
            self.path.pop();
        }
    }
}
