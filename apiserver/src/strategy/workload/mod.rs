//! The kinds with a pod template: what makes pods, and what keeps templates and former states.
//!
//! Each file is a kind. What several share: `template` (the pods that a selector selects), `rolling` (how pods are replaced),
//! `status` (counts of replicas), `cells` (columns of tables), `warning`.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/{apps,batch,core}`, `pkg/apis/{apps,batch}/{v1,validation}`.

mod cells;
mod controller_revision;
mod cron_job;
mod daemon_set;
mod deployment;
mod integer;
mod job;
mod pod_template;
mod replica_set;
mod replication_controller;
mod rolling;
pub(crate) mod schedule;
mod stateful_set;
mod status;
mod template;
#[cfg(test)]
mod tests;
mod warning;

pub(super) use controller_revision::ControllerRevision;
pub(super) use cron_job::CronJob;
pub(super) use daemon_set::DaemonSet;
pub(super) use deployment::Deployment;
pub(super) use job::Job;
pub(super) use pod_template::PodTemplate;
pub(super) use replica_set::ReplicaSet;
pub(super) use replication_controller::ReplicationController;
pub(super) use stateful_set::StatefulSet;
