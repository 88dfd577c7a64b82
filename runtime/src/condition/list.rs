//! What can be done with a list of conditions.
//!
//! In: a list with at most one condition of each type. Out: the same, by the rules of apimachinery's
//! `pkg/api/meta/conditions.go`.

use jiff::Timestamp;

use super::Condition;

/// The condition of a type: Go's `FindStatusCondition`.
///
/// ```
/// use crdgen_runtime::{condition::{self, Condition as _}, k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition};
///
/// let conditions = [Condition::new("Ready").with_status("True")];
/// assert!(condition::find(&conditions, "Ready").is_some());
/// assert!(condition::find(&conditions, "Degraded").is_none());
/// ```
pub fn find<'a, C: Condition>(conditions: &'a [C], r#type: &str) -> Option<&'a C> {
    conditions.iter().find(|condition| condition.condition_type() == r#type)
}

/// Whether the condition of a type is there and `True`: Go's `IsStatusConditionTrue`.
///
/// ```
/// use crdgen_runtime::{condition::{self, Condition as _}, k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition};
///
/// let conditions = [Condition::new("Ready").with_status("True")];
/// assert!(condition::is_true(&conditions, "Ready"));
/// ```
pub fn is_true<C: Condition>(conditions: &[C], r#type: &str) -> bool {
    has_status(conditions, r#type, "True")
}

/// Whether the condition of a type is there and `False`: Go's `IsStatusConditionFalse`. One that is not there, or
/// `Unknown`, is neither true nor false.
///
/// ```
/// use crdgen_runtime::{condition::{self, Condition as _}, k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition};
///
/// let conditions = [Condition::new("Ready").with_status("Unknown")];
/// assert!(!condition::is_false(&conditions, "Ready"));
/// assert!(!condition::is_false(&conditions, "Degraded"));
/// ```
pub fn is_false<C: Condition>(conditions: &[C], r#type: &str) -> bool {
    has_status(conditions, r#type, "False")
}

fn has_status<C: Condition>(conditions: &[C], r#type: &str, status: &str) -> bool {
    find(conditions, r#type).is_some_and(|condition| condition.status() == status)
}

/// Adds a condition, or updates the one of its type; returns whether that changed anything. Go's `SetStatusCondition`.
///
/// The time of the last transition changes only if the status does: to the update's own time, or else to now. Reason,
/// message and observed generation become the update's, also where the update has none.
///
/// An optional list is set with `condition::set(status.conditions.get_or_insert_default(), update)`.
///
/// ```
/// use crdgen_runtime::{condition::{self, Condition as _}, k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition};
///
/// let mut conditions = Vec::new();
/// let ready = Condition::new("Ready").with_status("True").with_reason("Running");
/// assert!(condition::set(&mut conditions, ready.clone()));
/// assert!(!condition::set(&mut conditions, ready));
/// ```
pub fn set<C: Condition>(conditions: &mut Vec<C>, update: C) -> bool {
    set_at(conditions, update, Timestamp::now())
}

/// [`set`] with another time than the clock's for now. Of it whole seconds are kept, as Kubernetes writes times.
///
/// ```
/// use crdgen_runtime::{
///     condition::{self, Condition as _},
///     k8s_openapi::{apimachinery::pkg::apis::meta::v1::Condition, jiff::Timestamp},
/// };
///
/// let mut conditions = Vec::new();
/// let now: Timestamp = "2024-01-02T03:04:05Z".parse()?;
/// condition::set_at(&mut conditions, Condition::new("Ready").with_status("True"), now);
/// assert_eq!(conditions[0].last_transition_time(), Some(now));
/// # Ok::<(), k8s_openapi::jiff::Error>(())
/// ```
pub fn set_at<C: Condition>(conditions: &mut Vec<C>, mut update: C, now: Timestamp) -> bool {
    let same_type = |condition: &&mut C| condition.condition_type() == update.condition_type();
    let Some(existing) = conditions.iter_mut().find(same_type) else {
        if update.last_transition_time().is_none() {
            update.set_last_transition_time(Some(now));
        }
        conditions.push(update);
        return true;
    };
    let mut changed = false;
    if existing.status() != update.status() {
        existing.set_status(update.status());
        existing.set_last_transition_time(Some(update.last_transition_time().unwrap_or(now)));
        changed = true;
    }
    if existing.reason() != update.reason() {
        existing.set_reason(update.reason());
        changed = true;
    }
    if existing.message() != update.message() {
        existing.set_message(update.message());
        changed = true;
    }
    if existing.observed_generation() != update.observed_generation() {
        existing.set_observed_generation(update.observed_generation());
        changed = true;
    }
    changed
}

/// Removes the condition of a type; returns whether there was one. Go's `RemoveStatusCondition`.
///
/// ```
/// use crdgen_runtime::{condition::{self, Condition as _}, k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition};
///
/// let mut conditions = vec![Condition::new("Ready")];
/// assert!(condition::remove(&mut conditions, "Ready"));
/// assert!(!condition::remove(&mut conditions, "Ready"));
/// ```
pub fn remove<C: Condition>(conditions: &mut Vec<C>, r#type: &str) -> bool {
    let before = conditions.len();
    conditions.retain(|condition| condition.condition_type() != r#type);
    conditions.len() != before
}
