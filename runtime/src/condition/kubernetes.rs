//! Kubernetes' own condition.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{self as meta, Time};

use super::{Condition, ConditionMember, get};
use crate::value::Access as _;

/// The time is never absent in this type: the start of 1970 stands for none.
const NO_TIME: Timestamp = Timestamp::UNIX_EPOCH;

impl Condition for meta::Condition {
    fn new(r#type: &str) -> Self {
        Self { type_: r#type.to_owned(), ..Self::blank() }
    }

    fn condition_type(&self) -> &str {
        &self.type_
    }

    fn status(&self) -> &str {
        &self.status
    }

    fn set_status(&mut self, status: &str) {
        self.status = status.to_owned();
    }

    fn reason(&self) -> Option<&str> {
        get(&self.reason)
    }

    fn set_reason(&mut self, reason: Option<&str>) {
        self.reason = ConditionMember::of(reason);
    }

    fn message(&self) -> Option<&str> {
        get(&self.message)
    }

    fn set_message(&mut self, message: Option<&str>) {
        self.message = ConditionMember::of(message);
    }

    fn last_transition_time(&self) -> Option<Timestamp> {
        Some(self.last_transition_time.0).filter(|time| *time != NO_TIME)
    }

    fn set_last_transition_time(&mut self, time: Option<Timestamp>) {
        self.last_transition_time = Time(time.map_or(NO_TIME, whole_seconds));
    }

    fn observed_generation(&self) -> Option<i64> {
        get(&self.observed_generation).copied()
    }

    fn set_observed_generation(&mut self, generation: Option<i64>) {
        self.observed_generation = ConditionMember::of(generation.as_ref());
    }
}

/// The time as Kubernetes writes it, so that it is the same after it was written and read.
pub(super) fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
