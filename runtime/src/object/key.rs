//! Which field a key belongs to.
//!
//! In: keys, one after the other, and the table of fields. Out: positions in the table. It guesses that fields come in the
//! order of the table, and compares with the others only if that fails.

use std::{fmt, iter::zip, marker::PhantomData};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, Visitor},
};

use super::{Member, Object};

/// The position of an unknown key.
pub(super) const UNKNOWN: usize = usize::MAX;

/// Reads a key and finds its field: the position among the members of `T`, or [`UNKNOWN`].
///
/// It has the type of the object, so that its code becomes a part of the only code that calls it.
pub(super) struct Key<'a, T> {
    pub(super) object: PhantomData<T>,
    /// The field of the key before, or [`UNKNOWN`].
    pub(super) last: usize,
    /// Where to keep an unknown key, if such keys are kept.
    pub(super) unknown: Option<&'a mut String>,
}

impl<'de, T: Object> DeserializeSeed<'de> for Key<'_, T> {
    type Value = usize;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<T: Object> Visitor<'_> for Key<'_, T> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    #[inline]
    fn visit_str<E: Error>(self, name: &str) -> Result<usize, E> {
        let field = find(T::MEMBERS, self.last.wrapping_add(1), name);
        if field == UNKNOWN {
            self.keep(name);
        }
        Ok(field)
    }
}

impl<T: Object> Key<'_, T> {
    #[cold]
    fn keep(self, name: &str) {
        if let Some(unknown) = self.unknown {
            name.clone_into(unknown);
        }
    }
}

/// The field of that name, which is most likely the one at `guess`.
///
/// It is not inlined so that the code around it is, which is there once for each type.
#[inline(never)]
fn find(members: &[Member], guess: usize, name: &str) -> usize {
    match members.get(guess) {
        Some(member) if equal(member.name, name) => guess,
        _ => search(members, guess, name),
    }
}

/// Fields that are left out are skipped over: the search goes on after the guess, and then from the start.
#[inline(never)]
fn search(members: &[Member], guess: usize, name: &str) -> usize {
    let (before, after) = members.split_at(members.len().min(guess.saturating_add(1)));
    for (start, part) in [(before.len(), after), (0, before)] {
        if let Some(index) = part.iter().position(|member| equal(member.name, name)) {
            return start + index;
        }
    }
    UNKNOWN
}

/// `a == b`, for names: they are so short that a call of `memcmp` takes longer.
#[inline]
fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    a.len() == b.len()
        && match a.len() {
            8.. => a.last_chunk::<8>() == b.last_chunk::<8>() && zip(chunks(a), chunks(b)).all(|(a, b)| a == b),
            4.. => a.first_chunk::<4>() == b.first_chunk::<4>() && a.last_chunk::<4>() == b.last_chunk::<4>(),
            // First, middle and last are all there is.
            1.. => a.first() == b.first() && a.get(a.len() / 2) == b.get(a.len() / 2) && a.last() == b.last(),
            0 => true,
        }
}

/// All whole words.
#[inline]
fn chunks(text: &[u8]) -> &[[u8; 8]] {
    text.as_chunks().0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_length_are_equal_only_if_each_byte_is() {
        for length in 0..40 {
            let name = "n".repeat(length);
            assert!(equal(&name, &name.clone()));
            assert!(!equal(&name, &format!("{name}n")));
            for index in 0..length {
                let other = format!("{}o{}", &name[..index], &name[index + 1..]);
                assert!(!equal(&name, &other), "{other}");
            }
        }
    }
}
