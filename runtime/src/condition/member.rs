//! The types that a member of a generated condition can have.
//!
//! In: a member, which is a text or a number, perhaps optional or nullable. Out: what it holds, where empty and zero are
//! nothing, and the member that holds something. Times are texts.

use std::convert::Infallible;

use crate::{
    Nullable, StringEnum,
    format::{DateTime, Formatted},
    string_enum,
};

/// A member that holds a `V`, or nothing.
pub trait ConditionMember<V: ?Sized> {
    /// The member that holds this.
    fn of(value: Option<&V>) -> Self;

    /// What it holds.
    fn held(&self) -> Option<&V>;
}

impl ConditionMember<str> for String {
    fn of(value: Option<&str>) -> Self {
        value.unwrap_or_default().to_owned()
    }

    fn held(&self) -> Option<&str> {
        not_empty(self)
    }
}

impl ConditionMember<str> for Formatted<DateTime> {
    fn of(value: Option<&str>) -> Self {
        value.unwrap_or_default().into()
    }

    fn held(&self) -> Option<&str> {
        not_empty(self.as_str())
    }
}

/// Open enums only: a closed one cannot hold every text.
impl<E: StringEnum<Error = Infallible>> ConditionMember<str> for E {
    fn of(value: Option<&str>) -> Self {
        string_enum::from_text(value.unwrap_or_default())
    }

    fn held(&self) -> Option<&str> {
        not_empty(self.text())
    }
}

impl ConditionMember<i64> for i64 {
    fn of(value: Option<&i64>) -> Self {
        value.copied().unwrap_or_default()
    }

    fn held(&self) -> Option<&i64> {
        Some(self).filter(|number| **number != 0)
    }
}

impl<V: ?Sized, T: ConditionMember<V>> ConditionMember<V> for Option<T> {
    fn of(value: Option<&V>) -> Self {
        value.map(|value| T::of(Some(value)))
    }

    fn held(&self) -> Option<&V> {
        self.as_ref()?.held()
    }
}

impl<V: ?Sized, T: ConditionMember<V>> ConditionMember<V> for Nullable<T> {
    fn of(value: Option<&V>) -> Self {
        value.map(|value| T::of(Some(value))).into()
    }

    fn held(&self) -> Option<&V> {
        self.value()?.held()
    }
}

fn not_empty(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// What a member holds.
pub fn get<V: ?Sized, T: ConditionMember<V>>(member: &T) -> Option<&V> {
    member.held()
}

/// Has a member hold something else, or nothing. Without a change it stays as it is.
pub fn change<V: ?Sized, T: ConditionMember<V>>(member: &mut T, change: Option<Option<&V>>) {
    if let Some(value) = change {
        *member = T::of(value);
    }
}
