//! What the scheduler and a kubelet do with a pod: it gets a node, runs and is ready after a while, and ends if it belongs to a job.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::cluster::{Cluster, controller_of};
use super::condition::{self, Condition};
use super::nodes;
use super::pod::{is_finished, is_leaving};
use crate::object::{finalizers, text};
use crate::resource::strategy::Subresource;
use crate::strategy::PODS;

/// Takes a pod one step further. Returns when the next one is due.
pub(super) async fn sync(
    cluster: &Cluster<'_>,
    pod: &Value,
    since: &mut BTreeMap<String, (String, Timestamp)>,
) -> Option<Timestamp> {
    if is_leaving(pod) {
        if finalizers::of(pod).is_empty() {
            cluster.remove(PODS, pod).await;
        }
        return None;
    }
    let is_gated = pod["spec"]["schedulingGates"].as_array().is_some_and(|gates| !gates.is_empty());
    if is_finished(pod) || is_gated {
        return None;
    }
    if pod["spec"]["nodeName"].as_str().is_none_or(str::is_empty) {
        schedule(cluster, pod).await;
        return None;
    }
    let phase = pod["status"]["phase"].as_str().unwrap_or_default();
    let ends = controller_of(pod).is_some_and(|owner| owner["kind"] == "Job");
    if phase == "Running" && !ends {
        return None;
    }
    let known = since.entry(text(pod, "uid").to_owned()).or_default();
    if known.0 != phase || known.1 == Timestamp::default() {
        *known = (phase.to_owned(), cluster.now);
    }
    let due = known.1.checked_add(cluster.delay()).ok()?;
    if due > cluster.now {
        return Some(due);
    }
    let status = if phase == "Running" { succeeded(cluster, pod) } else { running(cluster, pod) };
    let change = |pod: &mut Value| pod["status"] = status.clone();
    cluster.change(PODS, pod, Subresource::Status, &change).await;
    None
}

async fn schedule(cluster: &Cluster<'_>, pod: &Value) {
    let time = cluster.time();
    match nodes::choose(cluster, pod) {
        Ok(node) => cluster.bind(pod, |pod| {
            pod["spec"]["nodeName"] = json!(node);
            let placed = Condition { of: "PodScheduled", status: "True", reason: "", message: "" };
            condition::set(&mut pod["status"], placed, &time, None);
        }),
        Err(why) => {
            let waits = Condition { of: "PodScheduled", status: "False", reason: "Unschedulable", message: &why };
            let mut status = pod["status"].clone();
            condition::set(&mut status, waits, &time, None);
            cluster.set_status(PODS, pod, &status).await;
        }
    }
}

const CONDITIONS: [&str; 5] = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

fn running(cluster: &Cluster<'_>, pod: &Value) -> Value {
    let (time, mut status) = (cluster.time(), pod["status"].clone());
    let (host, own) = (nodes::address(pod["spec"]["nodeName"].as_str().unwrap_or_default()), address(pod));
    for of in CONDITIONS {
        condition::set(&mut status, Condition { of, status: "True", reason: "", message: "" }, &time, None);
    }
    status["phase"] = json!("Running");
    status["startTime"] = json!(time);
    (status["hostIP"], status["hostIPs"]) = (json!(host), json!([{"ip": host}]));
    (status["podIP"], status["podIPs"]) = (json!(own), json!([{"ip": own}]));
    let started = json!({"running": {"startedAt": time}});
    let ended = terminated(&time, &time);
    for (list, of, state) in
        [("containers", "containerStatuses", &started), ("initContainers", "initContainerStatuses", &ended)]
    {
        let containers = pod["spec"][list].as_array();
        if let Some(containers) = containers.filter(|containers| !containers.is_empty()) {
            status[of] = containers.iter().map(|container| container_status(container, pod, state)).collect();
        }
    }
    status
}

fn container_status(container: &Value, pod: &Value, state: &Value) -> Value {
    json!({
        "name": container["name"],
        "image": container["image"],
        "imageID": "",
        "containerID": format!("simulated://{}/{}", text(pod, "uid"), container["name"].as_str().unwrap_or_default()),
        "ready": true,
        "started": state.get("running").is_some(),
        "restartCount": 0,
        "state": state,
    })
}

fn terminated(from: &str, to: &str) -> Value {
    json!({"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": from, "finishedAt": to}})
}

fn succeeded(cluster: &Cluster<'_>, pod: &Value) -> Value {
    let (time, mut status) = (cluster.time(), pod["status"].clone());
    status["phase"] = json!("Succeeded");
    for of in ["Ready", "ContainersReady"] {
        let ended = Condition { of, status: "False", reason: "PodCompleted", message: "" };
        condition::set(&mut status, ended, &time, None);
    }
    let initialized = Condition { of: "Initialized", status: "True", reason: "PodCompleted", message: "" };
    condition::set(&mut status, initialized, &time, None);
    for container in status.get_mut("containerStatuses").and_then(Value::as_array_mut).into_iter().flatten() {
        let from = container["state"]["running"]["startedAt"].as_str().unwrap_or(&time).to_owned();
        container["state"] = terminated(&from, &time);
        (container["ready"], container["started"]) = (json!(false), json!(false));
    }
    status
}

/// An address in the network of pods, which follows from the uid.
fn address(pod: &Value) -> String {
    let sum = text(pod, "uid").bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    format!("10.244.{}.{}", (sum >> 8) % 256, sum % 254 + 1)
}
