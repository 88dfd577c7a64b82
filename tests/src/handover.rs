//! Replicas of the Database controller whose leader dies again and again, on a real kube-apiserver: how long until another one
//! leads, and whether there were ever two.

mod replica;

use std::{
    path::PathBuf,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context as _, Result, ensure};
use crdgen_generated::api::example_com::v1alpha1::{
    Database, DatabaseClient,
    database::{spec::Engine, status::Phase},
};
use crdgen_runtime::client::{self, Client, retry_on_conflict};
use fastrand::Rng;
use tokio::time::{sleep, timeout};

pub use self::replica::{LEASE_DURATION, RETRY_PERIOD, run_replica};
use self::replica::{Replica, Word};
use crate::{control_plane::ControlPlane, harness::spec, workloads::Workloads};

/// How long a leader leads before it is killed, in milliseconds.
const TERM: std::ops::Range<u64> = 300..3000;
/// How long to wait for the next leader before giving up.
const PATIENCE: Duration = Duration::from_mins(1);
const DATABASES: usize = 5;

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The program to start for a replica, and its first arguments. It is given a kubeconfig and an identity, and calls
    /// [`run_replica`].
    pub program: (PathBuf, Vec<String>),
    /// For how long leaders are killed.
    pub duration: Duration,
    /// The choices follow from it.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    /// How long there was no leader after one was killed.
    pub after_kills: Vec<Duration>,
    /// How long there was none after one was asked to stop.
    pub after_stops: Vec<Duration>,
}

/// A time in which a replica led.
struct Term {
    identity: String,
    /// When it was killed or has stopped to lead.
    to: SystemTime,
    killed: bool,
}

impl Report {
    /// What is not as it should be.
    pub fn findings(&self) -> Vec<String> {
        let limit = LEASE_DURATION + RETRY_PERIOD;
        let late = self.after_kills.iter().filter(|gap| **gap > limit);
        let late = late.map(|gap| format!("there was no leader for {gap:.2?} after one was killed, and not {limit:?}"));
        let slow = self.after_stops.iter().filter(|gap| **gap > RETRY_PERIOD * 2);
        late.chain(slow.map(|gap| format!("there was no leader for {gap:.2?} after one had stopped"))).collect()
    }
}

/// Runs two replicas, kills whichever leads, and starts another one. Every tenth leader is asked to stop instead. `progress`
/// is called after each hand-over.
///
/// # Errors
/// Two replicas led at once, none does in time, or a database did not get ready in the end.
pub async fn run(plane: &ControlPlane, plan: &Plan, mut progress: impl FnMut(&Report)) -> Result<Report> {
    let admin = plane.client().await?;
    client::install::<Database>(&admin).await?;
    let databases: DatabaseClient = Client::new(admin.clone()).namespaced("default");
    let _workloads = Workloads::run(&admin, "default", Duration::from_millis(300))?;
    for number in 0..DATABASES {
        databases.create(&Database::new(name(number), spec(Engine::PostgreSQL))).await?;
    }
    let (mut random, started) = (Rng::with_seed(plan.seed), Instant::now());
    let mut replicas = vec![Replica::start(plane, plan, "replica-1")?, Replica::start(plane, plan, "replica-2")?];
    let (mut report, mut last): (Report, Option<Term>) = Default::default();
    let mut count = replicas.len();
    while started.elapsed() < plan.duration {
        let (at, from) = timeout(PATIENCE, next_leader(&mut replicas)).await.context("nobody leads")??;
        if let Some(last) = last {
            let gap = from.duration_since(last.to);
            let gap =
                gap.ok().with_context(|| format!("{} and {} led at once", last.identity, replicas[at].identity))?;
            if last.killed { &mut report.after_kills } else { &mut report.after_stops }.push(gap);
            progress(&report);
        }
        sleep(Duration::from_millis(random.u64(TERM))).await;
        change(&databases, &name(random.usize(0..DATABASES)), count).await?;
        let (leader, killed) = (replicas.remove(at), random.u8(0..10) > 0);
        let identity = leader.identity.clone();
        let to = if killed { leader.kill().await? } else { leader.stop().await? };
        last = Some(Term { identity, to, killed });
        count += 1;
        replicas.push(Replica::start(plane, plan, &format!("replica-{count}"))?);
    }
    timeout(PATIENCE, all_ready(&databases)).await.context("not all databases are ready in the end")??;
    Ok(report)
}

/// Waits until a replica says that it leads.
async fn next_leader(replicas: &mut [Replica]) -> Result<(usize, SystemTime)> {
    let words = replicas.iter_mut().map(|replica| Box::pin(replica.next()));
    let (word, at, _) = futures::future::select_all(words).await;
    match word? {
        Word::Leads(from) => Ok((at, from)),
        Word::Left(_) => anyhow::bail!("{} has stopped although nobody asked it to", replicas[at].identity),
    }
}

async fn change(databases: &DatabaseClient, name: &str, number: usize) -> Result<()> {
    retry_on_conflict(|| async {
        let database = databases.get(name).await?;
        databases.modify(&database, |database| database.spec.version = format!("17.{number}")).await.map(drop)
    })
    .await?;
    Ok(())
}

async fn all_ready(databases: &DatabaseClient) -> Result<()> {
    for number in 0..DATABASES {
        loop {
            let database = databases.get(name(number).as_str()).await?;
            let status = database.status.unwrap_or_default();
            let is_current = status.observed_generation == database.metadata.generation;
            if is_current && status.phase == Some(Phase::Ready) {
                break;
            }
            ensure!(status.phase != Some(Phase::Failed), "{status:?}");
            sleep(Duration::from_millis(100)).await;
        }
    }
    Ok(())
}

fn name(number: usize) -> String {
    format!("database-{number}")
}
