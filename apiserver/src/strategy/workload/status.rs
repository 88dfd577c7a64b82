//! Counts of replicas in a status.

use crate::check::Field;

/// Counts that must not be negative.
pub(super) fn counts(status: Field<'_>, names: &[&'static str]) {
    for name in names {
        status.get(name).not_negative();
    }
}

/// Counts that must not be above `status.replicas`, and available replicas that must be ready as well (`ready` says it).
pub(super) fn within(status: Field<'_>, names: &[&'static str], ready: &str) {
    for name in names.iter().filter(|name| status.get(name).int() > status.get("replicas").int()) {
        status.get(name).invalid_number("cannot be greater than status.replicas");
    }
    let available = status.get("availableReplicas");
    if available.int() > status.get("readyReplicas").int() {
        available.invalid_number(format!("cannot be greater than {ready}"));
    }
}

/// How often the name of a dependent was taken only grows.
pub(super) fn collisions(status: Field<'_>, old: Field<'_>) {
    let (count, before) = (status.get("collisionCount"), old.get("collisionCount"));
    if before.is_set() && (!count.is_set() || count.int() < before.int()) {
        count.invalid_number("cannot be decremented");
    }
}
