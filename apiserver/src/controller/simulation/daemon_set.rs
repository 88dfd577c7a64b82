//! Daemon sets: a pod on every node that takes it.
//!
//! Source: `pkg/controller/daemon`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::cluster::{Cluster, count, extended, number, owner_reference, share};
use super::nodes;
use super::pod;
use super::replica_set::set_counts;
use super::revision;
use crate::object::text;
use crate::store::Stored;
use crate::strategy::PODS;

const SETS: &str = "apps/daemonsets";
const HASH: &str = "controller-revision-hash";
const GENERATION: &str = "deprecated.daemonset.template.generation";

/// Makes what is missing, deletes what is too much or old, and writes the status.
pub(super) async fn sync(cluster: &Cluster<'_>, set: &Value) -> Option<Timestamp> {
    let name = revision::current(cluster, "DaemonSet", set).await;
    let hash = name.rsplit('-').next().unwrap_or_default().to_owned();
    let spec = &set["spec"];
    let wanted = nodes::matching(cluster, &spec["template"]["spec"]);
    let pods = cluster.owned(PODS, set);
    for node in &wanted {
        if !pods.iter().any(|pod| is_on(pod.value(), node) && !pod::is_finished(pod.value())) {
            create(cluster, set, node, &hash).await;
        }
    }
    let is_stray = |pod: &Value| !wanted.iter().any(|node| is_on(pod, node)) || pod::is_finished(pod);
    for pod in pods.iter().filter(|pod| is_stray(pod.value())) {
        cluster.delete(PODS, pod.value()).await;
    }
    if spec["updateStrategy"]["type"] != "OnDelete" {
        replace(cluster, set, &wanted, &hash).await;
    }
    let pods = cluster.owned(PODS, set);
    cluster.set_status(SETS, set, &status(cluster, set, &wanted, &pods, &hash)).await;
    pod::next_available(&pods, &spec["minReadySeconds"], cluster.now)
}

fn is_on(pod: &Value, node: &str) -> bool {
    pod["spec"]["nodeName"] == node
}

async fn create(cluster: &Cluster<'_>, set: &Value, node: &str, hash: &str) {
    let (namespace, prefix) = (text(set, "namespace"), format!("{}-", text(set, "name")));
    let owners = owner_reference("apps/v1", "DaemonSet", set);
    let mut pod = pod::of(&set["spec"]["template"], namespace, ("generateName", &prefix), &owners);
    let generation = set["metadata"]["annotations"][GENERATION].as_str().unwrap_or("1");
    let labels = [(HASH, hash), ("pod-template-generation", generation)];
    pod["metadata"]["labels"] = extended(&pod["metadata"]["labels"], &labels);
    pod["spec"]["nodeName"] = json!(node);
    cluster.create(PODS, pod).await;
}

/// Deletes pods of former templates, as far as others are available.
async fn replace(cluster: &Cluster<'_>, set: &Value, wanted: &[String], hash: &str) {
    let total = i64::try_from(wanted.len()).unwrap_or(i64::MAX);
    let allowed = share(&set["spec"]["updateStrategy"]["rollingUpdate"]["maxUnavailable"], total, true).max(1);
    let pods = cluster.owned(PODS, set);
    let mut missing = total - count(&pods, |pod| is_available(cluster, set, pod.value()));
    let old = pods.iter().filter(|pod| pod::is_active(pod.value()) && pod::label(pod.value(), HASH) != hash);
    for pod in old {
        let is_missed = is_available(cluster, set, pod.value());
        if is_missed && missing >= allowed {
            continue;
        }
        cluster.delete(PODS, pod.value()).await;
        missing += i64::from(is_missed);
    }
}

fn is_available(cluster: &Cluster<'_>, set: &Value, pod: &Value) -> bool {
    pod::is_active(pod) && pod::is_available(pod, &set["spec"]["minReadySeconds"], cluster.now)
}

fn status(cluster: &Cluster<'_>, set: &Value, wanted: &[String], pods: &[Stored], hash: &str) -> Value {
    let mut status = set["status"].clone();
    let total = i64::try_from(wanted.len()).unwrap_or(i64::MAX);
    let of =
        |is_counted: &dyn Fn(&Value) -> bool| count(pods, |pod| pod::is_active(pod.value()) && is_counted(pod.value()));
    let available = of(&|pod| is_available(cluster, set, pod));
    let counts = [
        ("currentNumberScheduled", of(&|_| true)),
        ("numberMisscheduled", 0),
        ("desiredNumberScheduled", total),
        ("numberReady", of(&pod::is_ready)),
        ("observedGeneration", number(&set["metadata"]["generation"])),
        ("updatedNumberScheduled", of(&|pod| pod::label(pod, HASH) == hash)),
        ("numberAvailable", available),
        ("numberUnavailable", total - available),
    ];
    let always = ["currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady"];
    set_counts(&mut status, &always, &counts);
    status
}
