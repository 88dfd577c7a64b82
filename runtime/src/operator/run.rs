//! Runs an operator: start, election, end.

use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::{join, join_all, join3};
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::builder::Operator;
use super::endpoints::Endpoints;
use super::member::{Failure, Member, Surroundings};
use super::probe;
use crate::leader::{self, LeaderElector};
use crate::metrics::Metrics;
use crate::sharding::{self, Partition, Replica};
use crate::shutdown::Shutdown;

/// Why an operator ended although nobody asked it to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address for probes and metrics is not free, or not this machine's.
    #[error("cannot listen at {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// A controller or a task failed.
    #[error("{name}: {source}")]
    Member {
        /// Its name.
        name: Arc<str>,
        /// Its error.
        source: Failure,
    },
    /// The election ended: its settings are wrong, or the lease was lost.
    #[error(transparent)]
    Leader(#[from] leader::Error),
    /// The settings of the sharding are wrong.
    #[error(transparent)]
    Sharding(#[from] sharding::Invalid),
    /// With a sharding all replicas work, and without an election nothing says which of them runs a task.
    #[error("the task {0} is for one replica: beside a sharding it needs an election, or it is one of all replicas")]
    TaskOfOne(Arc<str>),
}

impl Operator {
    /// Runs until a shutdown is requested, or something fails. Must be called within a tokio runtime.
    pub async fn run(self, shutdown: &Shutdown) -> Result<(), Error> {
        self.run_at(shutdown, |_| {}).await
    }

    /// Like [`run`](Self::run). `listening` is called with the address of the endpoints once they answer: with port 0 the
    /// system chooses a free one.
    pub async fn run_at(self, shutdown: &Shutdown, listening: impl FnOnce(SocketAddr)) -> Result<(), Error> {
        let Self { factory, metrics, of_leader, of_all, election, sharding, address, mut live, mut ready } = self;
        let connection = factory.client().clone();
        let elector = election.map(|election| LeaderElector::new(connection, election)).transpose()?;
        let elector = elector.map(|elector| elector.metrics(&metrics));
        let replica = sharding.map(|sharding| Replica::new(factory.client().clone(), sharding)).transpose()?;
        let replica = replica.map(|replica| replica.metrics(&metrics));
        let (of_leader, of_shards) = match &replica {
            None => (of_leader, Vec::new()),
            Some(_) => of_leader.into_iter().partition(|member| member.is_task),
        };
        if let (Some(task), Some(_), None) = (of_leader.first(), &replica, &elector) {
            return Err(Error::TaskOfOne(Arc::clone(&task.name)));
        }
        let run = Run { shutdown: shutdown.child(), failure: Arc::default(), metrics };
        live.add("informers", probe::informers_live(factory.clone()));
        ready.add("informers", probe::informers_synced(factory.clone()));
        ready.add("shutdown", probe::not_stopping(run.shutdown.clone()));
        if let Some(elector) = &elector {
            live.add("leader-election", probe::lease_renewed(elector.leadership()));
        }
        if let Some(replica) = &replica {
            live.add("sharding", probe::shards_renewed(replica.partition()));
        }
        let end_of_endpoints = CancellationToken::new();
        let endpoints = match address {
            None => None,
            Some(address) => {
                let listener = bind(address, listening).await.map_err(|source| Error::Listen { address, source })?;
                let endpoints = Arc::new(Endpoints { live, ready, metrics: run.metrics.clone() });
                Some(AbortOnDropHandle::new(tokio::spawn(endpoints.serve(listener, end_of_endpoints.clone()))))
            }
        };

        factory.start();
        join3(run.of_all(of_all), run.of_leader(elector, of_leader), run.of_shards(replica, of_shards)).await;
        tokio::select! {
            () = factory.shutdown() => {}
            () = shutdown.forced() => tracing::warn!("a second shutdown request: informers are left behind"),
        }
        end_of_endpoints.cancel();
        if let Some(endpoints) = endpoints {
            let _ = endpoints.await;
        }
        run.outcome()
    }
}

async fn bind(address: SocketAddr, listening: impl FnOnce(SocketAddr)) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    tracing::info!(%address, "probes and metrics are served");
    listening(address);
    Ok(listener)
}

