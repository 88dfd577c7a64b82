//! The `condition!` macro: which members of a generated struct are those of a condition.
//!
//! In: a struct with an `object!` table, and the names of its fields. Out: `Condition` for it.

use jiff::Timestamp;

use super::{Condition, kubernetes::whole_seconds};
use crate::{
    format::{DateTime, Formatted},
    object::Object,
};

/// Implements [`Condition`](crate::condition::Condition) for a generated struct.
///
/// A line is `member: field`, where the members are `r#type`, `status`, `reason`, `message`, `last_transition_time` and
/// `observed_generation`, in any order. All but the first two may be missing. A field is a `String`, an open enum, a
/// [`Formatted<DateTime>`](crate::Formatted) for the time, or an `i64` for the generation, or an `Option` or
/// [`Nullable`](crate::Nullable) of these.
///
/// ```
/// use crdgen_runtime::{Formatted, condition::{self, Condition as _}, format::DateTime, object};
///
/// #[derive(Clone, PartialEq)]
/// pub struct LooseCondition {
///     pub r#type: String,
///     pub status: String,
///     pub reason: Option<String>,
///     pub since: Option<Formatted<DateTime>>,
/// }
///
/// object! {
///     LooseCondition {
///         r#type: "type", required;
///         status: "status", required;
///         reason: "reason", optional;
///         since: "since", optional;
///     }
/// }
///
/// crdgen_runtime::condition! {
///     LooseCondition { r#type: r#type, status: status, reason: reason, last_transition_time: since, }
/// }
///
/// let mut conditions: Vec<LooseCondition> = Vec::new();
/// condition::set(&mut conditions, LooseCondition::new("Ready").with_status("True").with_reason("Running"));
/// assert!(condition::is_true(&conditions, "Ready"));
/// assert!(conditions[0].since.is_some());
/// ```
#[macro_export]
macro_rules! condition {
    ($Type:ident { $($member:ident: $field:ident),* $(,)? }) => {
        impl $crate::condition::ConditionTable for $Type {
            fn members(&self) -> $crate::condition::Held<'_> {
                let mut members = $crate::condition::Held::NOTHING;
                $(members.$member = $crate::condition::get(&self.$field);)*
                members
            }

            fn change(&mut self, changes: $crate::condition::Changes<'_>) {
                $($crate::condition::change(&mut self.$field, changes.$member);)*
            }
        }
    };
}

/// A struct with the members of a condition: what [`condition!`](crate::condition!) implements. Two bodies for all members,
/// because the compiler checks each.
pub trait ConditionTable: Object {
    /// What all members hold.
    fn members(&self) -> Held<'_>;

    /// Changes some members.
    fn change(&mut self, changes: Changes<'_>);
}

/// Something for each member of a condition.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs, reason = "they are explained at `Condition`")]
pub struct Members<Text, Number> {
    pub r#type: Text,
    pub status: Text,
    pub reason: Text,
    pub message: Text,
    pub last_transition_time: Text,
    pub observed_generation: Number,
}

/// What members hold.
pub type Held<'a> = Members<Option<&'a str>, Option<&'a i64>>;

impl Held<'_> {
    /// Nothing in any member.
    pub const NOTHING: Self = Self {
        r#type: None,
        status: None,
        reason: None,
        message: None,
        last_transition_time: None,
        observed_generation: None,
    };
}

/// What members are to hold from now on: `None` for one that stays as it is, `Some(None)` for one that is to hold nothing.
pub type Changes<'a> = Members<Option<Option<&'a str>>, Option<Option<&'a i64>>>;

impl<T: ConditionTable> Condition for T {
    fn new(r#type: &str) -> Self {
        let mut condition = T::blank();
        condition.change(Changes { r#type: Some(Some(r#type)), ..Changes::default() });
        condition
    }

    fn condition_type(&self) -> &str {
        self.members().r#type.unwrap_or_default()
    }

    fn status(&self) -> &str {
        self.members().status.unwrap_or_default()
    }

    fn set_status(&mut self, status: &str) {
        self.change(Changes { status: Some(Some(status)), ..Changes::default() });
    }

    fn reason(&self) -> Option<&str> {
        self.members().reason
    }

    fn set_reason(&mut self, reason: Option<&str>) {
        self.change(Changes { reason: Some(reason), ..Changes::default() });
    }

    fn message(&self) -> Option<&str> {
        self.members().message
    }

    fn set_message(&mut self, message: Option<&str>) {
        self.change(Changes { message: Some(message), ..Changes::default() });
    }

    /// A text that is not a time is none.
    fn last_transition_time(&self) -> Option<Timestamp> {
        Formatted::<DateTime>::from(self.members().last_transition_time?).parse().ok()
    }

    fn set_last_transition_time(&mut self, time: Option<Timestamp>) {
        let text = time.map(|time| Formatted::<DateTime>::from(whole_seconds(time)));
        let text = text.as_ref().map(Formatted::as_str);
        self.change(Changes { last_transition_time: Some(text), ..Changes::default() });
    }

    fn observed_generation(&self) -> Option<i64> {
        self.members().observed_generation.copied()
    }

    fn set_observed_generation(&mut self, generation: Option<i64>) {
        self.change(Changes { observed_generation: Some(generation.as_ref()), ..Changes::default() });
    }
}
