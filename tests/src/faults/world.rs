//! One world: a server, users, a controller and two candidates, and all that goes wrong between them.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::Result;
use crdgen_generated::api::example_com::v1alpha1::Database;
use crdgen_runtime::client::{self, Client};
use fastrand::Rng;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use super::{
    Bug, Check, Fault, Finding, Journal, Schedule, Tally,
    attempts::Attempts,
    candidate::{Election, Terms},
    comparison::Comparison,
    host::Host,
    life::{Birth, Life},
    proxy::Proxy,
    schedule::{Time, between, choices},
    users::Users,
};

/// How long the caches have to converge when nothing goes wrong any more: longer than any timeout of the runtime.
const PATIENCE_PAUSED: Duration = Duration::from_mins(40);
const PATIENCE_REAL: Duration = Duration::from_mins(2);
/// How long a controller has to stop.
const STOPS_WITHIN: Duration = Duration::from_mins(2);

/// What a world is made from.
pub(super) struct Setup {
    /// The seed that repeats it, and its own, which is the same unless it shares a server with others.
    pub(super) seed: u64,
    pub(super) world: u64,
    pub(super) time: Time,
    pub(super) bug: Option<Bug>,
    /// How many faults it has.
    pub(super) faults: u64,
}

/// A world that runs.
pub(super) struct World {
    setup: Setup,
    host: Host,
    proxy: Proxy,
    birth: Birth,
    life: Life,
    lives: u32,
    election: Election,
    /// Users and candidates.
    others: JoinSet<()>,
    random: Rng,
    pub(super) journal: Arc<Journal>,
    pub(super) tally: Arc<Tally>,
}

/// What came of a world.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) findings: Vec<Finding>,
    pub(super) tally: Arc<Tally>,
    /// How often there was a leader, and how many children were created.
    pub(super) terms: usize,
    pub(super) children: usize,
}

impl World {
    /// Starts a world on a server.
    pub(super) async fn start(setup: Setup, host: Host) -> Result<Self> {
        let namespace = format!("faults-{}", setup.world);
        prepare(&host.direct(), &namespace).await?;
        let (journal, tally) = (Arc::new(Journal::new(setup.seed, setup.world)), Arc::new(Tally::default()));
        let attempts = Arc::new(Attempts::default());
        let schedule = Schedule::new(setup.world, setup.time);
        let (noted, counted) = (Arc::clone(&journal), Arc::clone(&tally));
        let proxy = Proxy::new(host.direct(), schedule, noted, counted, Arc::clone(&attempts), setup.bug);
        let birth = Birth {
            proxy: proxy.clone(),
            namespace: namespace.clone(),
            journal: Arc::clone(&journal),
            attempts: Arc::clone(&attempts),
            bug: setup.bug,
            time: setup.time,
            hurries: setup.time == Time::Real || !setup.world.is_multiple_of(4),
        };
        let election = Election {
            proxy: proxy.clone(),
            direct: host.direct(),
            namespace: namespace.clone(),
            journal: Arc::clone(&journal),
            seed: setup.world,
            time: setup.time,
            bug: setup.bug,
            terms: Arc::new(Mutex::new(Terms::default())),
        };
        let users = Users {
            databases: Client::new(host.direct()).namespaced(&namespace),
            children: Client::new(host.direct()).namespaced(&namespace),
            attempts,
            journal: Arc::clone(&journal),
            random: choices(setup.world, "users"),
        };
        let mut others = JoinSet::new();
        others.spawn(users.work());
        for number in 0..2 {
            others.spawn(election.clone().stand(number));
        }
        let (life, random) = (birth.begin(0)?, choices(setup.world, "world"));
        Ok(Self { setup, host, proxy, birth, life, lives: 1, election, others, random, journal, tally })
    }

