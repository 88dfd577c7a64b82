//! The types that a member of a generated condition can have.

use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Time, jiff::Timestamp};

use crate::{Formatted, format::DateTime, string_enum::StringEnum, value::Field};

/// A field of a condition, as what the condition needs of it: a text, a time or a number. Each type is one of them.
#[doc(hidden)]
pub trait ConditionField {
    /// The text.
    fn text(&self) -> Option<&str> {
        None
    }

    /// Sets the text.
    fn set_text(&mut self, _: &str) {}

    /// The time.
    fn time(&self) -> Option<Timestamp> {
        None
    }

    /// Sets the time.
    fn set_time(&mut self, _: Timestamp) {}

    /// The number.
    fn number(&self) -> Option<i64> {
        None
    }

    /// Sets the number.
    fn set_number(&mut self, _: i64) {}
}

impl ConditionField for String {
    fn text(&self) -> Option<&str> {
        Some(self)
    }

    fn set_text(&mut self, text: &str) {
        text.clone_into(self);
    }

    fn time(&self) -> Option<Timestamp> {
        self.parse().ok()
    }

    fn set_time(&mut self, time: Timestamp) {
        Formatted::<DateTime>::from(time).as_str().clone_into(self);
    }
}

impl<E: StringEnum> ConditionField for E {
    fn text(&self) -> Option<&str> {
        Some(StringEnum::text(self))
    }

    fn set_text(&mut self, text: &str) {
        if let Ok(value) = E::from_text(text) {
            *self = value;
        }
    }
}

impl ConditionField for Formatted<DateTime> {
    fn text(&self) -> Option<&str> {
        Some(self.as_str())
    }

    fn time(&self) -> Option<Timestamp> {
        self.parse().ok()
    }

    fn set_time(&mut self, time: Timestamp) {
        *self = time.into();
    }
}

impl ConditionField for Time {
    fn time(&self) -> Option<Timestamp> {
        Some(self.0)
    }

    fn set_time(&mut self, time: Timestamp) {
        self.0 = time;
    }
}

impl ConditionField for i64 {
    fn number(&self) -> Option<i64> {
        Some(*self)
    }

    fn set_number(&mut self, number: i64) {
        *self = number;
    }
}

impl<T: ConditionField + Field> ConditionField for Option<T> {
    fn text(&self) -> Option<&str> {
        self.as_ref()?.text()
    }

    fn set_text(&mut self, text: &str) {
        self.get_or_insert_with(T::blank).set_text(text);
    }

    fn time(&self) -> Option<Timestamp> {
        self.as_ref()?.time()
    }

    fn set_time(&mut self, time: Timestamp) {
        self.get_or_insert_with(T::blank).set_time(time);
    }

    fn number(&self) -> Option<i64> {
        self.as_ref()?.number()
    }

    fn set_number(&mut self, number: i64) {
        self.get_or_insert_with(T::blank).set_number(number);
    }
}
