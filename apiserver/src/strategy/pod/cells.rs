//! What `kubectl get pods` shows.
//!
//! Source: `printPod`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::strategy::is_deleting;
use crate::response::table;

/// What a pod's containers have come to.
struct Progress<'a> {
    reason: String,
    ready: usize,
    restarts: i64,
    /// When a container ended last and was started again.
    restarted: Option<&'a str>,
}

/// What clients that print tables need to know of pods that have ended (`podSuccessConditions`, `podFailedConditions`).
pub(super) fn row_conditions(pod: &Value) -> Value {
    let phase = pod["status"]["phase"].as_str().unwrap_or_default();
    let message = match phase {
        "Succeeded" => "The pod has completed successfully.",
        "Failed" => "The pod failed.",
        _ => return Value::Null,
    };
    json!([{"type": "Completed", "status": "True", "reason": phase, "message": message}])
}

/// The cells of a pod.
pub(super) fn cells(pod: &Value, now: Timestamp) -> Vec<Value> {
    let progress = progress(pod);
    let count = list(&pod["spec"]["containers"]).count()
        + list(&pod["spec"]["initContainers"]).filter(|container| is_sidecar(container)).count();
    let restarts = match progress.restarted {
        Some(time) if progress.restarts != 0 => {
            let ago = table::since(Some(time), now);
            json!(format!("{} ({} ago)", progress.restarts, ago.as_str().unwrap_or_default()))
        }
        _ => json!(progress.restarts.to_string()),
    };
    let or_none = |value: &Value| json!(value.as_str().filter(|text| !text.is_empty()).unwrap_or("<none>"));
    vec![
        pod["metadata"]["name"].clone(),
        json!(format!("{}/{count}", progress.ready)),
        json!(progress.reason),
        restarts,
        table::age(pod, now),
        or_none(&pod["status"]["podIPs"][0]["ip"]),
        or_none(&pod["spec"]["nodeName"]),
        or_none(&pod["status"]["nominatedNodeName"]),
        readiness_gates(pod),
    ]
}

fn progress(pod: &Value) -> Progress<'_> {
    let status = &pod["status"];
    let mut reason = text(&status["phase"]).to_owned();
    if !text(&status["reason"]).is_empty() {
        text(&status["reason"]).clone_into(&mut reason);
    }
    let is_gated = |condition: &&Value| condition["type"] == "PodScheduled" && condition["reason"] == "SchedulingGated";
    if list(&status["conditions"]).any(|condition| is_gated(&condition)) {
        "SchedulingGated".clone_into(&mut reason);
    }
    let mut progress = Progress { reason, ready: 0, restarts: 0, restarted: None };
    let (is_initializing, sidecars) = look_at_init(pod, &mut progress);
    if !is_initializing || has_condition(status, "Initialized") {
        (progress.restarts, progress.restarted) = sidecars;
        look_at_regular(status, &mut progress);
    }
    let is_over = matches!(status["phase"].as_str(), Some("Failed" | "Succeeded"));
    if is_deleting(pod) && status["reason"] == "NodeLost" {
        "Unknown".clone_into(&mut progress.reason);
    } else if is_deleting(pod) && !is_over {
        "Terminating".clone_into(&mut progress.reason);
    }
    progress
}

/// Whether containers still have to run before the regular ones, and the restarts of sidecars.
fn look_at_init<'a>(pod: &'a Value, progress: &mut Progress<'a>) -> (bool, (i64, Option<&'a str>)) {
    let mut sidecars = (0, None);
    let containers: Vec<&Value> = list(&pod["spec"]["initContainers"]).collect();
    for (index, status) in list(&pod["status"]["initContainerStatuses"]).enumerate() {
        let own = containers.iter().find(|container| container["name"] == status["name"]);
        let is_sidecar = own.is_some_and(|container| is_sidecar(container));
        count_restarts(status, &mut progress.restarts, &mut progress.restarted);
        if is_sidecar {
            count_restarts(status, &mut sidecars.0, &mut sidecars.1);
        }
        let (ended, waiting) = (&status["state"]["terminated"], &status["state"]["waiting"]);
        if !ended.is_null() && ended["exitCode"].as_i64().unwrap_or(0) == 0 {
            continue;
        }
        if is_sidecar && status["started"] == true {
            progress.ready += usize::from(status["ready"] == true);
            continue;
        }
        let waits = text(&waiting["reason"]);
        progress.reason = if !ended.is_null() {
            format!("Init:{}", end(ended))
        } else if !waits.is_empty() && waits != "PodInitializing" {
            format!("Init:{waits}")
        } else {
            format!("Init:{index}/{}", containers.len())
        };
        return (true, sidecars);
    }
    (false, sidecars)
}

fn look_at_regular<'a>(status: &'a Value, progress: &mut Progress<'a>) {
    let (mut is_running, mut fault) = (false, None);
    let statuses: Vec<&Value> = list(&status["containerStatuses"]).collect();
    for container in statuses.into_iter().rev() {
        count_restarts(container, &mut progress.restarts, &mut progress.restarted);
        let (ended, waits) = (&container["state"]["terminated"], text(&container["state"]["waiting"]["reason"]));
        if !waits.is_empty() {
            waits.clone_into(&mut progress.reason);
        } else if !ended.is_null() {
            progress.reason = end(ended);
            if ended["exitCode"].as_i64().unwrap_or(0) != 0 {
                fault = Some(progress.reason.clone());
            }
        } else if container["ready"] == true && !container["state"]["running"].is_null() {
            is_running = true;
            progress.ready += 1;
        }
    }
    // A pod runs as long as one of its containers does.
    if progress.reason == "Completed" {
        if is_running && has_condition(status, "Ready") {
            "Running".clone_into(&mut progress.reason);
        } else if let Some(fault) = fault {
            progress.reason = fault;
        } else if is_running {
            "NotReady".clone_into(&mut progress.reason);
        }
    }
}

/// How a container ended.
fn end(ended: &Value) -> String {
    let (reason, signal) = (text(&ended["reason"]), ended["signal"].as_i64().unwrap_or(0));
    match (reason, signal) {
        ("", 0) => format!("ExitCode:{}", ended["exitCode"].as_i64().unwrap_or(0)),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_owned(),
    }
}

fn count_restarts<'a>(status: &'a Value, restarts: &mut i64, last: &mut Option<&'a str>) {
    *restarts += status["restartCount"].as_i64().unwrap_or(0);
    // Times of one form are in the order of their texts.
    *last = (*last).max(status["lastState"]["terminated"]["finishedAt"].as_str());
}

fn readiness_gates(pod: &Value) -> Value {
    let gates: Vec<&str> = list(&pod["spec"]["readinessGates"]).map(|gate| text(&gate["conditionType"])).collect();
    if gates.is_empty() {
        return json!("<none>");
    }
    let met = gates.iter().filter(|gate| has_condition(&pod["status"], gate)).count();
    json!(format!("{met}/{}", gates.len()))
}

fn has_condition(status: &Value, kind: &str) -> bool {
    let found = list(&status["conditions"]).find(|condition| condition["type"] == kind);
    found.is_some_and(|condition| condition["status"] == "True")
}

fn is_sidecar(container: &Value) -> bool {
    container["restartPolicy"] == "Always"
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
