//! Fields that hold several values: arrays and maps.
//!
//! In: arrays, objects with any keys. Out: `Vec`, `BTreeMap`. An error names the index or the key.

use std::{collections::BTreeMap, fmt, marker::PhantomData, ops::ControlFlow};

use crdgen_schema::view::{Arena, ListView, ObjectView, View};
use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

use super::{Access, Field};
use crate::object::within;

/// How many bytes an array is given beforehand at most: what a format says about the length may be wrong.
const RESERVE_LIMIT: usize = 1 << 20;

impl<T: Field> Field for Vec<T> {
    type Access = Self;
}

impl<T: Field> Access<Self> for Vec<T> {
    fn blank() -> Self {
        Self::new()
    }

    fn read<'de, D: Deserializer<'de>>(value: &mut Self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(VecVisitor(value))
    }

    fn view<'a>(value: &'a Self, arena: &'a Arena) -> View<'a> {
        View::List(arena.alloc(Items(value)))
    }
}

/// The last of equal keys wins, as in kube-apiserver.
impl<T: Field> Field for BTreeMap<String, T> {
    type Access = Self;
}

impl<T: Field> Access<Self> for BTreeMap<String, T> {
    fn blank() -> Self {
        Self::new()
    }

    fn read<'de, D: Deserializer<'de>>(value: &mut Self, deserializer: D) -> Result<(), D::Error> {
        read_entries(deserializer, &mut |key, item| drop(value.insert(key, item)))
    }

    fn view<'a>(value: &'a Self, arena: &'a Arena) -> View<'a> {
        View::Object(arena.alloc(Entries(value)))
    }
}

/// An array, looked at where it is.
#[derive(Debug)]
struct Items<'t, T>(&'t [T]);

impl<T> Clone for Items<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Items<'_, T> {}

impl<T: Field> ListView for Items<'_, T> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn get<'a>(&'a self, index: usize, arena: &'a Arena) -> Option<View<'a>> {
        self.0.get(index).map(|item| T::Access::view(item, arena))
    }
}

/// A map with texts as keys.
pub(crate) trait TextMap {
    type Value: Field;

    fn len(&self) -> usize;
    fn get(&self, key: &str) -> Option<&Self::Value>;
    fn entries(&self) -> impl Iterator<Item = (&String, &Self::Value)>;
}

impl<T: Field> TextMap for BTreeMap<String, T> {
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

/// A map, looked at where it is.
pub(crate) struct Entries<'t, M>(pub(crate) &'t M);

impl<M> fmt::Debug for Entries<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entries")
    }
}

impl<M> Clone for Entries<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Entries<'_, M> {}

impl<M: TextMap> ObjectView for Entries<'_, M> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn get<'a>(&'a self, name: &str, arena: &'a Arena) -> Option<View<'a>> {
        self.0.get(name).map(|value| <M::Value as Field>::Access::view(value, arena))
    }

    fn each<'a>(&'a self, arena: &'a Arena, visit: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>) {
        let mut entries = self.0.entries();
        let _ = entries.try_for_each(|(name, value)| visit(name, <M::Value as Field>::Access::view(value, arena)));
    }
}

struct VecVisitor<'a, T>(&'a mut Vec<T>);

impl<'de, T: Field> Visitor<'de> for VecVisitor<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        // JSON does not say how long an array is. One of objects mostly has one item; others grow as a `Vec` does.
        let expected = items.size_hint().unwrap_or(usize::from(size_of::<T>() > size_of::<[String; 2]>()));
        self.0.reserve_exact(expected.min(RESERVE_LIMIT / size_of::<T>().max(1)));
        let mut index = 0;
        loop {
            match items.next_element_seed(NewItem(self.0)) {
                Ok(Some(())) => index += 1,
                Ok(None) => {
                    // Most lists are short, and caches hold them for long.
                    self.0.shrink_to_fit();
                    return Ok(());
                }
                Err(error) => return Err(within_item(index, error)),
            }
        }
    }
}

/// `error`, found inside of an item.
#[cold]
fn within_item<E: Error>(index: usize, error: E) -> E {
    within(&format!("[{index}]"), error)
}

/// Reads one item of an array to the array's end, without moving it.
struct NewItem<'a, T>(&'a mut Vec<T>);

impl<'de, T: Field> DeserializeSeed<'de> for NewItem<'_, T> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        T::Access::read(self.0.push_mut(T::Access::blank()), deserializer)
    }
}

/// Reads the entries of an object with any keys, in their order. An error names the key.
pub(crate) fn read_entries<'de, T: Field, D: Deserializer<'de>>(
    deserializer: D,
    add: &mut dyn FnMut(String, T),
) -> Result<(), D::Error> {
    deserializer.deserialize_map(MapVisitor(add))
}

struct MapVisitor<'a, T>(&'a mut dyn FnMut(String, T));

impl<'de, T: Field> Visitor<'de> for MapVisitor<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(key) = entries.next_key::<String>()? {
            match entries.next_value_seed(Item(PhantomData)) {
                Ok(value) => (self.0)(key, value),
                Err(error) => return Err(within(&key, error)),
            }
        }
        Ok(())
    }
}

/// Reads one value of a map.
struct Item<T>(PhantomData<T>);

impl<'de, T: Field> DeserializeSeed<'de> for Item<T> {
    type Value = T;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        let mut item = T::Access::blank();
        T::Access::read(&mut item, deserializer)?;
        Ok(item)
    }
}
