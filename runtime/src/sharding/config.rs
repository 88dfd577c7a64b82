//! The settings of a sharding, and what must hold between them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::hash::Layout;
use super::lease;
use super::partition::Partition;
use crate::leader::{self, LeaderElection};

/// The most shards: each is a lease, which is renewed all the time.
const MOST: u32 = 1024;
/// The longest name: it is the value of a label.
const LONGEST_NAME: usize = 63;

/// Which keys are shared out among the replicas, under which name, and the times of their leases.
///
/// All replicas must have the same number of shards and the same kind of them; those that do not agree never work at the same
/// time. More shards than replicas make the shares more even, and cost an update of a lease per retry period each.
#[derive(Debug)]
pub struct Sharding {
    pub(super) election: LeaderElection,
    pub(super) partition: Partition,
}

/// Settings that cannot work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// The times of the leases, or an empty namespace, name or identity.
    #[error(transparent)]
    Lease(#[from] leader::Invalid),
    /// There must be a shard, and each is a lease.
    #[error("the number of shards must be from 1 to {MOST}")]
    Shards,
    /// Leases are named after it, and it is the value of a label.
    #[error("the name {0:?} must be a DNS label: up to {LONGEST_NAME} lower-case letters, digits and hyphens")]
    Name(String),
    /// A server selects by namespaces, not by keys.
    #[error("the server can select the objects of shards only if those are of namespaces: Sharding::by_namespace")]
    NotByNamespace,
}

impl Sharding {
    /// A sharding by leases whose names begin with `name`, with 16 shards, the times of
    /// [`LeaderElection`], and an identity that no other replica has.
    pub fn new(namespace: &str, name: &str) -> Self {
        let election = LeaderElection {
            labels: BTreeMap::from([(lease::LABEL.to_owned(), name.to_owned())]),
            ..LeaderElection::new(namespace, name)
        };
        Self { election, partition: Partition::new(name, Layout { shards: 16, by_namespace: false }) }
    }

    /// How many shards there are, from 1 to 1024; 16 by default. The same for all replicas.
    #[must_use]
    pub fn shards(self, count: u32) -> Self {
        self.partition.change(|layout| layout.shards = count);
        self
    }

    /// The shard of a key is that of its namespace: so all keys of a namespace are on one replica, and a server can
    /// [select](crate::factory::SharedInformerFactory::sharded) the objects that a replica needs. By default it is that of the
    /// namespace and the name, which makes the shares more even.
    ///
    /// The hash is the one that Kubernetes prescribes (KEP-5866), and namespaces whose names differ in their last letters only
    /// are mostly in one shard, such as `team-1` and `team-2`. Controllers of kinds that are not namespaced are refused.
    #[must_use]
    pub fn by_namespace(self) -> Self {
        self.partition.change(|layout| layout.by_namespace = true);
        self
    }

    /// What this replica is called. No other may have the same; by default the host's name and a random number.
    #[must_use]
    pub fn identity(mut self, identity: &str) -> Self {
        identity.clone_into(&mut self.election.identity);
        self
    }

    /// How long the others wait after the last renewal that they have seen, in whole seconds; 15 by default.
    #[must_use]
    pub fn lease_duration(mut self, duration: Duration) -> Self {
        self.election.lease_duration = duration;
        self
    }

    /// How long this replica tries to renew a lease before it gives the shard up; ten seconds by default. Shorter than the lease.
    #[must_use]
    pub fn renew_deadline(mut self, deadline: Duration) -> Self {
        self.election.renew_deadline = deadline;
        self
    }

    /// How often leases are renewed, and looked at; two seconds by default.
    #[must_use]
    pub fn retry_period(mut self, period: Duration) -> Self {
        self.election.retry_period = period;
        self
    }

    /// The shards that this replica holds.
    pub fn partition(&self) -> Partition {
        self.partition.clone()
    }

    pub(super) fn check(&self) -> Result<(), Invalid> {
        self.election.check()?;
        if !(1..=MOST).contains(&self.partition.layout().shards) {
            return Err(Invalid::Shards);
        }
        let name = &*self.election.name;
        let inner = |letter: char| letter == '-' || letter.is_ascii_digit() || letter.is_ascii_lowercase();
        if name.len() > LONGEST_NAME || !name.chars().all(inner) || name.starts_with('-') || name.ends_with('-') {
            return Err(Invalid::Name(name.to_owned()));
        }
        Ok(())
    }
}
