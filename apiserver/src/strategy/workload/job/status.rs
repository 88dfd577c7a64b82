//! What the status of a job may become, whoever writes it. Most rules look only at what has changed.
//!
//! Source: `ValidateJobStatusUpdate`, `validateJobStatus`, `getStatusValidationOptions`.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::indexes;
use crate::check::Field;

/// Whether a condition is true.
pub(super) fn holds(status: Field<'_>, of: &str) -> bool {
    has(status, of, "True")
}

fn has(status: Field<'_>, of: &str, value: &str) -> bool {
    status.get("conditions").items().any(|one| one.get("type").text() == of && one.get("status").text() == value)
}

fn is_finished(status: Field<'_>) -> bool {
    holds(status, "Complete") || holds(status, "Failed")
}

/// The status of both, and what has changed between them.
#[derive(Clone, Copy, Debug)]
struct Change<'a> {
    spec: Field<'a>,
    status: Field<'a>,
    old: Field<'a>,
}

impl Change<'_> {
    fn of(self, name: &str) -> bool {
        !self.status.get(name).value().eq(self.old.get(name).value())
    }

    fn of_condition(self, of: &str) -> bool {
        holds(self.status, of) != holds(self.old, of)
    }

    fn of_finished(self) -> bool {
        is_finished(self.status) != is_finished(self.old)
    }

    fn is_indexed(self) -> bool {
        self.spec.get("completionMode").text() == "Indexed"
    }
}

/// `ValidateJobUpdateStatus`
pub(super) fn check(job: Field<'_>, old: Field<'_>) {
    let change = Change { spec: job.get("spec"), status: job.get("status"), old: old.get("status") };
    check_counts(change.status);
    check_ends(change);
    check_finished(change);
    check_indexes(change);
    check_rest(change);
    check_success(change);
    check_monotony(change);
}

fn check_counts(status: Field<'_>) {
    for name in ["active", "succeeded", "failed", "ready", "terminating"] {
        status.get(name).not_negative();
    }
    let mut seen = BTreeSet::new();
    for list in ["succeeded", "failed"] {
        for uid in status.get("uncountedTerminatedPods").get(list).items() {
            if uid.text().is_empty() {
                uid.invalid("must not be empty");
            } else if !seen.insert(uid.text()) {
                uid.duplicate();
            }
        }
    }
}

/// How a job ends: its conditions, and the time of it.
fn check_ends(change: Change<'_>) {
    let status = change.status;
    let (start, end, conditions) = (status.get("startTime"), status.get("completionTime"), status.get("conditions"));
    let (complete, failed) = (holds(status, "Complete"), holds(status, "Failed"));
    let target = holds(status, "FailureTarget");
    let (complete_changed, failed_changed) = (change.of_condition("Complete"), change.of_condition("Failed"));
    let end_changed = change.of("completionTime");
    if (complete_changed || failed_changed) && complete && failed {
        conditions.invalid_unshown("cannot set Complete=True and Failed=true conditions");
    }
    if (complete_changed || change.of_condition("FailureTarget")) && complete && target {
        conditions.invalid_unshown("cannot set Complete=True and FailureTarget=true conditions");
    }
    if complete_changed || end_changed {
        match (end.is_set(), complete) {
            (true, false) => end.invalid("cannot set completionTime when there is no Complete=True condition"),
            (false, true) => end.required("completionTime is required for Complete jobs"),
            _ => {}
        }
    }
    if (change.of("startTime") || end_changed) && time(end).zip(time(start)).is_some_and(|(end, start)| end < start) {
        end.invalid("must be equal to or after `startTime`");
    }
    if (failed_changed || change.of("failedIndexes")) && failed && !target {
        conditions.invalid_unshown("cannot set Failed=True condition without the FailureTarget=true condition");
    }
    let is_met = holds(status, "SuccessCriteriaMet");
    if (complete_changed || change.of_condition("SuccessCriteriaMet")) && complete && !is_met {
        conditions.invalid_unshown("cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
    }
}

fn time(field: Field<'_>) -> Option<Timestamp> {
    field.text().parse().ok()
}

/// What a finished job has and has not.
fn check_finished(change: Change<'_>) {
    let (spec, status) = (change.spec, change.status);
    let (finished, finished_changed) = (is_finished(status), change.of_finished());
    let (active, uncounted) = (status.get("active"), status.get("uncountedTerminatedPods"));
    if (finished_changed || change.of("active")) && finished && active.int() > 0 {
        active.invalid("active>0 is invalid for finished job");
    }
    let never_starts =
        spec.get("suspend").flag() && spec.get("completions").is_set() && spec.get("completions").int() == 0;
    let start = status.get("startTime");
    if (finished_changed || change.of("startTime")) && !never_starts && finished && !start.is_set() {
        start.required("startTime is required for finished job");
    }
    let lists = [("Succeeded", "succeeded"), ("Failed", "failed")].map(|(name, list)| (name, uncounted.get(list)));
    let has_uncounted = lists.iter().any(|(_, list)| !list.is_empty());
    if (finished_changed || change.of("uncountedTerminatedPods")) && finished && has_uncounted {
        uncounted.invalid("must be empty for finished job");
    }
}

/// The indexes that completed and that failed.
fn check_indexes(change: Change<'_>) {
    let (spec, status) = (change.spec, change.status);
    let (completed, failed) = (status.get("completedIndexes"), status.get("failedIndexes"));
    let completions = spec.get("completions");
    let (completed_changed, failed_changed) = (change.of("completedIndexes"), change.of("failedIndexes"));
    let has_limit = spec.get("backoffLimitPerIndex").is_set();
    let readable = |indexes: Field<'_>, name: &str| {
        if let Err(why) = indexes::count(indexes.text(), completions.int()) {
            indexes.invalid(format!("error parsing {name}: {why}"));
        }
    };
    if completed_changed && completions.is_set() {
        readable(completed, "completedIndexes");
    }
    if failed_changed && completions.is_set() && has_limit && failed.is_set() {
        readable(failed, "failedIndexes");
    }
    if completed_changed && !completed.text().is_empty() && !change.is_indexed() {
        completed.invalid("cannot set non-empty completedIndexes when non-indexed completion mode");
    }
    if failed_changed && !has_limit && failed.is_set() {
        failed.invalid("cannot set non-null failedIndexes when backoffLimitPerIndex is null");
    }
    if (failed_changed || completed_changed) && completions.is_set() && failed.is_set() {
        let overlap = indexes::overlap(completed.text(), failed.text(), completions.int());
        if let Some(index) = overlap {
            failed.invalid(format!("failedIndexes and completedIndexes overlap at index: {index}"));
        }
    }
}

