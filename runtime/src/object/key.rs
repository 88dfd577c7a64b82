//! Which field a key belongs to.
//!
//! In: keys, one after the other, and the table of fields. Out: positions in the table. It guesses that fields come in the
//! order of the table, and compares with the others only if that fails.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, Visitor},
};

use super::{Member, Object};

/// The position of a key that is no field.
pub(super) const UNKNOWN: usize = usize::MAX;

/// What finds the field of a key.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) shape: &'static Shape,
    /// The field of the last key, or [`UNKNOWN`].
    pub(super) field: usize,
    /// The field that is likely to come next: the one after the last.
    guess: usize,
    /// The last key, if it is no field and such keys are kept.
    pub(super) unknown: String,
}

/// What is known of a type.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) members: &'static [Member],
    pub(super) keeps_unknown: bool,
    pub(super) required: usize,
}

struct ShapeOf<T>(PhantomData<T>);

impl<T: Object> ShapeOf<T> {
    const SHAPE: &'static Shape =
        &Shape { members: T::MEMBERS, keeps_unknown: T::KEEPS_UNKNOWN, required: count_required(T::MEMBERS) };
}

/// Reads a key and finds its field.
pub(super) struct Key<'a>(pub(super) &'a mut Names);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    #[inline]
    fn visit_str<E: Error>(self, name: &str) -> Result<(), E> {
        self.0.find(name);
        Ok(())
    }
}

impl Names {
    /// Before the first key.
    #[inline]
    pub(super) fn new<T: Object>() -> Self {
        Self { shape: ShapeOf::<T>::SHAPE, field: UNKNOWN, guess: 0, unknown: String::new() }
    }

    /// Finds the field of a key. Fields that are left out are skipped over, so the search starts where the last one ended.
    ///
    /// It is not inlined so that the code around it is, which is there once for each type.
    #[inline(never)]
    fn find(&mut self, name: &str) {
        let members = self.shape.members;
        let mut index = self.guess;
        for _ in members {
            index = if index < members.len() { index } else { 0 };
            if equal(members[index].name, name) {
                self.field = index;
                self.guess = index + 1;
                return;
            }
            index += 1;
        }
        self.field = UNKNOWN;
        if self.shape.keeps_unknown {
            name.clone_into(&mut self.unknown);
        }
    }
}

/// `a == b`, for names: nearly all have up to 16 bytes, for which a call of `memcmp` takes longer than two comparisons.
#[inline]
fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    match a.len() {
        8..=16 => a.first_chunk::<8>() == b.first_chunk::<8>() && a.last_chunk::<8>() == b.last_chunk::<8>(),
        4..=7 => a.first_chunk::<4>() == b.first_chunk::<4>() && a.last_chunk::<4>() == b.last_chunk::<4>(),
        // First, middle and last are all there is.
        1..=3 => a.first() == b.first() && a.get(a.len() / 2) == b.get(a.len() / 2) && a.last() == b.last(),
        _ => a == b,
    }
}

const fn count_required(members: &[Member]) -> usize {
    let (mut index, mut count) = (0, 0);
    while index < members.len() {
        if members[index].required {
            count += 1;
        }
        index += 1;
    }
    count
}