    /// Lets things go wrong, until there were as many faults as wanted, or something was found.
    pub(super) async fn disturb(mut self) -> Result<Self> {
        let longest = if self.setup.time == Time::Real { 4.0 } else { 10.0 };
        while self.tally.total() < self.setup.faults && !self.journal.has_found() {
            let (least, most) = (Duration::from_millis(200), Duration::from_secs_f64(longest));
            let pause = between(&mut self.random, least, most);
            let end = Instant::now() + pause;
            while Instant::now() < end && self.tally.total() < self.setup.faults {
                sleep(pause.min(Duration::from_millis(200))).await;
            }
            if self.life.has_ended() {
                self.journal.find(Check::Ended, "", "the controller has ended");
                break;
            }
            self.disturb_once().await?;
        }
        self.proxy.stop();
        Ok(self)
    }

    async fn disturb_once(&mut self) -> Result<()> {
        let (choice, detail) = (self.random.u32(0..100), self.random.u32(..));
        let while_ = between(&mut self.random, Duration::from_millis(50), Duration::from_secs(1));
        match choice {
            0..20 => {
                self.journal.note("", "the controller is killed");
                self.tally.add(Fault::ControllerKilled);
                let next = self.birth.begin(self.lives)?;
                self.lives += 1;
                std::mem::replace(&mut self.life, next).kill().await;
            }
            20..30 => {
                self.journal.note("", format!("connections are refused for {while_:?}"));
                self.proxy.refuse_for(while_);
                self.life.line.reset();
            }
            30..40 => {
                self.journal.note("", format!("credentials have expired for {while_:?}"));
                self.proxy.expire_credentials_for(while_);
            }
            40..50 => {
                self.tally.add(Fault::ClockStep);
                self.proxy.set_clocks(i64::from(detail % 7200) - 3600);
            }
            _ => self.host.disturb(detail, while_, &self.journal, &self.tally).await,
        }
        Ok(())
    }

    /// Waits until all is as it should be, and ends the world.
    pub(super) async fn settle(mut self) -> Result<Outcome> {
        self.others.shutdown().await;
        self.journal.note("", "nothing goes wrong any more");
        let direct = self.host.direct();
        let namespace = self.birth.namespace.clone();
        let comparison = Comparison {
            databases: Client::<Database>::new(direct.clone()).namespaced(&namespace),
            children: Client::<ConfigMap>::new(direct.clone()).namespaced(&namespace),
            attempts: Arc::clone(&self.birth.attempts),
        };
        let patience = if self.setup.time == Time::Real { PATIENCE_REAL } else { PATIENCE_PAUSED };
        let (began, mut pause) = (Instant::now(), Duration::from_millis(50));
        while !self.journal.has_found() {
            let differences = comparison.differences(&self.life).await;
            if differences.is_empty() {
                break;
            }
            if began.elapsed() > patience || self.life.has_ended() {
                for difference in differences {
                    self.journal.find(difference.check, &difference.about, difference.text);
                }
                break;
            }
            sleep(pause).await;
            pause = (pause * 3 / 2).min(patience / 100);
        }
        self.end().await
    }

    async fn end(self) -> Result<Outcome> {
        match timeout(STOPS_WITHIN, self.life.stop()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.journal.find(Check::Ended, "", format!("the controller has ended: {error:#}")),
            Err(_) => self.journal.find(Check::Ended, "", "the controller does not stop"),
        }
        self.host.end();
        let children = self.birth.attempts.all().values().map(|outcomes| outcomes.performed).sum();
        let (findings, terms) = (self.journal.findings(), self.election.terms());
        Ok(Outcome { findings, tally: self.tally, terms, children })
    }
}

async fn prepare(connection: &kube::Client, namespace: &str) -> Result<()> {
    client::install::<Database>(connection).await?;
    let mut wanted = Namespace::default();
    wanted.metadata.name = Some(namespace.to_owned());
    Client::<Namespace>::new(connection.clone()).create(&wanted).await?;
    Ok(())
}
