//! Stateful sets: pods with numbers, which are made and replaced one after the other.
//!
//! Source: `pkg/controller/statefulset`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::cluster::{Cluster, count, extended, number, owner_reference};
use super::pod;
use super::replica_set::set_counts;
use super::revision;
use crate::object::{key, text};
use crate::store::Stored;
use crate::strategy::PODS;

const SETS: &str = "apps/statefulsets";
const CLAIMS: &str = "/persistentvolumeclaims";
const REVISION: &str = "controller-revision-hash";

/// A set, and the names of its revisions.
struct Set<'a> {
    object: &'a Value,
    spec: &'a Value,
    /// The revision of pods that are not updated yet.
    current: String,
    /// The revision of the present template.
    update: String,
    start: i64,
    replicas: i64,
}

impl Set<'_> {
    fn is_parallel(&self) -> bool {
        self.spec["podManagementPolicy"] == "Parallel"
    }

    fn partition(&self) -> i64 {
        number(&self.spec["updateStrategy"]["rollingUpdate"]["partition"])
    }

    /// The number of a pod; none if its name is not that of one.
    fn ordinal(&self, pod: &Value) -> Option<i64> {
        let (name, ordinal) = text(pod, "name").rsplit_once('-')?;
        (name == text(self.object, "name")).then(|| ordinal.parse().ok()).flatten()
    }

    fn is_healthy(&self, pod: &Value, now: Timestamp) -> bool {
        pod::is_active(pod) && pod::is_available(pod, &self.spec["minReadySeconds"], now)
    }
}

/// Makes the next step, and writes the status.
pub(super) async fn sync(cluster: &Cluster<'_>, object: &Value) -> Option<Timestamp> {
    let update = revision::current(cluster, "StatefulSet", object).await;
    let current = object["status"]["currentRevision"].as_str().filter(|name| !name.is_empty());
    let spec = &object["spec"];
    let set = Set {
        object,
        spec,
        current: current.unwrap_or(&update).to_owned(),
        update,
        start: number(&spec["ordinals"]["start"]),
        replicas: number(&spec["replicas"]),
    };
    let pods = cluster.owned(PODS, object);
    let is_settled = step(cluster, &set, &pods).await;
    let pods = if is_settled { pods } else { cluster.owned(PODS, object) };
    cluster.set_status(SETS, object, &status(cluster, &set, &pods)).await;
    pod::next_available(&pods, &spec["minReadySeconds"], cluster.now)
}

/// Creates, deletes or replaces what comes next. Returns whether there was nothing to do.
async fn step(cluster: &Cluster<'_>, set: &Set<'_>, pods: &[Stored]) -> bool {
    let by_number: BTreeMap<i64, &Value> =
        pods.iter().filter_map(|pod| Some((set.ordinal(pod.value())?, pod.value()))).collect();
    let wanted = set.start..set.start + set.replicas;
    let mut is_settled = true;
    for ordinal in wanted.clone() {
        match by_number.get(&ordinal) {
            None => {
                create(cluster, set, ordinal).await;
                is_settled = false;
            }
            Some(pod) if pod::is_finished(pod) => {
                cluster.delete(PODS, pod).await;
                is_settled = false;
            }
            Some(pod) if !set.is_parallel() && !set.is_healthy(pod, cluster.now) => return is_settled,
            Some(_) => {}
        }
        if !is_settled && !set.is_parallel() {
            return false;
        }
    }
    for (_, pod) in by_number.iter().rev().filter(|(ordinal, _)| !wanted.contains(ordinal)) {
        cluster.delete(PODS, pod).await;
        is_settled = false;
        if !set.is_parallel() {
            return false;
        }
    }
    is_settled && replace(cluster, set, &by_number).await
}

/// Deletes the last pod that has to be replaced, if those after it are healthy.
async fn replace(cluster: &Cluster<'_>, set: &Set<'_>, by_number: &BTreeMap<i64, &Value>) -> bool {
    if set.spec["updateStrategy"]["type"] == "OnDelete" {
        return true;
    }
    for (_, pod) in by_number.range(set.start + set.partition()..).rev() {
        if pod::label(pod, REVISION) != set.update {
            if !pod::is_leaving(pod) {
                cluster.delete(PODS, pod).await;
            }
            return false;
        }
        if !set.is_healthy(pod, cluster.now) {
            return true;
        }
    }
    true
}

