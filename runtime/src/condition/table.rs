//! The `condition!` macro: which members of a generated struct are those of a condition.
//!
//! In: a struct with an `object!` table, and the names of its fields. Out: `Condition` for it.

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
        impl $crate::condition::Condition for $Type {
            $($crate::__condition! { $member $field })*
        }
    };
}

/// The methods for one member.
#[doc(hidden)]
#[macro_export]
macro_rules! __condition {
    (r#type $field:ident) => {
        fn new(r#type: &str) -> Self {
            let mut condition = <Self as $crate::__private::Object>::blank();
            $crate::condition::put(&mut condition.$field, ::core::option::Option::Some(r#type));
            condition
        }

        fn condition_type(&self) -> &str {
            $crate::condition::get(&self.$field).unwrap_or_default()
        }
    };
    (status $field:ident) => {
        fn status(&self) -> &str {
            $crate::condition::get(&self.$field).unwrap_or_default()
        }

        fn set_status(&mut self, status: &str) {
            $crate::condition::put(&mut self.$field, ::core::option::Option::Some(status));
        }
    };
    (reason $field:ident) => {
        fn reason(&self) -> ::core::option::Option<&str> {
            $crate::condition::get(&self.$field)
        }

        fn set_reason(&mut self, reason: ::core::option::Option<&str>) {
            $crate::condition::put(&mut self.$field, reason);
        }
    };
    (message $field:ident) => {
        fn message(&self) -> ::core::option::Option<&str> {
            $crate::condition::get(&self.$field)
        }

        fn set_message(&mut self, message: ::core::option::Option<&str>) {
            $crate::condition::put(&mut self.$field, message);
        }
    };
    (last_transition_time $field:ident) => {
        fn last_transition_time(&self) -> ::core::option::Option<$crate::k8s_openapi::jiff::Timestamp> {
            $crate::condition::get_time(&self.$field)
        }

        fn set_last_transition_time(&mut self, time: ::core::option::Option<$crate::k8s_openapi::jiff::Timestamp>) {
            $crate::condition::put_time(&mut self.$field, time);
        }
    };
    (observed_generation $field:ident) => {
        fn observed_generation(&self) -> ::core::option::Option<i64> {
            $crate::condition::get::<i64, _>(&self.$field).copied()
        }

        fn set_observed_generation(&mut self, generation: ::core::option::Option<i64>) {
            $crate::condition::put(&mut self.$field, generation.as_ref());
        }
    };
}
