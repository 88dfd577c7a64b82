//! The `condition!` macro: which fields of a generated shape are those of a condition.

use k8s_openapi::jiff::Timestamp;

use super::{Condition, ConditionField};
use crate::object::Object;

/// An object with fields of a condition. Implemented by `condition!` only.
#[doc(hidden)]
pub trait ConditionTable: Object {
    /// The field for a member, by the macro's name for it.
    fn member(&self, member: &str) -> Option<&dyn ConditionField>;

    /// The same, to change it.
    fn member_mut(&mut self, member: &str) -> Option<&mut dyn ConditionField>;
}

/// Implements [`Condition`] for a struct that `object!` knows: a line says which of its fields is which member of a
/// condition. All but `r#type` and `status` may be left out.
///
/// ```
/// use crdgen_runtime::{condition, condition::{Conditions as _, Update}, k8s_openapi::jiff::Timestamp, object};
///
/// #[derive(Clone, Debug, PartialEq)]
/// pub struct Condition {
///     pub r#type: String,
///     pub status: String,
///     pub reason: Option<String>,
/// }
///
/// object! { Condition { r#type: "type", required; status: "status", required; reason: "reason", optional; } }
/// condition! { Condition { r#type: r#type, status: status, reason: reason } }
///
/// let mut conditions: Vec<Condition> = Vec::new();
/// conditions.set(&Update::new("Ready", "False").reason("Waiting"), Timestamp::UNIX_EPOCH);
/// assert!(conditions.is_false("Ready"));
/// assert_eq!(conditions[0].reason.as_deref(), Some("Waiting"));
/// ```
#[macro_export]
macro_rules! condition {
    ($Type:ident { $($member:ident: $field:ident),* $(,)? }) => {
        impl $crate::__private::ConditionTable for $Type {
            fn member(&self, member: &str) -> ::core::option::Option<&dyn $crate::__private::ConditionField> {
                match member {
                    $(stringify!($member) => ::core::option::Option::Some(&self.$field),)*
                    _ => ::core::option::Option::None,
                }
            }

            fn member_mut(
                &mut self,
                member: &str,
            ) -> ::core::option::Option<&mut dyn $crate::__private::ConditionField> {
                match member {
                    $(stringify!($member) => ::core::option::Option::Some(&mut self.$field),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    };
}

const TYPE: &str = "r#type";
const STATUS: &str = "status";
const REASON: &str = "reason";
const MESSAGE: &str = "message";
const LAST_TRANSITION_TIME: &str = "last_transition_time";
const OBSERVED_GENERATION: &str = "observed_generation";

impl<T: ConditionTable> Condition for T {
    fn of_type(condition_type: &str) -> Self {
        let mut condition = Self::blank();
        set(&mut condition, TYPE, |field| field.set_text(condition_type));
        condition
    }

    fn condition_type(&self) -> &str {
        self.member(TYPE).and_then(ConditionField::text).unwrap_or_default()
    }

    fn status(&self) -> &str {
        self.member(STATUS).and_then(ConditionField::text).unwrap_or_default()
    }

    fn reason(&self) -> Option<&str> {
        self.member(REASON)?.text()
    }

    fn message(&self) -> Option<&str> {
        self.member(MESSAGE)?.text()
    }

    fn last_transition_time(&self) -> Option<Timestamp> {
        self.member(LAST_TRANSITION_TIME)?.time()
    }

    fn observed_generation(&self) -> Option<i64> {
        self.member(OBSERVED_GENERATION)?.number()
    }

    fn set_status(&mut self, status: &str) {
        set(self, STATUS, |field| field.set_text(status));
    }

    fn set_reason(&mut self, reason: &str) {
        set(self, REASON, |field| field.set_text(reason));
    }

    fn set_message(&mut self, message: &str) {
        set(self, MESSAGE, |field| field.set_text(message));
    }

    fn set_last_transition_time(&mut self, time: Timestamp) {
        set(self, LAST_TRANSITION_TIME, |field| field.set_time(time));
    }

    fn set_observed_generation(&mut self, generation: i64) {
        set(self, OBSERVED_GENERATION, |field| field.set_number(generation));
    }
}

/// Changes a member, if the shape has it.
fn set<T: ConditionTable>(condition: &mut T, member: &str, change: impl FnOnce(&mut dyn ConditionField)) {
    if let Some(field) = condition.member_mut(member) {
        change(field);
    }
}
