//! Conditions: what a controller says about an object in `status.conditions`.
//!
//! The functions here work on every list of conditions, whether its items are Kubernetes' own
//! [`meta/v1 Condition`](k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition) or a type that was generated because a
//! CRD describes its conditions a little differently. They follow `pkg/api/meta/conditions.go` of apimachinery, which Go
//! controllers use: there is one condition of each type, and the time of the last transition changes with the status only.
//!
//! ```
//! use crdgen_runtime::{
//!     condition::{self, Condition as _},
//!     k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition,
//! };
//!
//! struct DatabaseStatus {
//!     conditions: Vec<Condition>,
//! }
//!
//! /// What the controller found, in the status; whether the status has to be written.
//! fn report(status: &mut DatabaseStatus, generation: i64, ready: bool) -> bool {
//!     let ready = if ready {
//!         Condition::new("Ready").with_status("True").with_reason("Running").with_message("all replicas answer")
//!     } else {
//!         Condition::new("Ready").with_status("False").with_reason("Starting").with_message("waiting for replicas")
//!     };
//!     condition::set(&mut status.conditions, ready.with_observed_generation(generation))
//! }
//!
//! let mut status = DatabaseStatus { conditions: Vec::new() };
//! assert!(report(&mut status, 1, false));
//! assert!(condition::is_false(&status.conditions, "Ready"));
//!
//! assert!(report(&mut status, 1, true));
//! assert!(condition::is_true(&status.conditions, "Ready"));
//! assert!(!report(&mut status, 1, true), "nothing changed, so nothing has to be written");
//!
//! let ready = condition::find(&status.conditions, "Ready");
//! assert_eq!(ready.and_then(|condition| condition.reason()), Some("Running"));
//! ```

mod kubernetes;
mod list;
mod member;
mod table;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

pub use self::list::{find, is_false, is_true, remove, set, set_at};
#[doc(hidden)]
pub use self::{
    member::{ConditionMember, change, get},
    table::{Changes, ConditionTable, Held, Members},
};

/// A condition of any type: implemented for Kubernetes' own, and by [`condition!`](crate::condition!) for generated ones.
///
/// What is empty or zero counts as not there, as in Go. Setting a member that a shape does not have does nothing, and
/// getting it gives `None`.
pub trait Condition: Sized {
    /// A condition of this type with nothing else in it.
    fn new(r#type: &str) -> Self;

    /// Which condition it is, for example `Ready`: the key of the list.
    fn condition_type(&self) -> &str;

    /// `True`, `False` or `Unknown`.
    fn status(&self) -> &str;

    /// Changes the status, and nothing else; [`set`] also keeps the time of the transition.
    fn set_status(&mut self, status: &str);

    /// Why it has this status: one word in CamelCase, for programs.
    fn reason(&self) -> Option<&str> {
        None
    }

    /// Changes the reason.
    fn set_reason(&mut self, _reason: Option<&str>) {}

    /// Why it has this status, for people.
    fn message(&self) -> Option<&str> {
        None
    }

    /// Changes the message.
    fn set_message(&mut self, _message: Option<&str>) {}

    /// When the status changed last. A text that is not a time gives `None`.
    fn last_transition_time(&self) -> Option<Timestamp> {
        None
    }

    /// Changes the time of the last transition, of which whole seconds are kept.
    fn set_last_transition_time(&mut self, _time: Option<Timestamp>) {}

    /// The `metadata.generation` that it is about.
    fn observed_generation(&self) -> Option<i64> {
        None
    }

    /// Changes the observed generation.
    fn set_observed_generation(&mut self, _generation: Option<i64>) {}

    /// The condition with this status, for a new one.
    #[must_use]
    fn with_status(mut self, status: &str) -> Self {
        self.set_status(status);
        self
    }

    /// The condition with this reason.
    #[must_use]
    fn with_reason(mut self, reason: &str) -> Self {
        self.set_reason(Some(reason));
        self
    }

    /// The condition with this message.
    #[must_use]
    fn with_message(mut self, message: &str) -> Self {
        self.set_message(Some(message));
        self
    }

    /// The condition with this time of the last transition.
    #[must_use]
    fn with_last_transition_time(mut self, time: Timestamp) -> Self {
        self.set_last_transition_time(Some(time));
        self
    }

    /// The condition with this observed generation.
    #[must_use]
    fn with_observed_generation(mut self, generation: i64) -> Self {
        self.set_observed_generation(Some(generation));
        self
    }
}
