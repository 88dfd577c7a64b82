//! Reading the keys of one object.
//!
//! In: a format's map and the table of fields. Out: filled-in fields, or the first error, with the path to it. It
//! knows neither the format nor the struct.

use std::{collections::BTreeMap, marker::PhantomData};

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess};
use serde_json::Value;

use super::{
    Member, Object,
    failure::within,
    key::{Key, UNKNOWN},
    seen::Seen,
    slot::{Constant, OptionalSlot, Slot},
};
use crate::value::Field;

/// What the body of [`super::Object::read`] calls for each field in the order of the table: it has the value of one of
/// them, and reads that. Few arguments, because the compiler keeps something for each of them in each body.
pub trait Reader {
    /// A field that has to be there.
    fn required<T: Field>(&mut self, slot: &mut T);
    /// A field that may be left out.
    fn optional<T: Field>(&mut self, slot: &mut Option<T>);
    /// A field with one possible value, which may be left out.
    fn constant(&mut self, value: &'static str);
    /// Where the values of unknown keys go.
    fn unknown(&mut self, values: &mut BTreeMap<String, Value>);
}

/// The value of one field, which is about to be read. It counts the fields up to its own.
#[derive(Debug)]
pub(super) struct FieldValue<'a, I> {
    input: &'a mut I,
    field: usize,
    at: usize,
}

/// One object of type `T` while it is read. The first error is kept and ends everything.
///
/// What is needed for each key can stay in registers, because only what is behind a reference is ever handed on as one.
#[derive(Debug)]
pub(super) struct Input<'a, 'de, T, M: MapAccess<'de>> {
    map: &'a mut M,
    /// The field of the last key, or [`UNKNOWN`].
    field: usize,
    /// A bit for each of the first 64 fields that were met.
    seen: u64,
    rare: &'a mut Rare,
    error: Option<M::Error>,
    format: PhantomData<(&'de (), T)>,
}

/// What few types need.
#[derive(Debug, Default)]
pub(super) struct Rare {
    /// The fields from the 65th on that were met.
    seen: Seen,
    /// The last key, if it is unknown and such keys are kept.
    key: String,
}

impl<I> FieldValue<'_, I> {
    /// Whether the value is that of the field at which the count is; goes on to the next.
    #[inline]
    fn is_here(&mut self) -> bool {
        let here = self.at == self.field;
        self.at += 1;
        here
    }
}

impl<'a, 'de, T: Object, M: MapAccess<'de>> Input<'a, 'de, T, M> {
    /// Whether there are fields beyond the 64th.
    const IS_WIDE: bool = T::MEMBERS.len() > 64;

    /// The object before its first key.
    #[inline]
    pub(super) fn new(map: &'a mut M, rare: &'a mut Rare) -> Self {
        Self { map, field: UNKNOWN, seen: 0, rare, error: None, format: PhantomData }
    }

    /// Reads the next key whose value is wanted; none at the end and after an error.
    #[inline]
    pub(super) fn next_value(&mut self) -> Option<FieldValue<'_, Self>> {
        while self.error.is_none() {
            let unknown = if T::KEEPS_UNKNOWN { Some(&mut self.rare.key) } else { None };
            match self.map.next_key_seed(Key { object: PhantomData::<T>, last: self.field, unknown }) {
                Ok(Some(field)) => {
                    self.field = field;
                    if self.is_wanted() {
                        return Some(FieldValue { input: self, field, at: 0 });
                    }
                }
                Ok(None) => return None,
                Err(error) => self.error = Some(error),
            }
        }
        None
    }

    /// Whether the value of the last key is to be read; deals with it if not.
    #[inline]
    fn is_wanted(&mut self) -> bool {
        if self.field == UNKNOWN {
            if !T::KEEPS_UNKNOWN {
                self.error = self.map.next_value::<IgnoredAny>().err();
            }
            return T::KEEPS_UNKNOWN;
        }
        let new = self.is_new();
        if !new {
            self.error = Some(repeated(T::MEMBERS, self.field));
        }
        new
    }

    /// Whether the field was not met before.
    #[inline]
    fn is_new(&mut self) -> bool {
        if Self::IS_WIDE && self.field >= 64 {
            return self.rare.seen.insert(self.field);
        }
        let bit = 1 << (self.field % 64);
        let new = self.seen & bit == 0;
        self.seen |= bit;
        new
    }

    /// The verdict on the whole object.
    #[inline]
    pub(super) fn finish(self) -> Result<(), M::Error> {
        let required = const { required(T::MEMBERS) };
        match self.error {
            Some(error) => Err(error),
            None if Self::IS_WIDE => check_missing(T::MEMBERS, self.seen, Some(&self.rare.seen)),
            None if self.seen & required != required => check_missing(T::MEMBERS, self.seen, None),
            None => Ok(()),
        }
    }

    #[inline]
    fn value<S: DeserializeSeed<'de, Value = ()>>(&mut self, seed: S) {
        if let Err(error) = self.map.next_value_seed(seed) {
            self.error = Some(failed(T::MEMBERS, self.field, error));
        }
    }
}

