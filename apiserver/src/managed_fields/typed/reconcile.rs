//! The fields that somebody owns, after the schema has changed: what is owned as a whole now is not owned in parts.
//!
//! Source: `structured-merge-diff/typed/reconcile_schema.go`.

use crate::managed_fields::field_set::FieldSet;
use crate::managed_fields::path::PathElement;
use crate::managed_fields::shape::{Items, Kind, Shape};

/// Adapts a set of fields to a shape.
pub(crate) fn reconcile(mut set: FieldSet, shape: Shape<'_>) -> FieldSet {
    let mut walk = Walk { path: Vec::new(), whole: FieldSet::default() };
    walk.node(Some(&set), false, shape);
    if !walk.whole.is_empty() {
        set.subtract_deeply(&walk.whole);
        set.union(&walk.whole);
    }
    set
}

struct Walk {
    path: Vec<PathElement>,
    /// What was owned in parts and is owned as a whole.
    whole: FieldSet,
}

impl Walk {
    /// `is_whole`: whether the set owns the value as a whole.
    fn node(&mut self, set: Option<&FieldSet>, is_whole: bool, shape: Shape<'_>) {
        match shape.kinds(None).first() {
            Kind::Scalar => {}
            Kind::List if !is_whole && shape.items() == Items::Whole => self.whole.insert(&self.path),
            Kind::Object if shape.is_undeclared() => {}
            Kind::Object if !is_whole && shape.is_whole() => {
                if set.is_some() {
                    self.whole.insert(&self.path);
                }
            }
            kind => {
                for (element, is_member, below) in set.into_iter().flat_map(FieldSet::elements) {
                    let shape = match (kind, element) {
                        (Kind::List, _) => Some(shape.item()),
                        (_, PathElement::Field(name)) => shape.member(name),
                        _ => shape.others(),
                    };
                    let Some(shape) = shape else { continue };
                    let below = (!below.is_leaf()).then_some(below);
                    self.path.push(element.clone());
                    self.node(below, is_member && below.is_none(), shape);
                    self.path.pop();
                }
            }
        }
    }
}
