//! What differs between two values.
//!
//! Source: `structured-merge-diff/typed/compare.go`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::error::Errors;
use super::validate::scalar;
use super::{item, list, members, object};
use crate::managed_fields::field_set::FieldSet;
use crate::managed_fields::order;
use crate::managed_fields::path::PathElement;
use crate::managed_fields::shape::{Items, Kind, Shape};

/// The fields in which two values differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub(crate) added: FieldSet,
    pub(crate) modified: FieldSet,
    pub(crate) removed: FieldSet,
}

impl Comparison {
    /// Compares two values of a shape.
    pub(crate) fn of(old: &Value, new: &Value, shape: Shape<'_>) -> Result<Self, Errors> {
        let mut walk = Walk { found: Self::default(), path: Vec::new(), errors: Errors::default() };
        walk.compare(Some(old), Some(new), shape);
        walk.errors.into_result().map(|()| walk.found)
    }

    /// Takes fields and everything below them out of the comparison.
    pub(crate) fn without(mut self, ignored: &FieldSet) -> Self {
        for set in [&mut self.added, &mut self.modified, &mut self.removed] {
            set.subtract_deeply(ignored);
        }
        self
    }
}

struct Walk {
    found: Comparison,
    path: Vec<PathElement>,
    errors: Errors,
}

impl Walk {
    fn compare(&mut self, old: Option<&Value>, new: Option<&Value>, shape: Shape<'_>) {
        let (old_kinds, new_kinds) = (shape.kinds(old), shape.kinds(new));
        let is_leaf = if new.is_none() {
            self.as_kind(old_kinds.first(), old, new, shape)
        } else if old.is_none() || old_kinds == new_kinds {
            self.as_kind(new_kinds.first(), old, new, shape)
        } else {
            self.as_kind(old_kinds.first(), old, new, shape);
            self.as_kind(new_kinds.first(), old, new, shape)
        };
        if !is_leaf {
            self.added_or_removed(old, new);
        }
    }

    /// Compares two values as values of a kind. Returns whether they were compared as a whole.
    fn as_kind(&mut self, kind: Kind, old: Option<&Value>, new: Option<&Value>, shape: Shape<'_>) -> bool {
        let whole = match kind {
            Kind::Scalar => {
                if let (Err(old), Err(new)) = (scalar(old, shape, "lhs: "), scalar(new, shape, "rhs: ")) {
                    self.errors.extend(old);
                    self.errors.extend(new);
                    return false;
                }
                true
            }
            Kind::List => shape.items() == Items::Whole || (list(old).is_empty() && list(new).is_empty()),
            Kind::Object => {
                let is_empty = |value| object(value).is_none_or(serde_json::Map::is_empty);
                shape.is_whole() || (is_empty(old) && is_empty(new))
            }
        };
        match kind {
            _ if whole => self.leaf(old, new),
            Kind::List => self.items(list(old), list(new), shape),
            Kind::Object | Kind::Scalar => {
                for (name, (old, new)) in members(old, new) {
                    // Most members are as they were.
                    let differs = old != new;
                    if let Some(below) = shape.member(name).filter(|_| differs) {
                        self.below(PathElement::field(name), old, new, below);
                    }
                }
            }
        }
        whole
    }

    fn below(&mut self, element: PathElement, old: Option<&Value>, new: Option<&Value>, shape: Shape<'_>) {
        self.path.push(element);
        self.compare(old, new, shape);
        self.path.pop();
    }

    fn leaf(&mut self, old: Option<&Value>, new: Option<&Value>) {
        match (old, new) {
            (Some(old), Some(new)) => {
                if !order::equal(old, new) {
                    self.found.modified.insert(&self.path);
                }
            }
            _ => self.added_or_removed(old, new),
        }
    }

    fn added_or_removed(&mut self, old: Option<&Value>, new: Option<&Value>) {
        match (old, new) {
            (None, _) => self.found.added.insert(&self.path),
            (_, None) => self.found.removed.insert(&self.path),
            _ => {}
        }
    }

    /// Compares items that have an identity. Duplicates are compared as one.
    fn items(&mut self, old: &[Value], new: &[Value], shape: Shape<'_>) {
        let (relation, of) = (shape.items(), shape.item());
        let mut all: BTreeMap<PathElement, (Vec<&Value>, Vec<&Value>)> = BTreeMap::new();
        for (index, value) in old.iter().enumerate() {
            match item::element(&relation, of, value) {
                Ok(element) => all.entry(element).or_default().0.push(value),
                Err(why) => self.errors.extend(Errors::one(format!("element {index}: {why}"))),
            }
        }
        for (index, value) in new.iter().enumerate() {
            match item::element(&relation, of, value) {
                Ok(element) => all.entry(element).or_default().1.push(value),
                Err(why) => self.errors.extend(Errors::one(format!("element {index}: {why}"))),
            }
        }
        for (element, (old, new)) in all {
            self.item(element, &old, &new, of);
        }
    }

    fn item(&mut self, element: PathElement, old: &[&Value], new: &[&Value], of: Shape<'_>) {
        let path = [self.path.as_slice(), std::slice::from_ref(&element)].concat();
        match (old, new) {
            ([] | [_], [] | [_]) => self.below(element, old.first().copied(), new.first().copied(), of),
            ([_, _, ..], [_, _, ..]) => {
                let same = old.len() == new.len() && old.iter().zip(new).all(|(old, new)| order::equal(old, new));
                if !same {
                    self.found.modified.insert(&path);
                }
            }
            ([_, _, ..], rest) => {
                if let Some(new) = rest.first() {
                    self.below(element, None, Some(new), of);
                }
                self.found.removed.insert(&path);
            }
            (rest, _) => {
                if let Some(old) = rest.first() {
                    self.below(element, Some(old), None, of);
                }
                self.found.added.insert(&path);
            }
        }
    }
}