fn check_rest(change: Change<'_>) {
    let status = change.status;
    let (terminating, ready) = (status.get("terminating"), status.get("ready"));
    if (change.of_finished() || change.of("terminating")) && is_finished(status) && terminating.int() > 0 {
        terminating.invalid("terminating>0 is invalid for finished job");
    }
    let is_more = ready.is_set() && ready.int() > status.get("active").int();
    if (change.of("ready") || change.of("active")) && is_more {
        ready.invalid("cannot set more ready pods than active");
    }
}

fn check_success(change: Change<'_>) {
    let (status, conditions) = (change.status, change.status.get("conditions"));
    let is_met = holds(status, "SuccessCriteriaMet");
    if is_met && holds(status, "Failed") {
        conditions.invalid_unshown("cannot set SuccessCriteriaMet=True and Failed=true conditions");
    }
    if is_met && holds(status, "FailureTarget") {
        conditions.invalid_unshown("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
    }
    if change.spec.get("successPolicy").is_set() && !is_met && holds(status, "Complete") {
        let why = "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True";
        conditions.invalid_unshown(why);
    }
}

/// What only goes one way.
fn check_monotony(change: Change<'_>) {
    let Change { spec, status, old } = change;
    let conditions = status.get("conditions");
    for of in ["Failed", "Complete", "FailureTarget"] {
        if holds(old, of) && !holds(status, of) {
            conditions.invalid_unshown(format!("cannot disable the terminal {of}=True condition"));
        }
    }
    let (failed, succeeded) = (status.get("failed"), status.get("succeeded"));
    if failed.int() < old.get("failed").int() {
        failed.invalid_number("cannot decrease the failed counter");
    }
    // An indexed job with as many pods as completions can be scaled down.
    let is_elastic = change.is_indexed() && spec.get("completions").equals(spec.get("parallelism"));
    if !is_elastic && succeeded.int() < old.get("succeeded").int() {
        succeeded.invalid_number("cannot decrease the succeeded counter");
    }
    let end = status.get("completionTime");
    if end.is_set() && old.get("completionTime").is_set() && change.of("completionTime") {
        end.invalid("field is immutable");
    }
    let (start, is_resuming) = (status.get("startTime"), holds(old, "Suspended") && has(status, "Suspended", "False"));
    let is_moved = old.get("startTime").is_set() && change.of("startTime");
    if is_moved && !is_resuming && !spec.get("suspend").flag() {
        start.invalid("field is immutable for unsuspended job once set");
    }
    let (is_met, was_met) = (holds(status, "SuccessCriteriaMet"), holds(old, "SuccessCriteriaMet"));
    if was_met && !is_met {
        conditions.invalid_unshown("cannot disable the SuccessCriteriaMet=True condition");
    }
    if holds(old, "Complete") && !was_met && is_met {
        let why = "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions";
        conditions.invalid_unshown(why);
    }
}
