//! The objects of a snapshot by number and by key.
//!
//! Every other table (namespaces, indexes) holds the numbers, four bytes each, and stays as it is when an object changes.

use crate::cached::Stored;
use crate::kind::{ObjectKey, Sought};
pub(super) use crate::numbered::Id;
use crate::numbered::Numbered;

/// Objects by number and by key.
pub(super) struct Slots<K>(Numbered<Slot<K>>);

struct Slot<K> {
    key: ObjectKey,
    object: Stored<K>,
}

impl<K> Slots<K> {
    pub(super) fn new() -> Self {
        Self(Numbered::new())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn find(&self, key: Sought<'_>) -> Option<Id> {
        // The first list looks for each of its objects: nothing is hashed for that.
        if self.0.len() == 0 {
            return None;
        }
        self.0.find(self.0.hash(key), |slot| key.is(&slot.key))
    }

    pub(super) fn object(&self, id: Id) -> Option<&Stored<K>> {
        self.0.get(id).map(|slot| &slot.object)
    }

    pub(super) fn key(&self, id: Id) -> Option<&ObjectKey> {
        self.0.get(id).map(|slot| &slot.key)
    }

    /// One more than the highest number.
    pub(super) fn bound(&self) -> usize {
        self.0.bound()
    }

    /// Makes room for so many more objects.
    pub(super) fn reserve(&mut self, more: usize) {
        self.0.reserve(more);
    }

    /// Replaces an object that exists, and returns the old one.
    pub(super) fn replace(&mut self, id: Id, object: Stored<K>) -> Option<Stored<K>> {
        self.0.get_mut(id).map(|slot| std::mem::replace(&mut slot.object, object))
    }

    /// Adds an object whose key is not there yet.
    pub(super) fn insert(&mut self, key: ObjectKey, object: Stored<K>) -> Id {
        self.0.insert(self.0.hash(&key), Slot { key, object })
    }

    /// Removes an object that no other table refers to any more.
    pub(super) fn remove(&mut self, id: Id) -> Option<Stored<K>> {
        self.0.remove(id).map(|slot| slot.object)
    }
}

impl<K> Clone for Slot<K> {
    fn clone(&self) -> Self {
        Self { key: self.key.clone(), object: self.object.clone() }
    }
}

impl<K> Clone for Slots<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// Numbers in the order of their objects' keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Sorted(Vec<Id>);

impl Sorted {
    pub(super) fn as_slice(&self) -> &[Id] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the number of an object that is in `slots`. Lists come in the order of their keys, so the end is tried first.
    pub(super) fn insert<K>(&mut self, id: Id, slots: &Slots<K>) {
        let key = slots.key(id);
        if self.0.last().is_none_or(|last| slots.key(*last) < key) {
            self.0.push(id);
        } else {
            let at = self.0.partition_point(|other| slots.key(*other) < key);
            self.0.insert(at, id);
        }
    }

    /// Removes the number of an object that is still in `slots`.
    pub(super) fn remove<K>(&mut self, id: Id, slots: &Slots<K>) {
        let key = slots.key(id);
        let at = self.0.partition_point(|other| slots.key(*other) < key);
        if self.0.get(at) == Some(&id) {
            self.0.remove(at);
            if self.0.len() * 4 < self.0.capacity() {
                self.0.shrink_to(self.0.len() * 2);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cached::Cached;
    use crate::testing::{Database, database};

    fn key(number: usize) -> ObjectKey {
        ObjectKey::new(Some("ns"), &format!("o{number:04}"))
    }

    /// Objects in the order of these numbers.
    fn sorted(numbers: impl Iterator<Item = usize>) -> (Slots<Database>, Sorted) {
        let (mut slots, mut sorted) = (Slots::new(), Sorted::default());
        for number in numbers {
            let key = key(number);
            let id = slots.insert(key.clone(), Cached::from(database(key.name(), "1")).store());
            sorted.insert(id, &slots);
        }
        (slots, sorted)
    }

    #[test]
    fn numbers_are_in_the_order_of_the_keys_however_they_came() {
        for numbers in [(0..40).collect::<Vec<_>>(), (0..40).rev().collect(), (0..40).map(|n| n * 7 % 40).collect()] {
            let (slots, mut sorted) = sorted(numbers.into_iter());
            let keys = |sorted: &Sorted| -> Vec<_> {
                sorted.as_slice().iter().filter_map(|id| slots.key(*id)).cloned().collect()
            };
            assert_eq!(keys(&sorted), (0..40).map(key).collect::<Vec<_>>());
            let find = |number| slots.find((&key(number)).into()).unwrap();
            sorted.remove(find(20), &slots);
            sorted.remove(find(20), &slots);
            assert_eq!(keys(&sorted), (0..40).filter(|number| *number != 20).map(key).collect::<Vec<_>>());
        }
    }

    #[test]
    fn room_is_given_back_when_less_than_a_quarter_of_it_is_used() {
        let (slots, mut sorted) = sorted(0..1_000);
        let room = sorted.0.capacity();
        for number in (0..1_000).rev() {
            let before = sorted.0.capacity();
            sorted.remove(slots.find((&key(number)).into()).unwrap(), &slots);
            let (used, now) = (sorted.0.len(), sorted.0.capacity());
            assert_eq!(now < before, used * 4 < before, "{used} of {before} were used, and then {now}");
            assert!(now == before || now >= 2 * used, "there is room for more: {used} of {now}");
        }
        assert!(sorted.is_empty() && sorted.0.capacity() < 8 && room >= 1_000);
    }
}
