//! Reading the keys of one object.
//!
//! In: a format's map and the table of fields. Out: filled-in fields, or the first error, with the path to it. It
//! knows neither the format nor the struct.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Unexpected, Visitor},
};
use serde_json::Value;

use super::{Member, Object, failure::within, seen::Seen};
use crate::value::Field;

/// What the body of [`super::Object::read`] calls for the field whose value comes next.
pub trait Reader {
    /// A field that has to be there.
    fn required<T: Field>(&mut self, slot: &mut T);
    /// A field that may be left out.
    fn optional<T: Field>(&mut self, slot: &mut Option<T>);
    /// A field with one possible value, which may be left out.
    fn constant(&mut self, value: &'static str);
    /// The value of a key that is no field.
    fn unknown(&mut self, values: &mut BTreeMap<String, Value>);
}

/// Counts the fields that the body of [`super::Object::read`] goes through, up to the one that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Position {
    wanted: usize,
    at: usize,
}

/// One object while it is read. The first error is kept and ends everything.
#[derive(Debug)]
pub(super) struct Input<'de, M: MapAccess<'de>> {
    map: M,
    names: Names,
    seen: Seen,
    /// Required fields that have not been met.
    missing: usize,
    error: Option<M::Error>,
    format: PhantomData<&'de ()>,
}

/// What finds the field of a key.
#[derive(Debug)]
struct Names {
    shape: &'static Shape,
    /// The field of the last key, or [`UNKNOWN`].
    field: usize,
    /// The field that is likely to come next: the one after the last.
    guess: usize,
    /// The last key, if it is no field and such keys are kept.
    unknown: String,
}

/// What is known of a type.
#[derive(Debug)]
struct Shape {
    members: &'static [Member],
    keeps_unknown: bool,
    required: usize,
}

struct ShapeOf<T>(PhantomData<T>);

impl<T: Object> ShapeOf<T> {
    const SHAPE: &'static Shape =
        &Shape { members: T::MEMBERS, keeps_unknown: T::KEEPS_UNKNOWN, required: count_required(T::MEMBERS) };
}

/// The position of a key that is no field.
const UNKNOWN: usize = usize::MAX;

impl Position {
    /// Whether the field that the body is at is the wanted one; goes on to the next.
    #[inline]
    pub fn is_here(&mut self) -> bool {
        let here = self.at == self.wanted;
        self.at += 1;
        here
    }

    /// Whether the wanted key is no field.
    #[inline]
    pub fn is_unknown(self) -> bool {
        self.wanted == UNKNOWN
    }
}

impl<'de, M: MapAccess<'de>> Input<'de, M> {
    /// The object before its first key.
    #[inline]
    pub(super) fn new<T: Object>(map: M) -> Self {
        let shape = ShapeOf::<T>::SHAPE;
        let names = Names { shape, field: UNKNOWN, guess: 0, unknown: String::new() };
        Self { map, names, seen: Seen::default(), missing: shape.required, error: None, format: PhantomData }
    }

    /// Reads the next key whose value is wanted; none at the end and after an error.
    #[inline]
    pub(super) fn next_key(&mut self) -> Option<Position> {
        while self.error.is_none() {
            match self.map.next_key_seed(Key(&mut self.names)) {
                Ok(Some(())) if self.is_wanted() => return Some(Position { wanted: self.names.field, at: 0 }),
                Ok(Some(())) => {}
                Ok(None) => return None,
                Err(error) => self.error = Some(error),
            }
        }
        None
    }

    /// Whether the value of the last key is to be read; skips it if not.
    #[inline]
    fn is_wanted(&mut self) -> bool {
        let field = self.names.field;
        if field < self.names.shape.members.len() && self.seen.insert(field) {
            return true;
        }
        self.is_kept()
    }

    /// Whether the last key is kept though it is no field. Otherwise it is skipped, or has been there before.
    #[cold]
    fn is_kept(&mut self) -> bool {
        let Names { shape, field, .. } = self.names;
        match shape.members.get(field) {
            Some(member) => self.error = Some(Error::duplicate_field(member.name)),
            None if shape.keeps_unknown => return true,
            None => self.error = self.map.next_value::<IgnoredAny>().err(),
        }
        false
    }

    /// The verdict on the whole object.
    #[inline]
    pub(super) fn finish(&mut self) -> Result<(), M::Error> {
        match self.error.take() {
            Some(error) => Err(error),
            None if self.missing > 0 => Err(missing_fields(self.names.shape.members, &self.seen)),
            None => Ok(()),
        }
    }

    #[inline]
    fn value<S: DeserializeSeed<'de, Value = ()>>(&mut self, seed: S) {
        if let Err(error) = self.map.next_value_seed(seed) {
            self.fail(error);
        }
    }

    #[cold]
    fn fail(&mut self, error: M::Error) {
        let member = self.names.shape.members.get(self.names.field);
        self.error = Some(within(member.map_or("", |member| member.name), error));
    }
}

