//! `meta/v1.Condition` itself.

use k8s_openapi::{
    apimachinery::pkg::apis::meta::v1::{self as meta, Time},
    jiff::Timestamp,
};

use super::Condition;
use crate::value::Field as _;

impl Condition for meta::Condition {
    fn of_type(condition_type: &str) -> Self {
        Self { type_: condition_type.to_owned(), ..Self::blank() }
    }

    fn condition_type(&self) -> &str {
        &self.type_
    }

    fn status(&self) -> &str {
        &self.status
    }

    fn reason(&self) -> Option<&str> {
        Some(&self.reason)
    }

    fn message(&self) -> Option<&str> {
        Some(&self.message)
    }

    fn last_transition_time(&self) -> Option<Timestamp> {
        Some(self.last_transition_time.0)
    }

    fn observed_generation(&self) -> Option<i64> {
        self.observed_generation
    }

    fn set_status(&mut self, status: &str) {
        status.clone_into(&mut self.status);
    }

    fn set_reason(&mut self, reason: &str) {
        reason.clone_into(&mut self.reason);
    }

    fn set_message(&mut self, message: &str) {
        message.clone_into(&mut self.message);
    }

    fn set_last_transition_time(&mut self, time: Timestamp) {
        self.last_transition_time = Time(time);
    }

    fn set_observed_generation(&mut self, generation: i64) {
        self.observed_generation = Some(generation);
    }
}
