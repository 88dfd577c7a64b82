//! Replica sets and replication controllers: so many pods of one template.
//!
//! Source: `pkg/controller/replicaset`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Kind;
use super::cluster::{Cluster, count, number, owner_reference};
use super::pod;
use crate::object::text;
use crate::store::Stored;
use crate::strategy::PODS;

/// Creates or deletes pods, and writes the status.
pub(super) async fn sync(cluster: &Cluster<'_>, kind: Kind, set: &Value) -> Option<Timestamp> {
    let mut active = cluster.owned(PODS, set);
    active.retain(|pod| pod::is_active(pod.value()));
    let wanted = usize::try_from(number(&set["spec"]["replicas"])).unwrap_or(0);
    let (api_version, name) = match kind {
        Kind::ReplicaSet => ("apps/v1", "ReplicaSet"),
        _ => ("v1", "ReplicationController"),
    };
    let (namespace, prefix) = (text(set, "namespace"), format!("{}-", text(set, "name")));
    for _ in active.len()..wanted {
        let owners = owner_reference(api_version, name, set);
        let made = pod::of(&set["spec"]["template"], namespace, ("generateName", &prefix), &owners);
        cluster.create(PODS, made).await;
    }
    if active.len() > wanted {
        pod::sort_for_deletion(&mut active);
        for surplus in &active[..active.len() - wanted] {
            cluster.delete(PODS, surplus.value()).await;
        }
    }
    let seconds = &set["spec"]["minReadySeconds"];
    let pods = cluster.owned(PODS, set);
    cluster.set_status(kind.collection(), set, &status(cluster, kind, set, &pods)).await;
    pod::next_available(&pods, seconds, cluster.now)
}

fn status(cluster: &Cluster<'_>, kind: Kind, set: &Value, pods: &[Stored]) -> Value {
    let spec = &set["spec"];
    let labels = spec["template"]["metadata"]["labels"].as_object();
    let is_labeled = |pod: &Value| {
        labels.is_none_or(|labels| labels.iter().all(|(name, value)| pod["metadata"]["labels"][name] == *value))
    };
    let active =
        |is_counted: &dyn Fn(&Value) -> bool| count(pods, |pod| pod::is_active(pod.value()) && is_counted(pod.value()));
    let mut status = set["status"].clone();
    let counts = [
        ("replicas", active(&|_| true)),
        ("fullyLabeledReplicas", active(&is_labeled)),
        ("readyReplicas", active(&pod::is_ready)),
        ("availableReplicas", active(&|pod| pod::is_available(pod, &spec["minReadySeconds"], cluster.now))),
        ("observedGeneration", number(&set["metadata"]["generation"])),
    ];
    set_counts(&mut status, &["replicas"], &counts);
    if kind == Kind::ReplicaSet {
        status["terminatingReplicas"] = json!(count(pods, |pod| pod::is_leaving(pod.value())));
    }
    status
}

/// Writes counts as Go does: those that are 0 are left out, except some.
pub(super) fn set_counts(status: &mut Value, always: &[&str], counts: &[(&str, i64)]) {
    if !status.is_object() {
        *status = json!({});
    }
    let Some(members) = status.as_object_mut() else { return };
    for (name, number) in counts {
        if *number == 0 && !always.contains(name) {
            members.remove(*name);
        } else {
            members.insert((*name).to_owned(), json!(number));
        }
    }
}
