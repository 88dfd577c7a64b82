//! A field of an object that is checked.

use crdgen_schema::field::{Error, ErrorType, Path};
use crdgen_schema::go::{self, Type};
use serde_json::Value;

use super::{Check, counterpart};

/// A field: its value, if it has one, and its path. What is absent reads as Go's zero value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    check: &'a Check,
    value: Option<&'a Value>,
    path: &'a Path<'a>,
    /// Its Go type, if that is known: errors show the value as the server's own type has it.
    kind: Option<&'static Type>,
}

/// Reading.
impl<'a> Field<'a> {
    pub(super) fn new(
        check: &'a Check,
        value: Option<&'a Value>,
        path: &'a Path<'a>,
        kind: Option<&'static Type>,
    ) -> Self {
        Self { check, value: value.filter(|value| !value.is_null()), path, kind }
    }

    /// The type without pointers and names.
    fn base(self) -> Option<&'static Type> {
        let mut kind = self.kind?;
        while let Type::Pointer(inner) | Type::Named(_, inner) = kind {
            kind = inner;
        }
        Some(kind)
    }

    /// The field of that name within this one.
    pub(crate) fn get(self, name: &'a str) -> Self {
        let path = self.check.paths.alloc(self.path.child(name));
        let kind = match self.base() {
            Some(Type::Struct(of)) => of.field(name).map(|field| &field.kind),
            _ => None,
        };
        Self::new(self.check, self.value.and_then(|value| value.get(name)), path, kind)
    }

    /// The value of that key in a map.
    pub(crate) fn key(self, key: &'a str) -> Self {
        let path = self.check.paths.alloc(self.path.key(key));
        let kind = match self.base() {
            Some(Type::Map(kind)) => Some(*kind),
            _ => None,
        };
        Self::new(self.check, self.value.and_then(|value| value.get(key)), path, kind)
    }

    /// The item at that index of a list.
    pub(crate) fn at(self, index: usize) -> Self {
        let path = self.check.paths.alloc(self.path.index(index));
        let kind = match self.base() {
            Some(Type::List(kind)) => Some(*kind),
            _ => None,
        };
        Self::new(self.check, self.value.and_then(|value| value.get(index)), path, kind)
    }

    /// The items of a list.
    pub(crate) fn items(self) -> impl Iterator<Item = Self> {
        let count = self.value.and_then(Value::as_array).map_or(0, Vec::len);
        (0..count).map(move |index| self.at(index))
    }

    /// The entries of a map, by their keys.
    pub(crate) fn entries(self) -> impl Iterator<Item = (&'a str, Self)> {
        let members = self.value.and_then(Value::as_object);
        members.into_iter().flatten().map(move |(key, _)| (key.as_str(), self.key(key)))
    }

    /// How many items or entries it has.
    pub(crate) fn len(self) -> usize {
        match self.value {
            Some(Value::Array(items)) => items.len(),
            Some(Value::Object(members)) => members.len(),
            _ => 0,
        }
    }

    /// Whether it has neither items nor entries.
    pub(crate) fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether it has more items or entries than that.
    pub(crate) fn is_over(self, limit: i64) -> bool {
        i64::try_from(self.len()).is_ok_and(|count| count > limit)
    }

    /// Whether it has a value.
    pub(crate) fn is_set(self) -> bool {
        self.value.is_some()
    }

    /// The value; null if it has none.
    pub(crate) fn value(self) -> &'a Value {
        self.value.unwrap_or(&Value::Null)
    }

    /// The text; empty if it has none.
    pub(crate) fn text(self) -> &'a str {
        self.value.and_then(Value::as_str).unwrap_or_default()
    }

    /// The number; 0 if it has none.
    pub(crate) fn int(self) -> i64 {
        self.value.and_then(Value::as_i64).unwrap_or_default()
    }

    /// The flag; false if it has none.
    pub(crate) fn flag(self) -> bool {
        self.value == Some(&Value::Bool(true))
    }

    /// Whether both have the same value.
    pub(crate) fn equals(self, other: Field<'_>) -> bool {
        self.value == other.value
    }

    /// The same value, which errors place elsewhere.
    pub(crate) fn shown_as(self, place: Self) -> Self {
        Self { path: place.path, ..self }
    }

    /// The same place with another value.
    pub(crate) fn with_value<'b>(self, value: &'b Value) -> Field<'b>
    where
        'a: 'b,
    {
        Field::new(self.check, Some(value), self.path, self.kind)
    }

    /// The path, as errors show it.
    pub(crate) fn path(self) -> String {
        self.path.to_string()
    }
}

