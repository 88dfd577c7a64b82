//! [`Replica`]: says that it is there, looks who else is, and runs for the shards that it should have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Preconditions;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::config::{Invalid, Sharding};
use super::grant::hold;
use super::lease::{self, Role};
use super::members::Members;
use super::partition::Partition;
use super::standing::Standing;
use crate::client::{self, Client, DeleteOptions, ListOptions};
use crate::leader::{self, LeaderElection, LeaderElector, Observed};
use crate::metrics::{Metrics, Move, ShardingMetrics};

/// A lease that nobody needs is deleted after so many lease durations without a change.
const OUTDATED: u32 = 4;
/// A replica looks after these parts of a retry period, so that not all do at once.
const LOOK: (f64, f64) = (0.8, 1.0);

/// A replica that takes part in a sharding.
pub struct Replica {
    connection: kube::Client,
    client: Client<Lease>,
    /// What the leases of shards have in common.
    election: LeaderElection,
    /// What this replica says about itself.
    own: LeaderElection,
    written: Observed,
    standing: Standing,
    partition: Partition,
    members: Members,
    /// The shards that this replica holds or waits for, each with what stops that.
    running: BTreeMap<u32, CancellationToken>,
    electors: JoinSet<Ended>,
    metrics: Option<ShardingMetrics>,
    /// Numbers between zero and one.
    pub(super) random: Arc<dyn Fn() -> f64 + Send + Sync>,
}

/// A shard that this replica does not hold or wait for any more, and whether it had held it.
struct Ended {
    shard: u32,
    outcome: Result<(), leader::Error>,
    held: bool,
}

impl Replica {
    /// A replica that does nothing yet.
    pub fn new(connection: kube::Client, sharding: Sharding) -> Result<Self, Invalid> {
        sharding.check()?;
        let Sharding { election, partition } = sharding;
        let own = LeaderElection { name: lease::of_member(&election.name, &election.identity), ..election.clone() };
        Ok(Self {
            client: Client::new(connection.clone()).namespaced(&election.namespace),
            connection,
            members: Members::of(&election.name, partition.layout()),
            election,
            own,
            written: Observed::default(),
            standing: Standing::Waiting,
            partition,
            running: BTreeMap::new(),
            electors: JoinSet::new(),
            metrics: None,
            random: Arc::new(rand::random::<f64>),
        })
    }

    /// Measures this replica, under the name of the sharding.
    #[must_use]
    pub fn metrics(self, metrics: &Metrics) -> Self {
        Self { metrics: Some(metrics.sharding(&self.election.name)), ..self }
    }

    /// The shards that this replica holds.
    pub fn partition(&self) -> Partition {
        self.partition.clone()
    }