async fn create(cluster: &Cluster<'_>, set: &Set<'_>, ordinal: i64) {
    let is_old = ordinal < set.start + set.partition() && set.current != set.update;
    let revision = if is_old { &set.current } else { &set.update };
    let template = revision::template(cluster, set.object, revision);
    let template = template.unwrap_or_else(|| set.spec["template"].clone());
    let (namespace, name) = (text(set.object, "namespace"), format!("{}-{ordinal}", text(set.object, "name")));
    let owners = owner_reference("apps/v1", "StatefulSet", set.object);
    let mut pod = pod::of(&template, namespace, ("name", &name), &owners);
    let labels = [
        ("statefulset.kubernetes.io/pod-name", name.as_str()),
        ("apps.kubernetes.io/pod-index", &ordinal.to_string()),
        (REVISION, revision),
    ];
    pod["metadata"]["labels"] = extended(&pod["metadata"]["labels"], &labels);
    pod["spec"]["hostname"] = json!(name);
    if set.spec["serviceName"].as_str().is_some_and(|service| !service.is_empty()) {
        pod["spec"]["subdomain"] = set.spec["serviceName"].clone();
    }
    claim(cluster, set, &mut pod, &name).await;
    cluster.create(PODS, pod).await;
}

/// Makes the claims of a pod, and its volumes of them.
async fn claim(cluster: &Cluster<'_>, set: &Set<'_>, pod: &mut Value, name: &str) {
    let claims = set.spec["volumeClaimTemplates"].as_array();
    for template in claims.into_iter().flatten() {
        let (namespace, volume) = (text(set.object, "namespace"), text(template, "name"));
        let claim_name = format!("{volume}-{name}");
        if cluster.get(CLAIMS, &key(Some(namespace), &claim_name)).is_none() {
            let labels = extended(
                &template["metadata"]["labels"],
                &set.spec["selector"]["matchLabels"].as_object().map_or_else(Vec::new, |labels| {
                    labels.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())).collect()
                }),
            );
            let made = json!({
                "metadata": {"name": claim_name, "namespace": namespace, "labels": labels},
                "spec": template["spec"],
            });
            cluster.create(CLAIMS, made).await;
        }
        let mounted = json!({"name": volume, "persistentVolumeClaim": {"claimName": claim_name}});
        let mut volumes = pod["spec"]["volumes"].as_array().cloned().unwrap_or_default();
        volumes.retain(|other| other["name"] != volume);
        volumes.push(mounted);
        pod["spec"]["volumes"] = Value::from(volumes);
    }
}

fn status(cluster: &Cluster<'_>, set: &Set<'_>, pods: &[Stored]) -> Value {
    let (seconds, mut status) = (&set.spec["minReadySeconds"], set.object["status"].clone());
    let of = |revision: &str| {
        count(pods, |pod| pod::is_active(pod.value()) && pod::label(pod.value(), REVISION) == revision)
    };
    let replicas = count(pods, |pod| pod::is_active(pod.value()));
    let ready = count(pods, |pod| pod::is_active(pod.value()) && pod::is_ready(pod.value()));
    let updated = of(&set.update);
    let is_done = updated == replicas && ready == replicas && replicas == set.replicas;
    let current = if is_done { &set.update } else { &set.current };
    let counts = [
        ("observedGeneration", number(&set.object["metadata"]["generation"])),
        ("replicas", replicas),
        ("readyReplicas", ready),
        ("currentReplicas", of(current)),
        ("updatedReplicas", updated),
        (
            "availableReplicas",
            count(pods, |pod| pod::is_active(pod.value()) && pod::is_available(pod.value(), seconds, cluster.now)),
        ),
    ];
    set_counts(&mut status, &["replicas", "availableReplicas"], &counts);
    (status["currentRevision"], status["updateRevision"]) = (json!(current), json!(set.update));
    status["collisionCount"] = json!(0);
    status
}
