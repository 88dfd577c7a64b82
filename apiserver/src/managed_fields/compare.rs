//! The paths that a write added, changed and removed.
//!
//! In: the object before and after, and its shape. Out: [`Comparison`]. Fields such as the name and the uid, which the
//! server sets and nobody owns, are left out.

use std::collections::BTreeMap;

use serde_json::Value;

use super::field_set::FieldSet;
use super::shape::{Ownership, Shape};

/// The difference between two objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub(crate) added: FieldSet,
    pub(crate) modified: FieldSet,
    pub(crate) removed: FieldSet,
}

/// The fields of `metadata` that have no owner (`stripMeta`).
const UNOWNED: [&str; 8] =
    ["name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields", "resourceVersion"];

impl Comparison {
    /// Compares two objects, except for the top-level fields in `ignored`.
    pub(crate) fn of(before: &Value, after: &Value, shape: Shape<'_>, ignored: &[&str]) -> Self {
        let mut difference = Self::default();
        let mut node =
            Node { added: &mut difference.added, modified: &mut difference.modified, removed: &mut difference.removed };
        for (name, (old, new)) in members(Some(before), Some(after)) {
            match name {
                "apiVersion" | "kind" => {}
                _ if ignored.contains(&name) => {}
                "metadata" => node.child("f:metadata").metadata(old, new),
                _ => node.child(&format!("f:{name}")).compare(old, new, shape.member(name)),
            }
        }
        for set in [&mut difference.added, &mut difference.modified, &mut difference.removed] {
            set.prune();
        }
        difference
    }
}

/// The three sets at one path.
struct Node<'a> {
    added: &'a mut FieldSet,
    modified: &'a mut FieldSet,
    removed: &'a mut FieldSet,
}

impl Node<'_> {
    fn child(&mut self, path: &str) -> Node<'_> {
        Node { added: self.added.child(path), modified: self.modified.child(path), removed: self.removed.child(path) }
    }

    fn metadata(&mut self, old: Option<&Value>, new: Option<&Value>) {
        for (name, (old, new)) in members(old, new) {
            if !UNOWNED.contains(&name) {
                self.child(&format!("f:{name}")).compare(old, new, Shape::metadata().member(name));
            }
        }
    }

    fn compare(&mut self, old: Option<&Value>, new: Option<&Value>, shape: Shape<'_>) {
        let ownership =
            |value: Option<&Value>| value.filter(|value| !value.is_null()).map(|value| shape.ownership(value));
        let owned = match (ownership(old), ownership(new)) {
            (Some(a), Some(b)) if a != b => Ownership::Leaf,
            (a, b) => b.or(a).unwrap_or(Ownership::Leaf),
        };
        if owned == Ownership::Leaf || (is_empty(old) && is_empty(new)) {
            self.leaf(old, new);
            return;
        }
        self.added.here |= old.is_none();
        self.removed.here |= new.is_none();
        if owned == Ownership::Members {
            for (name, (old, new)) in members(old, new) {
                self.child(&format!("f:{name}")).compare(old, new, shape.member(name));
            }
        } else {
            for (path, (old, new)) in items(old, new, shape) {
                self.child(&path).compare(old, new, shape.item());
            }
        }
    }

    fn leaf(&mut self, old: Option<&Value>, new: Option<&Value>) {
        self.added.here |= old.is_none() && new.is_some();
        self.removed.here |= old.is_some() && new.is_none();
        self.modified.here |= old.is_some() && new.is_some() && old != new;
    }
}

type Pair<'a> = (Option<&'a Value>, Option<&'a Value>);

fn members<'a>(old: Option<&'a Value>, new: Option<&'a Value>) -> BTreeMap<&'a str, Pair<'a>> {
    let mut all: BTreeMap<&str, Pair<'_>> = BTreeMap::new();
    for (name, value) in old.and_then(Value::as_object).into_iter().flatten() {
        all.entry(name).or_default().0 = Some(value);
    }
    for (name, value) in new.and_then(Value::as_object).into_iter().flatten() {
        all.entry(name).or_default().1 = Some(value);
    }
    all
}

fn items<'a>(old: Option<&'a Value>, new: Option<&'a Value>, shape: Shape<'_>) -> BTreeMap<String, Pair<'a>> {
    let mut all: BTreeMap<String, Pair<'_>> = BTreeMap::new();
    for item in old.and_then(Value::as_array).into_iter().flatten() {
        all.entry(shape.item_path(item)).or_default().0 = Some(item);
    }
    for item in new.and_then(Value::as_array).into_iter().flatten() {
        all.entry(shape.item_path(item)).or_default().1 = Some(item);
    }
    all
}

fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::Object(members)) => members.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(_) => false,
    }
}