    /// Takes part until `stop` is cancelled, once the controllers of the [partition](Self::partition) have complete caches. Then
    /// lets all shards go, and returns when the last turn has ended and the leases are given up: stop the controllers
    /// before that if they should complete what is queued.
    ///
    /// A lease that cannot be renewed in time costs its shard, whose turns are cancelled before another replica may begin. The
    /// others go on, and so does this.
    pub async fn run(mut self, stop: CancellationToken) {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = self.partition.complete() => {}
        }
        tracing::info!(sharding = self.election.name, identity = self.election.identity, "taking part");
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = self.take_part() => {}
        }
        self.leave().await;
    }

    async fn take_part(&mut self) {
        loop {
            let before = self.standing;
            let looked = timeout(self.left().unwrap_or(self.election.renew_deadline), self.look()).await;
            match looked {
                Ok(Ok(())) => self.decide(),
                Ok(Err(error)) => tracing::warn!(sharding = self.election.name, %error, "the leases cannot be seen"),
                Err(_) => tracing::warn!(sharding = self.election.name, "the API server does not answer in time"),
            }
            if self.standing != Standing::Waiting && self.left().is_none() {
                // To the others it will soon be gone.
                tracing::error!(sharding = self.election.name, "this replica could not say in time that it is there");
                self.standing = Standing::Waiting;
            }
            self.settle();
            if self.standing == Standing::Claiming && before != self.standing {
                continue;
            }
            self.pause().await;
        }
    }

    /// Says that this replica is there, then sees who else is.
    async fn look(&mut self) -> Result<(), client::Error> {
        self.say().await?;
        let selector = format!("{}={}", lease::LABEL, self.election.name);
        let options = ListOptions { label_selector: Some(selector), ..ListOptions::default() };
        let list = self.client.list(&options).await?;
        self.members.see(list.items);
        self.delete_outdated().await;
        Ok(())
    }

    /// Writes the lease of this replica.
    async fn say(&mut self) -> Result<(), client::Error> {
        let asked = Instant::now();
        let mut wanted = self.written.claim(&self.own);
        lease::annotate(&mut wanted, self.partition.layout(), self.standing);
        let written = match self.written.lease() {
            Some(_) => self.client.update(&wanted).await,
            None => self.client.create(&wanted).await,
        };
        match written {
            Ok(lease) => {
                self.written.claimed(lease, asked);
                Ok(())
            }
            Err(error) => {
                if error.is_conflict() || error.is_already_exists() || error.is_not_found() {
                    self.find().await?;
                }
                Err(error)
            }
        }
    }

    /// Reads the lease of this replica, which is not as it was known. The answer to a write may have been lost; but if it does not
    /// say any more that this replica works, others may have begun.
    async fn find(&mut self) -> Result<(), client::Error> {
        let (own, standing) = (&self.own, self.standing);
        let found = self.client.get_opt((own.namespace.as_str(), own.name.as_str())).await?;
        let kept = found.as_ref().is_some_and(|lease| match lease::role(&self.election.name, lease) {
            Some(Role::Member { identity, layout, standing: written }) => {
                let same_claim = (written == Standing::Waiting) == (standing == Standing::Waiting);
                same_claim && identity == own.identity && layout == self.partition.layout().to_string()
            }
            _ => false,
        });
        if !kept {
            self.standing = Standing::Waiting;
        }
        match found {
            Some(lease) => self.written.see(lease),
            None => self.written = Observed::default(),
        }
        Ok(())
    }

    /// Decides from the list whether this replica may work.
    fn decide(&mut self) {
        let rivals = self.members.rivals();
        let next = self.standing.next(&self.election.identity, &rivals);
        if let Some(rival) = rivals.first().filter(|_| next == Standing::Waiting) {
            tracing::warn!(
                sharding = self.election.name, shards = %self.partition.layout(), other = rival.identity,
                "waiting: another replica counts with another number or kind of shards"
            );
        }
        self.standing = next;
        if let Some(metrics) = &self.metrics {
            metrics.replicas(self.members.working().len());
        }
    }

    /// Runs for the shards that this replica should have, and stops what it holds besides.
    fn settle(&mut self) {
        let wanted = match self.standing {
            Standing::Working => self.members.share(&self.election.identity),
            Standing::Waiting | Standing::Claiming => BTreeSet::new(),
        };
        for (_, stop) in self.running.iter().filter(|(shard, _)| !wanted.contains(shard)) {
            stop.cancel();
        }
        for shard in wanted {
            if !self.running.contains_key(&shard) {
                self.start(shard);
            }
        }
    }

    /// Waits for the lease of a shard, and works while it holds it.
    fn start(&mut self, shard: u32) {
        let name = lease::of_shard(&self.election.name, shard, self.partition.layout());
        let observed = self.members.get(&name);
        let election = LeaderElection { name, ..self.election.clone() };
        let mut elector = match LeaderElector::new(self.connection.clone(), election) {
            Ok(elector) => elector.observed(observed),
            Err(error) => return tracing::error!(shard, %error, "no election for the shard"),
        };
        let random = Arc::clone(&self.random);
        elector.random = Box::new(move || random());
        let (stop, leadership) = (CancellationToken::new(), elector.leadership());
        self.running.insert(shard, stop.clone());
        let (partition, metrics) = (self.partition.clone(), self.metrics.clone());
        self.electors.spawn(async move {
            let mut held = false;
            let work = |leading| {
                held = true;
                if let Some(metrics) = &metrics {
                    metrics.moved(Move::Taken);
                }
                hold(partition, shard, leadership, leading, metrics.clone())
            };
            let outcome = AssertUnwindSafe(elector.run(stop, work)).catch_unwind().await;
            let outcome = outcome.unwrap_or_else(|panic| {
                let error = crate::panic::message(&*panic);
                tracing::error!(shard, error, "the work on the shard was ended by a panic");
                Ok(())
            });
            Ended { shard, outcome, held }
        });
    }

    fn ended(&mut self, ended: &Ended) {
        self.running.remove(&ended.shard);
        if let Err(error) = &ended.outcome {
            tracing::error!(sharding = self.election.name, shard = ended.shard, %error, "the shard is lost");
        }
        if let Some(metrics) = self.metrics.as_ref().filter(|_| ended.held) {
            metrics.moved(if ended.outcome.is_ok() { Move::Released } else { Move::Lost });
        }
    }

    /// Waits until it is time to look again: regularly, and when a lease runs out.
    async fn pause(&mut self) {
        let part = LOOK.0 + (LOOK.1 - LOOK.0) * (self.random)();
        let pause = self.election.retry_period.mul_f64(part);
        let pause = pause.min(self.members.left().unwrap_or(pause)).min(self.left().unwrap_or(pause));
        let until = Instant::now() + pause;
        loop {
            tokio::select! {
                biased;
                Some(Ok(ended)) = self.electors.join_next(), if !self.electors.is_empty() => self.ended(&ended),
                () = sleep_until(until) => return,
            }
        }
    }

    /// The time that is left to say that this replica is there. None if there is none.
    fn left(&self) -> Option<Duration> {
        let left = self.election.renew_deadline.checked_sub(self.written.claim_age()?)?;
        Some(left).filter(|left| !left.is_zero())
    }

    async fn delete_outdated(&self) {
        let long = self.election.lease_duration * OUTDATED;
        for lease in self.members.outdated(long) {
            let name = lease.metadata.name.as_deref().unwrap_or_default();
            let preconditions = Preconditions {
                uid: lease.metadata.uid.clone(),
                resource_version: lease.metadata.resource_version.clone(),
            };
            let options = DeleteOptions { preconditions: Some(preconditions), ..DeleteOptions::default() };
            match self.client.delete_opt((self.election.namespace.as_str(), name), &options).await {
                Ok(_) => tracing::info!(lease = name, "an outdated lease is deleted"),
                Err(error) => tracing::debug!(lease = name, %error, "an outdated lease is not deleted"),
            }
        }
    }

    /// Lets the others know that this replica goes, and lets all shards go.
    async fn leave(mut self) {
        let key = (self.own.namespace.as_str(), self.own.name.as_str());
        let options = DeleteOptions::default();
        let gone = timeout(self.election.renew_deadline, self.client.delete_opt(key, &options));
        let gone = gone.map(|gone| match gone {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(sharding = self.own.name, %error, "the replica's lease is not deleted"),
            Err(_) => tracing::warn!(sharding = self.own.name, "the replica's lease is not deleted in time"),
        });
        self.running.values().for_each(CancellationToken::cancel);
        let mut electors = std::mem::take(&mut self.electors);
        let (ended, ()) = futures::future::join(async { collect(&mut electors).await }, gone).await;
        for ended in ended {
            self.ended(&ended);
        }
        tracing::info!(sharding = self.election.name, identity = self.election.identity, "taking no part any more");
    }
}

async fn collect(electors: &mut JoinSet<Ended>) -> Vec<Ended> {
    let mut all = Vec::new();
    while let Some(ended) = electors.join_next().await {
        all.extend(ended.ok());
    }
    all
}

impl fmt::Debug for Replica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replica")
            .field("election", &self.election)
            .field("partition", &self.partition)
            .finish_non_exhaustive()
    }
}
