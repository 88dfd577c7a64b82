//! Kubernetes conditions: what a controller says about an object in `status.conditions`.
//!
//! A [`Condition`] is Kubernetes' own type or one that was generated from a CRD; [`Conditions`] works on a list of either as
//! apimachinery's `meta` package does on its own.
//!
//! ```
//! use crdgen_runtime::condition::{Conditions as _, Update};
//! use crdgen_runtime::k8s_openapi::{apimachinery::pkg::apis::meta::v1::Condition, jiff::Timestamp};
//!
//! let mut conditions: Vec<Condition> = Vec::new();
//! let now = Timestamp::now();
//! let update = Update::new("Ready", "True").reason("Provisioned").message("The database is there").observed_generation(2);
//! assert!(conditions.set(&update, now));
//! assert!(conditions.is_true("Ready"));
//! // The same again changes nothing, so no status needs to be written.
//! assert!(!conditions.set(&update, now));
//! ```

mod field;
mod kubernetes;
mod table;
#[cfg(test)]
mod tests;

use k8s_openapi::jiff::Timestamp;

#[doc(hidden)]
pub use self::{field::ConditionField, table::ConditionTable};

/// One condition. Implemented for `meta/v1.Condition` of `k8s_openapi`, and by generated code for shapes that are
/// conditions; what a shape lacks is absent, and setting it does nothing.
///
/// Source: `k8s.io/apimachinery/pkg/apis/meta/v1.Condition`.
pub trait Condition: Sized {
    /// A condition of that type, with nothing else in it.
    fn of_type(condition_type: &str) -> Self;

    /// `type`: what the condition is about, such as `Ready`.
    fn condition_type(&self) -> &str;

    /// `status`: `True`, `False` or `Unknown`.
    fn status(&self) -> &str;

    /// `reason`: one word in upper camel case for programs.
    fn reason(&self) -> Option<&str>;

    /// `message`: a sentence for people.
    fn message(&self) -> Option<&str>;

    /// `lastTransitionTime`: when the status last changed, if it is there and is a time.
    fn last_transition_time(&self) -> Option<Timestamp>;

    /// `observedGeneration`: the `metadata.generation` that the condition is about.
    fn observed_generation(&self) -> Option<i64>;

    /// Sets `status`.
    fn set_status(&mut self, status: &str);

    /// Sets `reason`.
    fn set_reason(&mut self, reason: &str);

    /// Sets `message`.
    fn set_message(&mut self, message: &str);

    /// Sets `lastTransitionTime`.
    fn set_last_transition_time(&mut self, time: Timestamp);

    /// Sets `observedGeneration`.
    fn set_observed_generation(&mut self, generation: i64);
}

/// What a condition is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    condition_type: String,
    status: String,
    reason: String,
    message: String,
    observed_generation: Option<i64>,
    last_transition_time: Option<Timestamp>,
}

impl Update {
    /// That the condition of this type has this status: `True`, `False` or `Unknown`.
    pub fn new(condition_type: impl Into<String>, status: impl Into<String>) -> Self {
        Self {
            condition_type: condition_type.into(),
            status: status.into(),
            reason: String::new(),
            message: String::new(),
            observed_generation: None,
            last_transition_time: None,
        }
    }

    /// Why, in one word in upper camel case for programs.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    /// Why, in a sentence for people.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// The `metadata.generation` that it is about: a number, or the object's own `Option`.
    #[must_use]
    pub fn observed_generation(mut self, generation: impl Into<Option<i64>>) -> Self {
        self.observed_generation = generation.into();
        self
    }

    /// When the status changed, if that is not the time at which it is set.
    #[must_use]
    pub fn last_transition_time(mut self, time: Timestamp) -> Self {
        self.last_transition_time = Some(time);
        self
    }
}

/// Conditions as a list, in which each type stands once.
pub trait Conditions {
    /// What the list holds.
    type Item: Condition;

    /// The condition of this type.
    fn find(&self, condition_type: &str) -> Option<&Self::Item>;

    /// Whether there is a condition of this type and its status is `True`.
    fn is_true(&self, condition_type: &str) -> bool {
        self.find(condition_type).is_some_and(|condition| condition.status() == "True")
    }

    /// Whether there is a condition of this type and its status is `False`.
    fn is_false(&self, condition_type: &str) -> bool {
        self.find(condition_type).is_some_and(|condition| condition.status() == "False")
    }

    /// Makes the list say what `update` says, and tells whether that changed anything. A new condition, and one whose status
    /// changes, has its transition now, unless the update names another time; a transition time is never changed
    /// otherwise.
    ///
    /// Source: `SetStatusCondition` of `k8s.io/apimachinery/pkg/api/meta`.
    fn set(&mut self, update: &Update, now: Timestamp) -> bool;

    /// Takes the condition of this type away, and tells whether there was one.
    ///
    /// Source: `RemoveStatusCondition` of `k8s.io/apimachinery/pkg/api/meta`.
    fn remove_type(&mut self, condition_type: &str) -> bool;
}

impl<C: Condition> Conditions for Vec<C> {
    type Item = C;

    fn find(&self, condition_type: &str) -> Option<&C> {
        self.iter().find(|condition| condition.condition_type() == condition_type)
    }

    fn set(&mut self, update: &Update, now: Timestamp) -> bool {
        match self.iter_mut().find(|condition| condition.condition_type() == update.condition_type) {
            Some(condition) => change(condition, update, now),
            None => {
                let mut condition = C::of_type(&update.condition_type);
                change(&mut condition, update, now);
                self.push(condition);
                true
            }
        }
    }

    fn remove_type(&mut self, condition_type: &str) -> bool {
        let before = self.len();
        self.retain(|condition| condition.condition_type() != condition_type);
        self.len() < before
    }
}

/// Makes a condition say what the update says.
fn change<C: Condition>(condition: &mut C, update: &Update, now: Timestamp) -> bool {
    let mut changed = false;
    if condition.status() != update.status {
        condition.set_status(&update.status);
        condition.set_last_transition_time(update.last_transition_time.unwrap_or(now));
        changed = true;
    }
    if condition.reason().unwrap_or_default() != update.reason {
        condition.set_reason(&update.reason);
        changed = true;
    }
    if condition.message().unwrap_or_default() != update.message {
        condition.set_message(&update.message);
        changed = true;
    }
    match update.observed_generation {
        Some(generation) if condition.observed_generation() != Some(generation) => {
            condition.set_observed_generation(generation);
            true
        }
        _ => changed,
    }
}
