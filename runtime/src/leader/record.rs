//! What a candidate knows of the lease, and what it writes into it.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use k8s_openapi::jiff::Timestamp;
use tokio::time::Instant;

use super::config::LeaderElection;

/// The lease as it was last seen, and when it was last seen to change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observed {
    lease: Option<Lease>,
    changed: Option<Instant>,
    /// When this candidate asked for its last claim that is known to have succeeded.
    claimed: Option<Instant>,
}

impl Observed {
    /// Notes the state of the lease. Only a change counts: the times in the lease are another clock's.
    pub(crate) fn see(&mut self, lease: Lease) {
        if self.lease.as_ref().map(|known| &known.spec) != Some(&lease.spec) {
            self.changed = Some(Instant::now());
        }
        self.lease = Some(lease);
    }

    /// Notes that this candidate has claimed the lease. The others may have seen that from the moment on in which it was
    /// asked for, so their time, and this one's, begins then. A claim whose answer was lost does not count, though it may
    /// have been made.
    pub(crate) fn claimed(&mut self, lease: Lease, asked: Instant) {
        self.see(lease);
        self.claimed = Some(asked);
    }

    /// The lease as it was last seen.
    pub(crate) fn lease(&self) -> Option<&Lease> {
        self.lease.as_ref()
    }

    /// The time since the lease was last seen to change. None if it was never seen.
    pub(crate) fn unchanged_for(&self) -> Option<Duration> {
        self.changed.map(|changed| changed.elapsed())
    }

    /// The time since this candidate asked for its last claim.
    pub(crate) fn claim_age(&self) -> Option<Duration> {
        self.claimed.map(|claimed| claimed.elapsed())
    }

    /// The identity of the holder; empty if there is none.
    pub(crate) fn holder(&self) -> &str {
        let spec = self.lease.as_ref().and_then(|lease| lease.spec.as_ref());
        spec.and_then(|spec| spec.holder_identity.as_deref()).unwrap_or_default()
    }

    /// Whether the lease has not run out, as far as this candidate can know.
    pub(crate) fn is_valid(&self) -> bool {
        self.left().is_some()
    }

    /// How long the lease is still valid: until its duration has passed since it was last seen to change. None if it is not.
    pub(crate) fn left(&self) -> Option<Duration> {
        let spec = self.lease.as_ref().and_then(|lease| lease.spec.as_ref());
        let seconds = spec.and_then(|spec| spec.lease_duration_seconds).unwrap_or_default();
        let duration = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
        duration.checked_sub(self.changed?.elapsed()).filter(|left| !left.is_zero())
    }

    /// The lease that makes this candidate the holder, or renews it as such.
    pub(crate) fn claim(&self, election: &LeaderElection) -> Lease {
        let now = Some(MicroTime(Timestamp::now()));
        let mut lease = self.lease.clone().unwrap_or_else(|| Lease {
            metadata: ObjectMeta {
                name: Some(election.name.clone()),
                namespace: Some(election.namespace.clone()),
                ..ObjectMeta::default()
            },
            spec: None,
        });
        if !election.labels.is_empty() {
            lease.metadata.labels.get_or_insert_default().extend(election.labels.clone());
        }
        let known = self.lease.is_some();
        let spec = lease.spec.get_or_insert_default();
        if spec.holder_identity.as_deref() != Some(&election.identity) {
            let transitions = spec.lease_transitions.unwrap_or_default();
            spec.lease_transitions = Some(if known { transitions.saturating_add(1) } else { transitions });
            spec.acquire_time.clone_from(&now);
        }
        spec.holder_identity = Some(election.identity.clone());
        spec.lease_duration_seconds = Some(whole_seconds(election.lease_duration));
        spec.renew_time = now;
        lease
    }

    /// The lease that nobody holds: the next candidate need not wait.
    pub(crate) fn release(&self) -> Option<Lease> {
        let mut lease = self.lease.clone()?;
        let now = Some(MicroTime(Timestamp::now()));
        let lease_transitions = lease.spec.as_ref().and_then(|spec| spec.lease_transitions);
        lease.spec = Some(LeaseSpec {
            holder_identity: Some(String::new()),
            lease_duration_seconds: Some(1),
            renew_time: now.clone(),
            acquire_time: now,
            lease_transitions,
            ..LeaseSpec::default()
        });
        Some(lease)
    }
}

fn whole_seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}