#[expect(clippy::inline_always, reason = "in the body the count is a constant: one jump to the field remains")]
impl<'de, T: Object, M: MapAccess<'de>> Reader for FieldValue<'_, Input<'_, 'de, T, M>> {
    #[inline(always)]
    fn required<F: Field>(&mut self, slot: &mut F) {
        if self.is_here() {
            self.input.value(Slot(slot));
        }
    }

    #[inline(always)]
    fn optional<F: Field>(&mut self, slot: &mut Option<F>) {
        if self.is_here() {
            self.input.value(OptionalSlot(slot));
        }
    }

    #[inline(always)]
    fn constant(&mut self, value: &'static str) {
        if self.is_here() {
            self.input.value(Constant(value));
        }
    }

    #[inline(always)]
    fn unknown(&mut self, values: &mut BTreeMap<String, Value>) {
        if self.field == UNKNOWN {
            let key = std::mem::take(&mut self.input.rare.key);
            self.input.error = read_unknown(self.input.map, key, values).err();
        }
    }
}

/// Reads the value of an unknown key.
fn read_unknown<'de, M: MapAccess<'de>>(
    map: &mut M,
    key: String,
    values: &mut BTreeMap<String, Value>,
) -> Result<(), M::Error> {
    match map.next_value() {
        Ok(value) => {
            values.insert(key, value);
            Ok(())
        }
        Err(error) => Err(within(&key, error)),
    }
}

/// The error in the value of a field, with the field's name.
#[cold]
fn failed<E: Error>(members: &[Member], field: usize, error: E) -> E {
    within(members.get(field).map_or("", |member| member.name), error)
}

/// The error for a duplicate field.
#[cold]
fn repeated<E: Error>(members: &[Member], field: usize) -> E {
    E::duplicate_field(members.get(field).map_or("", |member| member.name))
}

/// Names all missing fields at once; a single one in serde's words.
#[cold]
fn check_missing<E: Error>(members: &'static [Member], first: u64, rest: Option<&Seen>) -> Result<(), E> {
    let is_met = |index| match index {
        0..64 => first & (1 << index) != 0,
        _ => rest.is_some_and(|rest| rest.contains(index)),
    };
    let missing = members.iter().enumerate().filter(|(index, member)| member.required && !is_met(*index));
    let names: Vec<&str> = missing.map(|(_, member)| member.name).collect();
    match names.as_slice() {
        [] => Ok(()),
        [name] => Err(E::missing_field(name)),
        _ => Err(E::custom(format_args!("missing fields `{}`", names.join("`, `")))),
    }
}

/// A bit for each of the first 64 fields that is required.
const fn required(members: &[Member]) -> u64 {
    let (mut index, mut bits) = (0, 0);
    while index < members.len() && index < 64 {
        if members[index].required {
            bits |= 1 << index;
        }
        index += 1;
    }
    bits
}
