//! The merger of two lists whose items have an identity.
//!
//! The items that only the first list has stay where they are; those of the second are in its order.
//! Source: `visitListItems` in `structured-merge-diff/typed/merge.go`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::error::Errors;
use super::item;
use super::merge::values;
use crate::managed_fields::path::PathElement;
use crate::managed_fields::shape::Shape;

/// An item that is there more than once is merged with nothing.
static TWICE: Value = Value::Null;

/// Merges the items of `new` into those of `old`.
pub(super) fn merge(old: &[Value], new: &[Value], shape: Shape<'_>) -> (Option<Value>, Errors) {
    let mut errors = Errors::default();
    let new = Indexed::of(new, shape, false, &mut errors);
    let old = Indexed::of(old, shape, true, &mut errors);
    if !errors.is_empty() {
        return (None, errors);
    }
    let shared = new.elements.iter().filter(|element| old.values.contains_key(element)).collect();
    let walk = Merger { old: &old, new: &new, of: shape.item(), shared, taken: BTreeSet::new(), merged: Vec::new() };
    let merged = walk.run();
    ((!merged.is_empty()).then_some(Value::Array(merged)), errors)
}

/// A list: the path elements of its items in their order, and the items by them.
struct Indexed<'v> {
    items: &'v [Value],
    elements: Vec<PathElement>,
    values: BTreeMap<PathElement, &'v Value>,
}

impl<'v> Indexed<'v> {
    fn of(items: &'v [Value], shape: Shape<'_>, may_repeat: bool, errors: &mut Errors) -> Self {
        let (relation, of) = (shape.items(), shape.item());
        let mut indexed = Self { items, elements: Vec::with_capacity(items.len()), values: BTreeMap::new() };
        for (index, value) in items.iter().enumerate() {
            let element = match item::element(&relation, of, value) {
                Ok(element) => element,
                Err(why) => {
                    errors.extend(Errors::one(format!("element {index}: {why}")));
                    continue;
                }
            };
            let repeated = indexed.values.contains_key(&element);
            if repeated && !may_repeat {
                errors.extend(Errors::one(format!("duplicate entries for key {element}")));
                continue;
            }
            indexed.values.insert(element.clone(), if repeated { &TWICE } else { value });
            indexed.elements.push(element);
        }
        indexed
    }
}

struct Merger<'a, 'v> {
    old: &'a Indexed<'v>,
    new: &'a Indexed<'v>,
    of: Shape<'a>,
    /// The items of both lists that are still to come, in the order of the new one.
    shared: VecDeque<&'a PathElement>,
    /// The items of the new list that have been merged.
    taken: BTreeSet<&'a PathElement>,
    merged: Vec<Value>,
}

impl<'a> Merger<'a, '_> {
    fn run(mut self) -> Vec<Value> {
        let (mut old_at, mut new_at) = (0, 0);
        loop {
            let (old, new) = (self.old.elements.get(old_at), self.new.elements.get(new_at));
            match (old, new) {
                (None, None) => return self.merged,
                (Some(old), Some(new)) if old == new => {
                    self.take(new);
                    self.shared.pop_front();
                    old_at += 1;
                    new_at += 1;
                    continue;
                }
                (Some(old), Some(_)) if self.comes_later(old) => {
                    old_at += 1;
                    continue;
                }
                (Some(old), _) if !self.new.values.contains_key(old) => {
                    self.push(Some(&self.old.items[old_at]), None);
                    old_at += 1;
                    continue;
                }
                (Some(old), _) if self.taken.contains(old) => old_at += 1,
                _ => {}
            }
            if let Some(new) = new {
                self.take(new);
                if self.shared.front().is_some_and(|next| *next == new) {
                    self.shared.pop_front();
                }
                new_at += 1;
            }
        }
    }

    /// Whether an item of the old list is in the new one too, but other such items come before it there.
    fn comes_later(&self, old: &PathElement) -> bool {
        self.new.values.contains_key(old) && self.shared.front().is_some_and(|next| *next != old)
    }

    /// Merges an item of the new list with that of the old one, if there is one.
    fn take(&mut self, element: &'a PathElement) {
        self.taken.insert(element);
        self.push(self.old.values.get(element).copied(), self.new.values.get(element).copied());
    }

    fn push(&mut self, old: Option<&Value>, new: Option<&Value>) {
        // What is wrong with an item is not told, in Go either.
        let (value, _) = values(old, new, self.of);
        self.merged.extend(value);
    }
}
