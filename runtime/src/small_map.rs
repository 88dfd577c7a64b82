//! A map that takes no more memory than its entries.

use std::{
    borrow::Borrow,
    collections::BTreeMap,
    fmt,
    iter::{FusedIterator, Map},
    ops::Index,
    slice, vec,
};

use crdgen_schema::view::{Arena, View};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::{Access, Entries, Field, TextMap, read_entries};

/// A map from texts, ordered by them, in a single allocation of just the size: for caches that hold very many objects.
///
/// A `BTreeMap<String, T>` takes 544 bytes even for one short entry, this takes 48. Entries are found by binary search;
/// to insert one before others moves those, so it is for maps that are read and seldom changed, and that have some tens
/// of entries rather than thousands. It has the methods of [`BTreeMap`] that such maps need, and converts from and to it.
///
/// Generated code has it with the setting `small_maps`.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use crdgen_runtime::SmallMap;
///
/// let mut limits = SmallMap::from([("memory", "4Gi"), ("cpu", "500m")].map(|(key, value)| (key.to_owned(), value)));
/// assert_eq!(limits.get("cpu"), Some(&"500m"));
/// assert_eq!(limits.insert("cpu".to_owned(), "1"), Some("500m"));
/// assert_eq!(limits.keys().collect::<Vec<_>>(), ["cpu", "memory"]);
/// assert_eq!(BTreeMap::from(limits)["memory"], "4Gi");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SmallMap<T> {
    /// In the order of the keys, each of which is there once.
    entries: Vec<(String, T)>,
}

impl<T> SmallMap<T> {
    /// An empty map, which takes no memory.
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.find(key).ok().map(|at| &self.entries[at].1)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.find(key).ok().map(|at| &mut self.entries[at].1)
    }

    /// Whether there is such a key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.find(key).is_ok()
    }

    /// Sets the value of a key, and returns the former one.
    pub fn insert(&mut self, key: String, value: T) -> Option<T> {
        match self.find(&key) {
            Ok(at) => Some(std::mem::replace(&mut self.entries[at].1, value)),
            Err(at) => {
                self.entries.insert(at, (key, value));
                None
            }
        }
    }

    /// Removes a key, and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<T> {
        self.find(key).ok().map(|at| self.entries.remove(at).1)
    }

    /// The value of a key, which is made if there is none.
    pub fn get_or_insert_with(&mut self, key: &str, make: impl FnOnce() -> T) -> &mut T {
        let at = self.find(key).unwrap_or_else(|at| {
            self.entries.insert(at, (key.to_owned(), make()));
            at
        });
        &mut self.entries[at].1
    }

    /// Keeps the entries for which `keep` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &mut T) -> bool) {
        self.entries.retain_mut(|(key, value)| keep(key, value));
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// The entries, by key.
    pub fn iter(&self) -> Iter<'_, T> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// The entries, by key, whose values can be changed.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&String, &mut T)> + ExactSizeIterator {
        self.entries.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &String> + ExactSizeIterator + FusedIterator {
        self.entries.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator + FusedIterator {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The values, in the order of their keys, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> + ExactSizeIterator {
        self.entries.iter_mut().map(|(_, value)| value)
    }

    fn find(&self, key: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|(present, _)| present.as_str().cmp(key))
    }

    /// Orders entries that came in any order, of which the last of equal keys counts.
    fn of(mut entries: Vec<(String, T)>) -> Self {
        if !entries.is_sorted_by(|(one, _), (next, _)| one < next) {
            // The order of equal keys stays; reversed, the last one comes first and is kept.
            entries.reverse();
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
            entries.dedup_by(|(one, _), (kept, _)| one == kept);
        }
        entries.shrink_to_fit();
        Self { entries }
    }
}

type Iter<'a, T> = Map<slice::Iter<'a, (String, T)>, fn(&'a (String, T)) -> (&'a String, &'a T)>;

impl<T> Default for SmallMap<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for SmallMap<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<Q: Borrow<str> + ?Sized, T> Index<&Q> for SmallMap<T> {
    type Output = T;

    /// # Panics
    /// There is no such key.
    fn index(&self, key: &Q) -> &T {
        match self.get(key.borrow()) {
            Some(value) => value,
            None => panic!("no entry for {:?}", key.borrow()),
        }
    }
}

impl<T> FromIterator<(String, T)> for SmallMap<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(entries: I) -> Self {
        Self::of(entries.into_iter().collect())
    }
}