/// What the members of a running operator share.
#[derive(Clone)]
struct Run {
    /// The operator's own: a failure stops everything as a request does.
    shutdown: Shutdown,
    failure: Arc<Mutex<Option<Error>>>,
    metrics: Metrics,
}

impl Run {
    /// Runs what every replica does.
    async fn of_all(&self, members: Vec<Member>) {
        let begin = CancellationToken::new();
        begin.cancel();
        self.members(members, self.shutdown.clone(), begin, None).await;
    }

    /// Runs what is shared out among the replicas. The shards are given up when the controllers have ended.
    async fn of_shards(&self, replica: Option<Replica>, members: Vec<Member>) {
        let Some(replica) = replica else { return };
        let (begin, stop) = (CancellationToken::new(), CancellationToken::new());
        begin.cancel();
        let partition = replica.partition();
        let controllers = self.members(members, self.shutdown.clone(), begin, Some(&partition)).map(|()| stop.cancel());
        // In this order: the replica waits for the controllers that have a place.
        join(controllers, Box::pin(replica.run(stop.clone()))).await;
    }

    /// Runs what only the leader does: to the start at once, so that the caches are filled, and on while this replica leads.
    async fn of_leader(&self, elector: Option<LeaderElector>, members: Vec<Member>) {
        let Some(elector) = elector else { return self.of_all(members).await };
        let (work, begin) = (self.shutdown.child(), CancellationToken::new());
        let running = {
            let (run, work, begin) = (self.clone(), work.clone(), begin.clone());
            tokio::spawn(async move { run.members(members, work, begin, None).await })
        };
        // If the elector drops it, because it takes too long after the loss of the lease, it is cancelled below.
        let running = AbortOnDropHandle::new(running).map(drop).shared();
        let work_of_leader = running.clone();
        let elected = elector.run(self.shutdown.token(), |leading| async move {
            begin.cancel();
            leading.cancelled().await;
            if !self.shutdown.is_stopping() {
                // The lease is lost, and another replica may lead soon.
                work.trigger();
                work.trigger();
            }
            work_of_leader.await;
        });
        match elected.await {
            // It may have ended before it led.
            Ok(()) => running.await,
            Err(error) => self.failed(error.into()),
        }
    }

    /// Runs members until a shutdown was requested and all of them have ended. If there is a partition, all have a place in it from
    /// the first moment on.
    async fn members(
        &self,
        members: Vec<Member>,
        shutdown: Shutdown,
        begin: CancellationToken,
        partition: Option<&Partition>,
    ) {
        let runs = members.into_iter().map(|member| {
            let name = Arc::clone(&member.name);
            let (shutdown, begin, metrics) = (shutdown.clone(), begin.clone(), self.metrics.clone());
            let surroundings = Surroundings { shutdown, begin, metrics, seat: partition.map(Partition::seat) };
            async move {
                let ended = AssertUnwindSafe(member.run(surroundings)).catch_unwind().await;
                let ended = ended.unwrap_or_else(|panic| Err(crate::panic::message(&*panic).into()));
                if let Err(source) = ended {
                    self.failed(Error::Member { name, source });
                }
            }
        });
        join(join_all(runs), shutdown.stopping()).await;
    }

    /// Stops everything. The first failure is the operator's.
    fn failed(&self, error: Error) {
        tracing::error!(%error, "the operator stops");
        self.failure.lock().get_or_insert(error);
        if !self.shutdown.is_stopping() {
            self.shutdown.trigger();
        }
    }

    fn outcome(&self) -> Result<(), Error> {
        self.failure.lock().take().map_or(Ok(()), Err)
    }
}
