//! Cron jobs: a job whenever the schedule says so.
//!
//! Source: `pkg/controller/cronjob`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::cluster::{Cluster, number, owner_reference};
use super::condition;
use crate::object::{generate, key, text};
use crate::store::Stored;
use crate::strategy::workload::schedule::{self, Schedule};

const CRON_JOBS: &str = "batch/cronjobs";
const JOBS: &str = "batch/jobs";
/// How many missed times are looked at.
const MISSED: usize = 100;

/// Makes the job that is due, deletes old ones, and writes the status. Returns when the next is due.
pub(super) async fn sync(cluster: &Cluster<'_>, object: &Value) -> Option<Timestamp> {
    let spec = &object["spec"];
    let schedule = Schedule::parse(spec["schedule"].as_str()?).ok()?;
    let zone = spec["timeZone"].as_str().map_or(Some(TimeZone::UTC), |name| schedule::zone(name).ok())?;
    let jobs = cluster.owned(JOBS, object);
    trim(cluster, spec, &jobs).await;
    let mut status = object["status"].clone();
    let due = if spec["suspend"] == true { None } else { missed(object, &schedule, &zone, cluster.now) };
    if let Some(time) = due {
        start(cluster, object, &jobs, time).await;
        status["lastScheduleTime"] = json!(generate::time(time));
    }
    let jobs = cluster.owned(JOBS, object);
    set_active(&mut status, &jobs);
    cluster.set_status(CRON_JOBS, object, &status).await;
    schedule.next(cluster.now, &zone).filter(|_| spec["suspend"] != true)
}

fn is_finished(job: &Value) -> bool {
    ["Complete", "Failed"].iter().any(|of| condition::holds(&job["status"], of))
}

/// The last time that was due and had no job yet.
fn missed(object: &Value, schedule: &Schedule, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let from = object["status"]["lastScheduleTime"].as_str().unwrap_or(text(object, "creationTimestamp"));
    let mut last = None;
    let mut time: Timestamp = from.parse().ok()?;
    for _ in 0..MISSED {
        match schedule.next(time, zone).filter(|next| *next <= now) {
            Some(next) => (time, last) = (next, Some(next)),
            None => break,
        }
    }
    let deadline = object["spec"]["startingDeadlineSeconds"].as_i64();
    last.filter(|time| deadline.is_none_or(|seconds| now.as_second() - time.as_second() <= seconds))
}

async fn start(cluster: &Cluster<'_>, object: &Value, jobs: &[Stored], time: Timestamp) {
    let running: Vec<&Stored> = jobs.iter().filter(|job| !is_finished(job.value())).collect();
    match object["spec"]["concurrencyPolicy"].as_str() {
        Some("Forbid") if !running.is_empty() => return,
        Some("Replace") => {
            for job in running {
                cluster.delete(JOBS, job.value()).await;
            }
        }
        _ => {}
    }
    let template = &object["spec"]["jobTemplate"];
    let namespace = text(object, "namespace");
    let name = format!("{}-{}", text(object, "name"), time.as_second() / 60);
    if cluster.get(JOBS, &key(Some(namespace), &name)).is_some() {
        return;
    }
    let mut metadata = json!({
        "name": name,
        "namespace": namespace,
        "ownerReferences": owner_reference("batch/v1", "CronJob", object),
    });
    for part in ["labels", "annotations"] {
        if !template["metadata"][part].is_null() {
            metadata[part] = template["metadata"][part].clone();
        }
    }
    metadata["annotations"]["batch.kubernetes.io/cronjob-scheduled-timestamp"] = json!(generate::time(time));
    cluster.create(JOBS, json!({"metadata": metadata, "spec": template["spec"]})).await;
}

fn set_active(status: &mut Value, jobs: &[Stored]) {
    let reference = |job: &Value| {
        json!({"apiVersion": "batch/v1", "kind": "Job", "name": text(job, "name"), "namespace": text(job, "namespace"),
            "uid": text(job, "uid"), "resourceVersion": text(job, "resourceVersion")})
    };
    let active: Vec<Value> =
        jobs.iter().filter(|job| !is_finished(job.value())).map(|job| reference(job.value())).collect();
    let ends = jobs.iter().filter_map(|job| job.value()["status"]["completionTime"].as_str());
    let last = ends.max().map(str::to_owned);
    if !status.is_object() {
        *status = json!({});
    }
    let Some(members) = status.as_object_mut() else { return };
    if active.is_empty() {
        members.remove("active");
    } else {
        members.insert("active".to_owned(), Value::from(active));
    }
    if let Some(last) = last {
        members.insert("lastSuccessfulTime".to_owned(), json!(last));
    }
}

/// Deletes finished jobs beyond the limits.
async fn trim(cluster: &Cluster<'_>, spec: &Value, jobs: &[Stored]) {
    for (of, limit) in [("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")] {
        let mut finished: Vec<&Stored> =
            jobs.iter().filter(|job| condition::holds(&job.value()["status"], of)).collect();
        finished.sort_by_key(|job| text(job.value(), "creationTimestamp").to_owned());
        let limit = usize::try_from(number(&spec[limit])).unwrap_or(usize::MAX);
        for job in &finished[..finished.len().saturating_sub(limit)] {
            cluster.delete(JOBS, job.value()).await;
        }
    }
}
