//! Jobs: pods until so many of them succeeded.
//!
//! Source: `pkg/controller/job`.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::cluster::{Cluster, count, extended, number, owner_reference};
use super::condition::{self, Condition};
use super::pod;
use super::replica_set::set_counts;
use crate::object::text;
use crate::store::Stored;
use crate::strategy::PODS;

const JOBS: &str = "batch/jobs";
const INDEX: &str = "batch.kubernetes.io/job-completion-index";

/// Makes or deletes pods, and writes the status.
pub(super) async fn sync(cluster: &Cluster<'_>, job: &Value) -> Option<Timestamp> {
    let (spec, before) = (&job["spec"], &job["status"]);
    let is_mine = spec["managedBy"].as_str().is_none_or(|name| name == "kubernetes.io/job-controller");
    if !is_mine || condition::holds(before, "Complete") || condition::holds(before, "Failed") {
        return None;
    }
    let pods = cluster.owned(PODS, job);
    let outcome = outcome(job, &pods);
    let is_suspended = spec["suspend"] == true;
    match outcome {
        Outcome::Open if !is_suspended => create(cluster, job, &pods).await,
        _ => {
            for pod in pods.iter().filter(|pod| pod::is_active(pod.value())) {
                cluster.delete(PODS, pod.value()).await;
            }
        }
    }
    let pods = cluster.owned(PODS, job);
    cluster.set_status(JOBS, job, &status(cluster, job, &pods, outcome)).await;
    None
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Open,
    Complete,
    Failed,
}

fn phase(pods: &[Stored], phase: &str) -> i64 {
    count(pods, |pod| pod.value()["status"]["phase"] == phase)
}

fn is_indexed(job: &Value) -> bool {
    job["spec"]["completionMode"] == "Indexed"
}

/// The index of a pod of an indexed job.
fn index(pod: &Value) -> Option<i64> {
    pod["metadata"]["annotations"][INDEX].as_str()?.parse().ok()
}

/// The indexes that have succeeded.
fn completed(pods: &[Stored]) -> BTreeSet<i64> {
    pods.iter()
        .filter(|pod| pod.value()["status"]["phase"] == "Succeeded")
        .filter_map(|pod| index(pod.value()))
        .collect()
}

/// How many pods have succeeded: of an indexed job, at different indexes.
fn succeeded(job: &Value, pods: &[Stored]) -> i64 {
    let now = if is_indexed(job) {
        i64::try_from(completed(pods).len()).unwrap_or(i64::MAX)
    } else {
        phase(pods, "Succeeded")
    };
    // Pods that have been deleted count as well.
    now.max(number(&job["status"]["succeeded"]))
}

fn outcome(job: &Value, pods: &[Stored]) -> Outcome {
    let (spec, succeeded) = (&job["spec"], succeeded(job, pods));
    let is_active = pods.iter().any(|pod| pod::is_active(pod.value()));
    if phase(pods, "Failed") > number(&spec["backoffLimit"]) {
        return Outcome::Failed;
    }
    let is_complete = match spec["completions"].as_i64() {
        Some(wanted) => succeeded >= wanted,
        // Without a number it is complete once a pod has succeeded and all have ended.
        None => succeeded > 0 && !is_active,
    };
    if is_complete { Outcome::Complete } else { Outcome::Open }
}

async fn create(cluster: &Cluster<'_>, job: &Value, pods: &[Stored]) {
    let spec = &job["spec"];
    let active = count(pods, |pod| pod::is_active(pod.value()));
    let done = succeeded(job, pods);
    let wanted = match spec["completions"].as_i64() {
        Some(completions) => number(&spec["parallelism"]).min(completions - done),
        None if done > 0 => active,
        None => number(&spec["parallelism"]),
    };
    let taken: BTreeSet<i64> =
        pods.iter().filter(|pod| pod::is_active(pod.value())).filter_map(|pod| index(pod.value())).collect();
    let done = completed(pods);
    let mut free = (0..number(&spec["completions"])).filter(|index| !taken.contains(index) && !done.contains(index));
    for _ in active..wanted {
        let at = if is_indexed(job) { free.next() } else { None };
        if is_indexed(job) && at.is_none() {
            return;
        }
        cluster.create(PODS, pod_of(job, at)).await;
    }
}

