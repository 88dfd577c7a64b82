//! A set of field paths as a tree, in the notation of `FieldsV1`: `f:NAME`, `k:{keys}`, `v:value`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A node of the tree: whether its own path is in the set, and what is below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldSet {
    pub(crate) here: bool,
    pub(crate) children: BTreeMap<String, FieldSet>,
}

impl FieldSet {
    /// Reads `fieldsV1`. A `.` at the root means nothing. Returns `None` if anything is malformed: kube-apiserver then
    /// ignores all of it.
    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        let mut set = Self::read(value)?;
        set.here = false;
        Some(set)
    }

    fn read(value: &Value) -> Option<Self> {
        let members = value.as_object()?;
        let mut set = Self { here: members.is_empty(), children: BTreeMap::new() };
        for (name, below) in members {
            match name.as_str() {
                "." => set.here = true,
                path if path.starts_with("f:")
                    || path.starts_with("k:")
                    || path.starts_with("v:")
                    || path.starts_with("i:") =>
                {
                    set.children.insert(name.clone(), Self::read(below)?);
                }
                _ => return None,
            }
        }
        Some(set)
    }

    /// Writes `fieldsV1`.
    pub(crate) fn to_json(&self) -> Value {
        let mut members = Map::new();
        if self.here && !self.children.is_empty() {
            members.insert(".".to_owned(), Value::Object(Map::new()));
        }
        for (path, below) in &self.children {
            members.insert(path.clone(), below.to_json());
        }
        Value::Object(members)
    }

    /// Whether the set holds no path.
    pub(crate) fn is_empty(&self) -> bool {
        !self.here && self.children.is_empty()
    }

    /// The node for a path element below this one; it is added if it is missing.
    pub(crate) fn child(&mut self, path: &str) -> &mut Self {
        self.children.entry(path.to_owned()).or_default()
    }

    /// Adds all paths of another set.
    pub(crate) fn union(&mut self, other: &Self) {
        self.here |= other.here;
        for (path, below) in &other.children {
            self.child(path).union(below);
        }
    }

    /// Removes the paths of another set. Paths below a removed one stay.
    pub(crate) fn subtract(&mut self, other: &Self) {
        self.here &= !other.here;
        for (path, below) in &other.children {
            if let Some(own) = self.children.get_mut(path) {
                own.subtract(below);
                if own.is_empty() {
                    self.children.remove(path);
                }
            }
        }
    }

    /// Drops nodes that hold no path.
    pub(crate) fn prune(&mut self) {
        for below in self.children.values_mut() {
            below.prune();
        }
        self.children.retain(|_, below| !below.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(value: &Value) -> FieldSet {
        FieldSet::from_json(value).unwrap()
    }

    #[test]
    fn what_is_read_is_written_again() {
        let fields =
            json!({"f:spec": {".": {}, "f:a": {}, "f:l": {"k:{\"n\":1}": {".": {}, "f:n": {}}, "v:\"x\"": {}}}});
        assert_eq!(set(&fields).to_json(), fields);
        assert_eq!(FieldSet::from_json(&json!({"spec": {}})), None);
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
}
