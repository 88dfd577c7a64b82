//! The simulated nodes, and which of them takes a pod.

use serde_json::{Value, json};

use super::cluster::Cluster;
use super::pod::is_finished;
use crate::object::text;
use crate::resource::strategy::Subresource;
use crate::strategy::{NODES, PODS};

/// Their names, for a server without nodes.
const NAMES: [&str; 3] = ["node-1", "node-2", "node-3"];

/// Makes the nodes, if there are none.
pub(super) async fn make(cluster: &Cluster<'_>) {
    if !cluster.all(NODES).is_empty() {
        return;
    }
    for name in NAMES {
        let labels =
            json!({"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"});
        let node = json!({"metadata": {"name": name, "labels": labels}});
        cluster.create(NODES, node.clone()).await;
        // A new node gets a taint that lasts until it is ready.
        let untainted = |node: &mut Value| {
            if let Some(spec) = node["spec"].as_object_mut() {
                spec.remove("taints");
            }
        };
        cluster.change(NODES, &node, Subresource::Main, &untainted).await;
        let status = status(name, &cluster.time());
        let ready = |node: &mut Value| node["status"] = status.clone();
        cluster.change(NODES, &node, Subresource::Status, &ready).await;
    }
}

fn status(name: &str, time: &str) -> Value {
    let resources = json!({"cpu": "64", "memory": "256Gi", "pods": "1000"});
    json!({
        "capacity": resources,
        "allocatable": resources,
        "addresses": [{"type": "InternalIP", "address": address(name)}, {"type": "Hostname", "address": name}],
        "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status",
            "lastHeartbeatTime": time, "lastTransitionTime": time}],
        "nodeInfo": {"kubeletVersion": "v1.36.3", "operatingSystem": "linux", "architecture": "amd64", "machineID": "",
            "systemUUID": "", "bootID": "", "kernelVersion": "", "osImage": "", "containerRuntimeVersion": "",
            "kubeProxyVersion": ""},
    })
}

/// The address of a node.
pub(super) fn address(name: &str) -> String {
    let number = name.rsplit('-').next().and_then(|text| text.parse::<u8>().ok()).unwrap_or(254);
    format!("172.18.0.{number}")
}

/// The names of all nodes that a pod's node selector selects.
pub(super) fn matching(cluster: &Cluster<'_>, spec: &Value) -> Vec<String> {
    let wanted = spec["nodeSelector"].as_object();
    let nodes = cluster.all(NODES).into_iter().filter(|node| {
        let labels = &node.value()["metadata"]["labels"];
        wanted.is_none_or(|wanted| wanted.iter().all(|(name, value)| labels[name] == *value))
    });
    nodes.map(|node| text(node.value(), "name").to_owned()).collect()
}

/// The node for a pod: of those that take it, the one with the fewest pods.
pub(super) fn choose(cluster: &Cluster<'_>, pod: &Value) -> Result<String, String> {
    let all = cluster.all(NODES);
    let is_open = |name: &str| {
        let node = all.iter().find(|node| text(node.value(), "name") == name);
        node.is_some_and(|node| node.value()["spec"]["unschedulable"] != true)
    };
    let pods = cluster.all(PODS);
    let load = |name: &str| {
        pods.iter().filter(|pod| pod.value()["spec"]["nodeName"] == name && !is_finished(pod.value())).count()
    };
    let mut nodes = matching(cluster, &pod["spec"]);
    nodes.retain(|name| is_open(name));
    nodes.into_iter().min_by_key(|name| load(name)).ok_or_else(|| {
        format!("0/{} nodes are available: no node matches Pod's node affinity/selector or is schedulable.", all.len())
    })
}
