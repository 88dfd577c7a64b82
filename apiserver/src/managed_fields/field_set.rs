//! A set of fields as a tree.
//!
//! Source: `sigs.k8s.io/structured-merge-diff/fieldpath` (`Set`, `serialize.go`).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::path::{Path, PathElement, Unreadable};
use super::shape::Shape;

/// A node of the tree: whether its own path is in the set, and what is below. The root's own path never is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldSet {
    here: bool,
    children: BTreeMap<PathElement, FieldSet>,
}

impl FieldSet {
    /// A set of members of the root or deeper, named by their paths: `metadata.name`.
    pub(crate) fn of_fields(paths: &[&str]) -> Self {
        let mut set = Self::default();
        for path in paths {
            let path: Vec<PathElement> = path.split('.').map(PathElement::field).collect();
            set.insert(&path);
        }
        set
    }

    /// Reads `fieldsV1`. Returns `None` if anything is malformed.
    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        let mut set = Self::read(value)?;
        set.here = false;
        Some(set)
    }

    fn read(value: &Value) -> Option<Self> {
        let none = Map::new();
        let members = if value.is_null() { &none } else { value.as_object()? };
        let mut set = Self::default();
        for (name, below) in members {
            if name == "." {
                set.here = true;
                continue;
            }
            match PathElement::read(name) {
                Ok(element) => {
                    set.children.insert(element, Self::read(below)?);
                }
                Err(Unreadable::UnknownType) => {}
                Err(Unreadable::Malformed) => return None,
            }
        }
        set.here |= set.children.is_empty();
        Some(set)
    }

    /// Writes `fieldsV1`.
    pub(crate) fn to_json(&self) -> Value {
        let mut members = Map::new();
        if self.here && !self.children.is_empty() {
            members.insert(".".to_owned(), Value::Object(Map::new()));
        }
        for (element, below) in &self.children {
            members.insert(element.to_text(), below.to_json());
        }
        Value::Object(members)
    }

    /// Whether the set holds no path.
    pub(crate) fn is_empty(&self) -> bool {
        !self.here && self.children.values().all(Self::is_empty)
    }

    /// Whether the set holds the path.
    pub(crate) fn has(&self, path: &Path) -> bool {
        path.iter().try_fold(self, |set, element| set.children.get(element)).is_some_and(|set| set.here)
    }

    /// Whether the set holds the path of one element.
    pub(super) fn has_element(&self, element: &PathElement) -> bool {
        self.children.get(element).is_some_and(|set| set.here)
    }

    /// The paths that start with an element and go on, without it; `None` if there are none.
    pub(super) fn below(&self, element: &PathElement) -> Option<&Self> {
        self.children.get(element).filter(|set| set.children.values().any(|below| !below.is_empty()))
    }

    /// Adds a path, but not what it leads through. The path of the root is not added.
    pub(crate) fn insert(&mut self, path: &Path) {
        if path.is_empty() {
            return;
        }
        path.iter().fold(self, |set, element| set.children.entry(element.clone()).or_default()).here = true;
    }

    /// Adds all paths of another set.
    pub(crate) fn union(&mut self, other: &Self) {
        self.here |= other.here;
        for (element, below) in &other.children {
            match self.children.get_mut(element) {
                Some(own) => own.union(below),
                None => {
                    self.children.insert(element.clone(), below.clone());
                }
            }
        }
    }

    /// The paths that both sets hold.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let both = |(element, own): (&PathElement, &Self)| {
            let shared = own.intersection(other.children.get(element)?);
            (!shared.is_empty()).then(|| (element.clone(), shared))
        };
        Self { here: self.here && other.here, children: self.children.iter().filter_map(both).collect() }
    }

    /// Removes the paths of another set. Paths below a removed one stay.
    pub(crate) fn subtract(&mut self, other: &Self) {
        self.here &= !other.here;
        self.retain(other, Self::subtract);
    }

    /// Removes the paths of another set, and all paths below them.
    pub(crate) fn subtract_deeply(&mut self, other: &Self) {
        if other.here {
            *self = Self::default();
            return;
        }
        self.retain(other, Self::subtract_deeply);
    }

    fn retain(&mut self, other: &Self, subtract: fn(&mut Self, &Self)) {
        for (element, below) in &other.children {
            if let Some(own) = self.children.get_mut(element) {
                subtract(own, below);
                if own.is_empty() {
                    self.children.remove(element);
                }
            }
        }
    }

    /// The set with the members that the shape declares and that paths of the set lead through. A list of containers is a
    /// member of a pod's spec and is added; a key of a map is not.
    pub(super) fn with_declared(&self, shape: Option<Shape<'_>>) -> Self {
        let mut set = Self { here: self.here, children: BTreeMap::new() };
        for (element, below) in &self.children {
            let mut below = below.with_declared(shape.and_then(|shape| shape.below(element)));
            let declared = |name: &str| shape.is_some_and(|shape| shape.field(name).is_some());
            if let PathElement::Field(name) = element {
                below.here |= !below.children.is_empty() && declared(name);
            }
            set.children.insert(element.clone(), below);
        }
        set
    }

    /// The elements at the root: whether each is in the set, and what is below it.
    pub(super) fn elements(&self) -> impl Iterator<Item = (&PathElement, bool, &Self)> {
        self.children.iter().map(|(element, set)| (element, set.here, set))
    }

    /// Whether no path leads through the root of this set.
    pub(super) fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }

    /// All paths: of each node first those that end there, then those that go on.
    pub(crate) fn paths(&self) -> Vec<Vec<PathElement>> {
        let mut all = Vec::new();
        self.collect(&mut Vec::new(), &mut all);
        all
    }

    fn collect(&self, path: &mut Vec<PathElement>, all: &mut Vec<Vec<PathElement>>) {
        for (element, _) in self.children.iter().filter(|(_, below)| below.here) {
            all.push([path.as_slice(), std::slice::from_ref(element)].concat());
        }
        for (element, below) in &self.children {
            path.push(element.clone());
            below.collect(path, all);
            path.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::managed_fields::path::printed;

    fn set(value: &Value) -> FieldSet {
        FieldSet::from_json(value).unwrap()
    }

    fn printed_paths(set: &FieldSet) -> Vec<String> {
        set.paths().iter().map(|path| printed(path)).collect()
    }

    #[test]
    fn what_is_read_is_written_again() {
        let fields =
            json!({"f:spec": {".": {}, "f:a": {}, "f:l": {"k:{\"n\":1}": {".": {}, "f:n": {}}, "v:\"x\"": {}}}});
        assert_eq!(set(&fields).to_json(), fields);
        assert_eq!(FieldSet::from_json(&json!({"spec": {}})), None);
    }

    #[test]
    fn elements_of_unknown_types_are_left_out_and_what_holds_only_them_is_a_leaf() {
        assert_eq!(set(&json!({"f:a": {"x:1": {}}, "f:b": null})).to_json(), json!({"f:a": {}, "f:b": {}}));
        assert_eq!(FieldSet::from_json(&json!({"f:a": 1})), None);
    }

    #[test]
    fn sets_are_added_and_subtracted_path_by_path() {
        let mut all = set(&json!({"f:a": {".": {}, "f:b": {}}}));
        all.union(&set(&json!({"f:c": {}})));
        assert_eq!(all.to_json(), json!({"f:a": {".": {}, "f:b": {}}, "f:c": {}}));
        all.subtract(&set(&json!({"f:a": {}, "f:c": {}})));
        assert_eq!(all.to_json(), json!({"f:a": {"f:b": {}}}));
        all.subtract(&set(&json!({"f:a": {"f:b": {}}})));
        assert!(all.is_empty());
    }

    #[test]
    fn a_deep_subtraction_takes_what_is_below_too() {
        let mut all = set(&json!({"f:a": {"f:b": {"f:c": {}}, "f:d": {}}, "f:e": {}}));
        all.subtract_deeply(&set(&json!({"f:a": {"f:b": {}}})));
        assert_eq!(all.to_json(), json!({"f:a": {"f:d": {}}, "f:e": {}}));
        all.subtract_deeply(&set(&json!({"f:a": {}})));
        assert_eq!(all.to_json(), json!({"f:e": {}}));
    }

    #[test]
    fn an_intersection_holds_the_paths_of_both() {
        let a = set(&json!({"f:a": {".": {}, "f:b": {}}, "f:c": {"f:d": {}}}));
        let b = set(&json!({"f:a": {"f:b": {}}, "f:c": {}}));
        assert_eq!(a.intersection(&b).to_json(), json!({"f:a": {"f:b": {}}}));
    }

    #[test]
    fn paths_that_end_at_a_node_come_before_those_that_go_on() {
        let all = set(&json!({"f:a": {"f:b": {}}, "f:c": {}}));
        assert_eq!(printed_paths(&all), [".c", ".a.b"]);
        assert!(all.has(&[PathElement::field("c")]));
        assert!(!all.has(&[PathElement::field("a")]));
        assert!(!all.has(&[]));
    }
}