/// Reporting.
impl Field<'_> {
    /// The value is not allowed here. An absent text is shown as an empty one; for absent numbers see
    /// [`invalid_number`](Self::invalid_number).
    pub(crate) fn invalid(self, why: impl Into<String>) {
        self.report(match (self.shown(), self.value) {
            (Some(shown), _) => Error::new(ErrorType::Invalid, self.path, shown, why),
            (None, Some(value)) => Error::invalid(self.path, value, why),
            (None, None) => Error::invalid_text(self.path, "", why),
        });
    }

    /// The value as the server's own type has it, if that is not the value itself.
    fn shown(self) -> Option<String> {
        let kind = self.kind?;
        let is_itself = self.value.is_some_and(|value| !value.is_object() && !value.is_array());
        (!is_itself).then(|| counterpart::text(self.value, kind))
    }

    /// The same for a number, which is 0 if it is absent.
    pub(crate) fn invalid_number(self, why: impl Into<String>) {
        self.report(Error::invalid(self.path, &Value::from(self.int()), why));
    }

    /// The value is not allowed here, and another one is shown in its place.
    pub(crate) fn invalid_as(self, shown: &Value, why: impl Into<String>) {
        self.report(Error::invalid(self.path, shown, why));
    }

    /// The value is not allowed here, and it is not shown.
    pub(crate) fn invalid_unshown(self, why: impl Into<String>) {
        self.report(Error::new(ErrorType::Invalid, self.path, "", why));
    }

    /// Several reasons for which the value is not allowed.
    pub(crate) fn invalid_for(self, reasons: impl IntoIterator<Item = String>) {
        reasons.into_iter().for_each(|why| self.invalid(why));
    }

    /// There must be a value.
    pub(crate) fn required(self, why: impl Into<String>) {
        self.report(Error::required(self.path, why));
    }

    /// There must be no value, or it must not be changed.
    pub(crate) fn forbidden(self, why: impl Into<String>) {
        self.report(Error::forbidden(self.path, why));
    }

    /// The value is none of those that are known. They are shown in the order given here: most callers in Go sort them.
    pub(crate) fn not_supported(self, known: &[&str]) {
        let known: Vec<String> = known.iter().map(|one| go::print_quoted(one)).collect();
        let shown = self.shown().unwrap_or_else(|| go::print_quoted(self.text()));
        let why = format!("supported values: {}", known.join(", "));
        self.report(Error::new(ErrorType::NotSupported, self.path, shown, why));
    }

    /// The same for a value that is shown in place of this one, with the words about what is known.
    pub(crate) fn not_supported_as(self, shown: &Value, why: &str) {
        self.report(Error::new(ErrorType::NotSupported, self.path, go::print_value(shown), why));
    }

    /// The value stands elsewhere in the list already.
    pub(crate) fn duplicate(self) {
        self.report(match self.shown() {
            Some(shown) => Error::new(ErrorType::Duplicate, self.path, shown, ""),
            None => Error::duplicate(self.path, self.value()),
        });
    }

    /// The same, and another text is shown in place of the value.
    pub(crate) fn duplicate_text(self, shown: &str) {
        self.report(Error::duplicate(self.path, &Value::from(shown)));
    }

    /// The same, with a reason.
    pub(crate) fn duplicate_for(self, why: &str) {
        let shown = self.shown().unwrap_or_else(|| go::print_value(self.value()));
        self.report(Error::new(ErrorType::Duplicate, self.path, shown, why));
    }

    /// The text is too long, in bytes.
    pub(crate) fn too_long(self, limit: i64) {
        self.report(Error::too_long(self.path, limit));
    }

    /// The list or map has too much in it.
    pub(crate) fn too_many(self, limit: i64) {
        self.report(Error::too_many(self.path, self.len(), limit));
    }

    /// The server itself could not make sense of the value.
    pub(crate) fn internal(self, why: impl Into<String>) {
        self.report(Error::new(ErrorType::Internal, self.path, "", why));
    }

    /// What the value refers to does not exist.
    pub(crate) fn not_found(self) {
        self.report(Error::new(ErrorType::NotFound, self.path, go::print_value(self.value()), ""));
    }

    /// The same about a text that stands in it, with more to say.
    pub(crate) fn not_found_as(self, shown: &Value, why: impl Into<String>) {
        self.report(Error::new(ErrorType::NotFound, self.path, go::print_value(shown), why));
    }

    /// Something else is wrong.
    pub(crate) fn report(self, error: Error) {
        self.check.errors.borrow_mut().push(error);
    }

    /// Whether `look` finds something wrong with the value. Nothing of it is reported.
    pub(crate) fn is_wrong(self, look: impl FnOnce(Self)) -> bool {
        let before = self.reported();
        look(self);
        let mut errors = self.check.errors.borrow_mut();
        let found = errors.len() > before;
        errors.truncate(before);
        found
    }

    /// How many errors were reported about the object so far.
    pub(crate) fn reported(self) -> usize {
        self.check.errors.borrow().len()
    }
}

/// Checks that follow from the value alone.
impl Field<'_> {
    /// The text must be there and one of those that are known. Returns whether it is.
    pub(crate) fn require_one_of(self, known: &[&str]) -> bool {
        match self.text() {
            "" => self.required(""),
            given if !known.contains(&given) => self.not_supported(known),
            _ => return true,
        }
        false
    }

    /// The text must be one of those that are known. Returns whether it is.
    pub(crate) fn one_of(self, known: &[&str]) -> bool {
        let is_known = known.contains(&self.text());
        if !is_known {
            self.not_supported(known);
        }
        is_known
    }

    /// The text must be there.
    pub(crate) fn require_text(self) -> bool {
        if self.text().is_empty() {
            self.required("");
        }
        !self.text().is_empty()
    }

    /// The value must be what it was (`ValidateImmutableField`).
    pub(crate) fn immutable(self, old: Field<'_>) {
        if !self.equals(old) {
            self.invalid("field is immutable");
        }
    }
}