impl<'de, M: MapAccess<'de>> Reader for Input<'de, M> {
    #[inline]
    fn required<T: Field>(&mut self, slot: &mut T) {
        self.missing -= 1;
        self.value(Slot(slot));
    }

    #[inline]
    fn optional<T: Field>(&mut self, slot: &mut Option<T>) {
        self.value(OptionalSlot(slot));
    }

    fn constant(&mut self, value: &'static str) {
        self.value(Constant(value));
    }

    fn unknown(&mut self, values: &mut BTreeMap<String, Value>) {
        let key = std::mem::take(&mut self.names.unknown);
        match self.map.next_value() {
            Ok(value) => {
                values.insert(key, value);
            }
            Err(error) => self.error = Some(within(&key, error)),
        }
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

/// All missing fields at once; a single one in serde's words.
#[cold]
fn missing_fields<E: Error>(members: &'static [Member], seen: &Seen) -> E {
    let missing = members.iter().enumerate().filter(|(index, member)| member.required && !seen.contains(*index));
    let names: Vec<&str> = missing.map(|(_, member)| member.name).collect();
    match names.as_slice() {
        [name] => E::missing_field(name),
        _ => E::custom(format_args!("missing fields `{}`", names.join("`, `"))),
    }
}

/// Reads a key and finds its field.
struct Key<'a>(&'a mut Names);

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
        let Names { shape, guess, .. } = *self.0;
        match shape.members.get(guess) {
            Some(member) if equal(member.name, name) => {
                self.0.field = guess;
                self.0.guess = guess + 1;
            }
            _ => self.0.search(name),
        }
        Ok(())
    }
}

impl Names {
    /// Fields that are left out are skipped over, so the search starts where the last one ended.
    #[inline(never)]
    fn search(&mut self, name: &str) {
        let (before, after) = self.shape.members.split_at(self.guess);
        let position = |members: &[Member]| members.iter().position(|member| equal(member.name, name));
        if let Some(index) = position(after).map(|index| index + self.guess).or_else(|| position(before)) {
            self.field = index;
            self.guess = index + 1;
            return;
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

/// Reads a value into its field.
struct Slot<'a, T>(&'a mut T);

impl<'de, T: Field> DeserializeSeed<'de> for Slot<'_, T> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.read(deserializer)
    }
}

/// Reads a value, or `null`, into an optional field.
struct OptionalSlot<'a, T>(&'a mut Option<T>);

impl<'de, T: Field> DeserializeSeed<'de> for OptionalSlot<'_, T> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        T::read_optional(self.0, deserializer)
    }
}

/// Reads the only possible value.
struct Constant(&'static str);

impl<'de> DeserializeSeed<'de> for Constant {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Constant {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if text == self.0 { Ok(()) } else { Err(E::invalid_value(Unexpected::Str(text), &self)) }
    }
}
