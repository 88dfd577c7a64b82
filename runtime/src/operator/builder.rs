//! [`Operator`]: what it runs, and how.

use std::fmt;
use std::net::SocketAddr;

use tokio_util::sync::CancellationToken;

use super::member::{Failure, Member};
use super::probe::Checks;
use crate::controller::{Controller, Reconciler};
use crate::factory::SharedInformerFactory;
use crate::kind::Kind;
use crate::leader::LeaderElection;
use crate::metrics::Metrics;
use crate::sharding::Sharding;

/// Controllers and tasks that start and stop together. See the [module](super).
pub struct Operator {
    pub(super) factory: SharedInformerFactory,
    pub(super) metrics: Metrics,
    /// What only the leader does, if there is an election; with a sharding, that of controllers is shared out.
    pub(super) of_leader: Vec<Member>,
    /// What every replica does.
    pub(super) of_all: Vec<Member>,
    pub(super) election: Option<LeaderElection>,
    pub(super) sharding: Option<Sharding>,
    pub(super) address: Option<SocketAddr>,
    pub(super) live: Checks,
    pub(super) ready: Checks,
}

impl Operator {
    /// An operator without anything to do. It starts and stops the informers of `factory`.
    pub fn new(factory: &SharedInformerFactory) -> Self {
        Self {
            factory: factory.clone(),
            metrics: factory.measured_by().cloned().unwrap_or_default(),
            of_leader: Vec::new(),
            of_all: Vec::new(),
            election: None,
            sharding: None,
            address: None,
            live: Checks::default(),
            ready: Checks::default(),
        }
    }

    /// Runs a controller; if there is an [election](Self::elect), on the replica that leads, and with a
    /// [sharding](Self::shard) on every replica, each with its share of the keys. Its turns and its queue are
    /// measured, unless it has [metrics](Controller::metrics) already.
    #[must_use]
    pub fn controller<K: Kind, R: Reconciler<K>>(mut self, controller: Controller<K, R>) -> Self {
        self.of_leader.push(Member::controller(controller));
        self
    }

    /// Runs a controller on every replica, whichever leads.
    #[must_use]
    pub fn controller_of_all_replicas<K: Kind, R: Reconciler<K>>(mut self, controller: Controller<K, R>) -> Self {
        self.of_all.push(Member::controller(controller));
        self
    }

    /// Runs a task; if there is an [election](Self::elect), on the replica that leads. It should end when its token is
    /// cancelled, and is dropped half a minute later. If it fails, the operator stops; it may end without an error. With a
    /// [sharding](Self::shard) there must be an election.
    #[must_use]
    pub fn task<F, Fut, E>(mut self, name: &str, task: F) -> Self
    where
        F: FnOnce(CancellationToken) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Failure>,
    {
        self.of_leader.push(Member::task(name, task));
        self
    }

    /// Runs a task on every replica, whichever leads.
    #[must_use]
    pub fn task_of_all_replicas<F, Fut, E>(mut self, name: &str, task: F) -> Self
    where
        F: FnOnce(CancellationToken) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Failure>,
    {
        self.of_all.push(Member::task(name, task));
        self
    }

    /// Takes part in an election, unless it is `None`: of all replicas one works. With a [sharding](Self::shard) that concerns
    /// tasks only.
    #[must_use]
    pub fn elect(self, election: impl Into<Option<LeaderElection>>) -> Self {
        Self { election: election.into(), ..self }
    }

    /// Takes part in a sharding, unless it is `None`: every replica runs all [controllers](Self::controller), each on its share
    /// of the keys.
    #[must_use]
    pub fn shard(self, sharding: impl Into<Option<Sharding>>) -> Self {
        Self { sharding: sharding.into(), ..self }
    }

    /// Answers HTTP requests at this address, unless it is `None`: `/metrics` for Prometheus, `/healthz` and `/livez` for the liveness probe,
    /// `/readyz` for the readiness probe. A probe with `?verbose` lists the checks, and `/readyz/NAME` makes a single one.
    ///
    /// Alive is a replica none of whose informers has failed, and which has renewed its lease in time if it leads, and those of
    /// the shards that it holds. Ready is one whose informers are all complete, until a shutdown is requested. Replicas that do
    /// not lead or have no shards are ready too.
    #[must_use]
    pub fn listen(self, address: impl Into<Option<SocketAddr>>) -> Self {
        Self { address: address.into(), ..self }
    }

    /// Another condition of being alive. It must be quick, and returns what is wrong.
    #[must_use]
    pub fn live_check(mut self, name: &str, check: impl Fn() -> Result<(), String> + Send + Sync + 'static) -> Self {
        self.live.add(name, check);
        self
    }

    /// Another condition of being ready. It must be quick, and returns what is wrong.
    #[must_use]
    pub fn ready_check(mut self, name: &str, check: impl Fn() -> Result<(), String> + Send + Sync + 'static) -> Self {
        self.ready.add(name, check);
        self
    }

    /// Measures controllers, the election and the sharding with these metrics, instead of those of the
    /// [factory](SharedInformerFactory::metrics).
    #[must_use]
    pub fn metrics(self, metrics: &Metrics) -> Self {
        Self { metrics: metrics.clone(), ..self }
    }
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operator")
            .field("of_leader", &self.of_leader)
            .field("of_all", &self.of_all)
            .field("election", &self.election)
            .field("sharding", &self.sharding)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
