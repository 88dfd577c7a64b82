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
    key::{Key, Names, UNKNOWN},
    seen::Seen,
    slot::{Constant, OptionalSlot, Slot},
};
use crate::value::Field;

/// What the body of [`super::Object::read`] calls for each field: where the position says so, the value is read.
pub trait Reader {
    /// A field that has to be there.
    fn required<T: Field>(&mut self, position: &mut Position, slot: &mut T);
    /// A field that may be left out.
    fn optional<T: Field>(&mut self, position: &mut Position, slot: &mut Option<T>);
    /// A field with one possible value, which may be left out.
    fn constant(&mut self, position: &mut Position, value: &'static str);
    /// The value of a key that is no field.
    fn unknown(&mut self, position: Position, values: &mut BTreeMap<String, Value>);
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

impl Position {
    /// Whether the field that the body is at is the wanted one; goes on to the next.
    #[inline]
    fn is_here(&mut self) -> bool {
        let here = self.at == self.wanted;
        self.at += 1;
        here
    }
}

impl<'de, M: MapAccess<'de>> Input<'de, M> {
    /// The object before its first key.
    #[inline]
    pub(super) fn new<T: Object>(map: M) -> Self {
        let names = Names::new::<T>();
        let missing = names.shape.required;
        Self { map, names, seen: Seen::default(), missing, error: None, format: PhantomData }
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

    /// Whether the value of the last key is to be read; deals with it if not.
    #[inline]
    fn is_wanted(&mut self) -> bool {
        match self.seen.insert_first(self.names.field) {
            Some(new) => new || self.is_repeated(),
            None => self.is_rare(),
        }
    }

    /// A field beyond the 64th, or a key that is no field.
    #[cold]
    fn is_rare(&mut self) -> bool {
        let Names { shape, field, .. } = self.names;
        if field < shape.members.len() {
            return self.seen.insert(field) || self.is_repeated();
        }
        if !shape.keeps_unknown {
            self.error = self.map.next_value::<IgnoredAny>().err();
        }
        shape.keeps_unknown
    }

    #[cold]
    fn is_repeated(&mut self) -> bool {
        let member = self.names.shape.members.get(self.names.field);
        self.error = member.map(|member| Error::duplicate_field(member.name));
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

#[expect(clippy::inline_always, reason = "in the body positions are constants: one jump to the wanted field remains")]
impl<'de, M: MapAccess<'de>> Reader for Input<'de, M> {
    #[inline(always)]
    fn required<T: Field>(&mut self, position: &mut Position, slot: &mut T) {
        if position.is_here() {
            self.missing -= 1;
            self.value(Slot(slot));
        }
    }

    #[inline(always)]
    fn optional<T: Field>(&mut self, position: &mut Position, slot: &mut Option<T>) {
        if position.is_here() {
            self.value(OptionalSlot(slot));
        }
    }

    #[inline(always)]
    fn constant(&mut self, position: &mut Position, value: &'static str) {
        if position.is_here() {
            self.value(Constant(value));
        }
    }

    fn unknown(&mut self, position: Position, values: &mut BTreeMap<String, Value>) {
        if position.wanted != UNKNOWN {
            return;
        }
        let key = std::mem::take(&mut self.names.unknown);
        match self.map.next_value() {
            Ok(value) => {
                values.insert(key, value);
            }
            Err(error) => self.error = Some(within(&key, error)),
        }
    }
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