fn pod_of(job: &Value, index: Option<i64>) -> Value {
    let (namespace, name) = (text(job, "namespace"), text(job, "name"));
    let prefix = index.map_or_else(|| format!("{name}-"), |index| format!("{name}-{index}-"));
    let owners = owner_reference("batch/v1", "Job", job);
    let mut pod = pod::of(&job["spec"]["template"], namespace, ("generateName", &prefix), &owners);
    if let Some(index) = index.map(|index| index.to_string()) {
        let mark = [(INDEX, index.as_str())];
        pod["metadata"]["annotations"] = extended(&pod["metadata"]["annotations"], &mark);
        pod["metadata"]["labels"] = extended(&pod["metadata"]["labels"], &mark);
        pod["spec"]["hostname"] = json!(format!("{name}-{index}"));
        let variable = json!({"name": "JOB_COMPLETION_INDEX", "value": index});
        for container in pod["spec"]["containers"].as_array_mut().into_iter().flatten() {
            let mut variables = container["env"].as_array().cloned().unwrap_or_default();
            variables.push(variable.clone());
            container["env"] = Value::from(variables);
        }
    }
    pod
}

fn status(cluster: &Cluster<'_>, job: &Value, pods: &[Stored], outcome: Outcome) -> Value {
    let (mut status, time) = (job["status"].clone(), cluster.time());
    let is_suspended = job["spec"]["suspend"] == true && outcome == Outcome::Open;
    let active = count(pods, |pod| pod::is_active(pod.value()));
    let counts = [
        ("active", active),
        ("succeeded", succeeded(job, pods)),
        ("failed", phase(pods, "Failed").max(number(&job["status"]["failed"]))),
    ];
    set_counts(&mut status, &[], &counts);
    status["ready"] = json!(count(pods, |pod| pod::is_active(pod.value()) && pod::is_ready(pod.value())));
    status["terminating"] = json!(0);
    status["uncountedTerminatedPods"] = json!({});
    let indexes = completed(pods);
    if !indexes.is_empty() {
        status["completedIndexes"] = json!(intervals(&indexes));
    }
    set_suspended(&mut status, is_suspended, &time);
    if !is_suspended && status["startTime"].is_null() {
        status["startTime"] = json!(time);
    }
    let ends: &[(&str, &str, &str)] = match outcome {
        Outcome::Open => &[],
        Outcome::Complete => &[
            ("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods"),
            ("Complete", "CompletionsReached", "Reached expected number of succeeded pods"),
        ],
        Outcome::Failed => &[
            ("FailureTarget", "BackoffLimitExceeded", "Job has reached the specified backoff limit"),
            ("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"),
        ],
    };
    for (of, reason, message) in ends {
        let condition = Condition { of, status: "True", reason, message };
        condition::set(&mut status, condition, &time, Some("lastProbeTime"));
    }
    if outcome == Outcome::Complete {
        status["completionTime"] = json!(time);
    }
    status
}

fn set_suspended(status: &mut Value, is_suspended: bool, time: &str) {
    let was_suspended = condition::holds(status, "Suspended");
    let (value, reason, message) = match (is_suspended, was_suspended) {
        (true, false) => ("True", "JobSuspended", "Job suspended"),
        (false, true) => ("False", "JobResumed", "Job resumed"),
        _ => return,
    };
    if let Some(members) = status.as_object_mut() {
        members.remove("startTime");
    }
    condition::set(status, Condition { of: "Suspended", status: value, reason, message }, time, Some("lastProbeTime"));
}

/// Indexes as text: `0-2,4`.
fn intervals(indexes: &BTreeSet<i64>) -> String {
    let mut intervals: Vec<(i64, i64)> = Vec::new();
    for index in indexes {
        match intervals.last_mut().filter(|(_, last)| *last + 1 == *index) {
            Some((_, last)) => *last = *index,
            None => intervals.push((*index, *index)),
        }
    }
    let write = |(from, to): &(i64, i64)| if from == to { from.to_string() } else { format!("{from}-{to}") };
    intervals.iter().map(write).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_in_a_row_are_one_interval() {
        assert_eq!(intervals(&[0, 1, 2, 4, 6, 7].into()), "0-2,4,6-7");
        assert_eq!(intervals(&BTreeSet::new()), "");
    }
}