impl<T> Extend<(String, T)> for SmallMap<T> {
    fn extend<I: IntoIterator<Item = (String, T)>>(&mut self, entries: I) {
        let mut all = std::mem::take(&mut self.entries);
        all.extend(entries);
        *self = Self::of(all);
    }
}

impl<T, const N: usize> From<[(String, T); N]> for SmallMap<T> {
    fn from(entries: [(String, T); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<T> From<BTreeMap<String, T>> for SmallMap<T> {
    fn from(map: BTreeMap<String, T>) -> Self {
        Self { entries: map.into_iter().collect() }
    }
}

impl<T> From<SmallMap<T>> for BTreeMap<String, T> {
    fn from(map: SmallMap<T>) -> Self {
        map.entries.into_iter().collect()
    }
}

impl<T> IntoIterator for SmallMap<T> {
    type Item = (String, T);
    type IntoIter = vec::IntoIter<(String, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a SmallMap<T> {
    type Item = (&'a String, &'a T);
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Serialize> Serialize for SmallMap<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, T: Field> Deserialize<'de> for SmallMap<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut map = Self::new();
        Self::read(&mut map, deserializer)?;
        Ok(map)
    }
}

/// The last of equal keys wins, as in kube-apiserver.
impl<T: Field> Field for SmallMap<T> {
    type Access = Self;
}

impl<T: Field> Access<Self> for SmallMap<T> {
    fn blank() -> Self {
        Self::new()
    }

    fn read<'de, D: Deserializer<'de>>(value: &mut Self, deserializer: D) -> Result<(), D::Error> {
        let mut entries = Vec::new();
        read_entries(deserializer, &mut |key, value| entries.push((key, value)))?;
        *value = Self::of(entries);
        Ok(())
    }

    fn view<'a>(value: &'a Self, arena: &'a Arena) -> View<'a> {
        View::Object(arena.alloc(Entries(value)))
    }
}

impl<T: Field> TextMap for SmallMap<T> {
    type Value = T;

    fn len(&self) -> usize {
        self.len()
    }

    fn get(&self, key: &str) -> Option<&T> {
        self.get(key)
    }

    fn entries(&self) -> impl Iterator<Item = (&String, &T)> {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(keys: &[&str]) -> SmallMap<usize> {
        keys.iter().enumerate().map(|(at, key)| ((*key).to_owned(), at)).collect()
    }

    #[test]
    fn entries_are_ordered_and_the_last_of_equal_keys_counts() {
        let read: SmallMap<i64> = serde_json::from_str(r#"{"b":1,"a":2,"b":3,"c":4,"a":5}"#).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"a":5,"b":3,"c":4}"#);
        assert_eq!(map(&["b", "a", "b"]).into_iter().collect::<Vec<_>>(), [("a".to_owned(), 1), ("b".to_owned(), 2)]);
        assert_eq!(read.entries.capacity(), 3);
    }

    #[test]
    fn it_does_what_a_tree_does() {
        let keys = ["d", "a", "c", "a", "b", "e", "d"];
        let (mut small, mut tree) = (SmallMap::new(), BTreeMap::new());
        for (at, key) in keys.into_iter().enumerate() {
            assert_eq!(small.insert(key.to_owned(), at), tree.insert(key.to_owned(), at));
            assert_eq!(BTreeMap::from(small.clone()), tree);
        }
        assert_eq!((small.remove("c"), small.remove("c")), (tree.remove("c"), None));
        small.retain(|key, value| {
            *value += 1;
            key != "b"
        });
        *small.get_mut("e").unwrap() = 7;
        *small.get_or_insert_with("a", || 100) += 1;
        *small.get_or_insert_with("z", || 100) += 1;
        small.extend([("a2".to_owned(), 8), ("e".to_owned(), 9)]);
        assert_eq!(format!("{small:?}"), r#"{"a": 5, "a2": 8, "d": 7, "e": 9, "z": 101}"#);
        assert_eq!((small["z"], small.contains_key("y"), small.get("y")), (101, false, None));
        small.values_mut().for_each(|value| *value = 0);
        small.iter_mut().for_each(|(_, value)| *value += 1);
        assert_eq!((small.values().sum::<usize>(), small.keys().next_back().unwrap().as_str()), (5, "z"));
        small.clear();
        assert!(small.is_empty() && small == SmallMap::default());
    }

    #[test]
    fn a_wrong_value_is_reported_with_its_key() {
        let error = serde_json::from_value::<SmallMap<i64>>(json!({ "a": 1, "b": "x" })).unwrap_err().to_string();
        assert!(error.contains('b'), "{error}");
        assert!(serde_json::from_value::<SmallMap<i64>>(json!([])).is_err());
    }
}
