//! Going through the fields of an object.
//!
//! In: fields in the order of their table. Out: those that are there, with what the table says of them.

use std::{collections::BTreeMap, marker::PhantomData};

use serde_json::Value;

use super::{Member, Object};
use crate::value::Field;

/// What the body of [`Object::write`] calls for each field in the order of the table.
pub trait Writer<'a> {
    /// A field that is always there.
    fn required<T: Field>(&mut self, value: &'a T);
    /// A field that is absent if `None`.
    fn optional<T: Field>(&mut self, value: &'a Option<T>);
    /// A field with one possible value: `apiVersion` and `kind` of a resource.
    fn constant(&mut self, value: &'static str);
    /// The keys that belong to no field.
    fn unknown(&mut self, values: &'a BTreeMap<String, Value>);
}

/// What becomes of the fields that are there: they are written, looked at, or printed.
pub(crate) trait FieldVisitor<'a> {
    /// A field, and its position in the table.
    fn field<T: Field>(&mut self, index: usize, member: &'static Member, value: &'a T);
    /// A field with one possible value.
    fn constant(&mut self, index: usize, member: &'static Member, value: &'static str);
    /// The keys that belong to no field.
    fn unknown(&mut self, values: &'a BTreeMap<String, Value>);
}

/// Has the visitor see all that is there.
#[inline]
pub(crate) fn walk<'a, T: Object, V: FieldVisitor<'a>>(object: &'a T, visitor: &mut V) {
    object.write(Walk { visitor, at: 0, object: PhantomData::<T> });
}

/// Counts the fields. In the bodies the count is a constant.
struct Walk<'v, T, V> {
    visitor: &'v mut V,
    at: usize,
    object: PhantomData<T>,
}

impl<T: Object, V> Walk<'_, T, V> {
    /// The next field of the table.
    #[inline]
    fn next(&mut self) -> (usize, Option<&'static Member>) {
        let index = self.at;
        self.at += 1;
        (index, T::MEMBERS.get(index))
    }
}

#[expect(clippy::inline_always, reason = "a call for each field costs about as much as writing a small one")]
impl<'a, T: Object, V: FieldVisitor<'a>> Writer<'a> for Walk<'_, T, V> {
    #[inline(always)]
    fn required<F: Field>(&mut self, value: &'a F) {
        if let (index, Some(member)) = self.next() {
            self.visitor.field(index, member, value);
        }
    }

    #[inline(always)]
    fn optional<F: Field>(&mut self, value: &'a Option<F>) {
        if let ((index, Some(member)), Some(value)) = (self.next(), value) {
            self.visitor.field(index, member, value);
        }
    }

    #[inline(always)]
    fn constant(&mut self, value: &'static str) {
        if let (index, Some(member)) = self.next() {
            self.visitor.constant(index, member, value);
        }
    }

    fn unknown(&mut self, values: &'a BTreeMap<String, Value>) {
        self.visitor.unknown(values);
    }
}
