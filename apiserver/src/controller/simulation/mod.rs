//! Workloads that seem to run, as `kwok` has them: what kube-controller-manager, the scheduler and kubelets do with deployments, replica
//! sets, stateful and daemon sets, jobs and pods, without a container. Off unless the server is asked for it.
//!
//! In: changes of the store, and the time by the server's clock. Out: further writes. Each file is one controller, which makes of an
//! object and what it owns the next writes; whatever they change is looked at again. Times at which something is due are kept, and
//! [`ticker`] waits for them.
//!
//! What is left out: adoption of pods, surges of daemon sets, retention of claims, proportional scaling of deployments with
//! several replica sets, the time to live of finished jobs.
//!
//! Source: `k8s.io/kubernetes/pkg/controller/{deployment,replicaset,statefulset,daemon,job,cronjob}`, `kwok`.

mod cluster;
mod condition;
mod cron_job;
mod daemon_set;
mod deployment;
mod job;
mod kubelet;
mod nodes;
mod pod;
mod replica_set;
mod revision;
mod rollout;
mod stateful_set;
pub(crate) mod ticker;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use crate::object::{meta, text};
use crate::state::State;
use crate::store::Change;
use crate::strategy::{NODES, PODS};
use cluster::Cluster;

/// The controllers, in the order in which they look at what has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Node,
    Pod,
    ReplicaSet,
    ReplicationController,
    Deployment,
    StatefulSet,
    DaemonSet,
    Job,
    CronJob,
}

/// Each kind with its collection, and its kind as owner references name it.
const KINDS: [(Kind, &str, &str); 9] = [
    (Kind::Node, NODES, "Node"),
    (Kind::Pod, PODS, "Pod"),
    (Kind::ReplicaSet, "apps/replicasets", "ReplicaSet"),
    (Kind::ReplicationController, "/replicationcontrollers", "ReplicationController"),
    (Kind::Deployment, "apps/deployments", "Deployment"),
    (Kind::StatefulSet, "apps/statefulsets", "StatefulSet"),
    (Kind::DaemonSet, "apps/daemonsets", "DaemonSet"),
    (Kind::Job, "batch/jobs", "Job"),
    (Kind::CronJob, "batch/cronjobs", "CronJob"),
];

impl Kind {
    fn collection(self) -> &'static str {
        KINDS.iter().find(|(kind, ..)| *kind == self).map_or("", |(_, collection, _)| collection)
    }
}

/// An object to look at.
type Item = (Kind, String);

/// What is to be looked at, now and later.
#[derive(Debug, Default)]
pub(crate) struct Simulation {
    queue: BTreeSet<Item>,
    due: BTreeSet<(Timestamp, Item)>,
    /// Since when pods, by their uids, are in the phase that they are in.
    since: BTreeMap<String, (String, Timestamp)>,
}

/// Makes the nodes, where there are none.
pub(super) async fn start(state: &State) {
    nodes::make(&Cluster::new(state)).await;
}

impl Simulation {
    /// Notes which objects a change concerns: the object itself, and its controller.
    pub(super) fn read(&mut self, change: &Change) {
        let Change { collection, event, .. } = change;
        if !KINDS.iter().any(|(_, known, _)| **collection == **known) {
            return;
        }
        self.note(collection, &event.key, change.after.value());
        if event.deleted {
            self.since.remove(text(change.after.value(), "uid"));
        }
    }

    /// Notes every object.
    pub(super) fn read_all(&mut self, state: &State) {
        for (_, collection, _) in KINDS {
            for (key, stored) in state.store.snapshot(collection).iter() {
                self.note(collection, key, stored.value());
            }
        }
    }

    fn note(&mut self, collection: &str, key: &str, object: &Value) {
        let Some((kind, ..)) = KINDS.iter().find(|(_, known, _)| *known == collection) else { return };
        self.queue.insert((*kind, key.to_owned()));
        if let Some(owner) = cluster::controller_of(object)
            && let Some((kind, ..)) = KINDS.iter().find(|(.., name)| owner["kind"] == *name)
        {
            let key = crate::object::key(Some(text(object, "namespace")), owner["name"].as_str().unwrap_or_default());
            self.queue.insert((*kind, key));
        }
    }

    /// When something is due next.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.due.first().map(|(time, _)| *time)
    }

    /// Takes up what is due by now. Returns whether there is anything to do.
    pub(super) fn take_due(&mut self, now: Timestamp) -> bool {
        while let Some((_, item)) = self.due.first().filter(|(time, _)| *time <= now).cloned() {
            self.due.pop_first();
            self.queue.insert(item);
        }
        !self.queue.is_empty()
    }

    /// Looks at everything that was noted.
    pub(super) async fn work(&mut self, state: &State) {
        let cluster = Cluster::new(state);
        for item in std::mem::take(&mut self.queue) {
            let (kind, key) = &item;
            if *kind == Kind::Node {
                let sets = state.store.snapshot(Kind::DaemonSet.collection());
                self.queue.extend(sets.iter().map(|(key, _)| key).map(|key| (Kind::DaemonSet, key.to_string())));
                continue;
            }
            let Some(stored) = cluster.get(kind.collection(), key) else { continue };
            if let Some(time) = self.sync(*kind, &cluster, stored.value()).await {
                self.due.insert((time, item));
            }
        }
    }

    /// Lets a controller look at an object. Returns when it wants to do so again, although nothing changes.
    async fn sync(&mut self, kind: Kind, cluster: &Cluster<'_>, object: &Value) -> Option<Timestamp> {
        if kind == Kind::Pod {
            return kubelet::sync(cluster, object, &mut self.since).await;
        }
        if meta(object, "deletionTimestamp").is_some() {
            // The garbage collector takes what it owns.
            return None;
        }
        match kind {
            Kind::Node | Kind::Pod => None,
            Kind::ReplicaSet | Kind::ReplicationController => replica_set::sync(cluster, kind, object).await,
            Kind::Deployment => deployment::sync(cluster, object).await,
            Kind::StatefulSet => stateful_set::sync(cluster, object).await,
            Kind::DaemonSet => daemon_set::sync(cluster, object).await,
            Kind::Job => job::sync(cluster, object).await,
            Kind::CronJob => cron_job::sync(cluster, object).await,
        }
    }
}
