//! Many worlds: as many as it takes for so many faults, or for so long.

use std::{
    collections::BTreeMap,
    fmt,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use futures::future::try_join_all;

use super::{
    Bug, Check, Fault, Finding, Journal,
    host::Host,
    killer::Killer,
    proxy::lock,
    schedule::Time,
    world::{Outcome, Setup, World},
};
use crate::control_plane::ControlPlane;

/// How many faults a world usually has.
pub const FAULTS: u64 = 400;
/// How many worlds share a real server at once.
const NEIGHBOURS: u64 = 8;
/// How often it is looked at whether worlds have ended.
const LOOK: Duration = Duration::from_millis(20);
/// How often progress is reported.
const PROGRESS: Duration = Duration::from_secs(10);

/// What is to be run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The seed of the first world; the others have the next ones.
    pub seed: u64,
    /// After so many faults no world is begun any more.
    pub faults: u64,
    /// If set, worlds are begun for so long, however many faults there were.
    pub time: Option<Duration>,
    /// How many faults each world has.
    pub each: u64,
    /// How many worlds with embedded servers run at once.
    pub threads: usize,
    /// How long a world on a paused clock may take by a real one. Most take a second or two.
    pub patience: Duration,
    /// What is made wrong on purpose.
    pub bug: Option<Bug>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    /// How many worlds there were.
    pub worlds: u64,
    /// How many faults of each kind.
    pub faults: BTreeMap<Fault, u64>,
    /// How often there was a leader.
    pub terms: usize,
    /// How many children controllers have created.
    pub children: usize,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// A run that is under way.
struct Run {
    plan: Plan,
    began: Instant,
    next: AtomicU64,
    report: Mutex<Report>,
    reported: Mutex<Instant>,
    is_silent: bool,
    /// The journals of the worlds that run, and when they began.
    running: Mutex<BTreeMap<u64, (Instant, Arc<Journal>)>>,
}

/// Runs worlds with embedded servers, several at once, each on a paused clock. After the first finding no world is begun any more.
///
/// # Errors
/// A world cannot be started.
pub fn embedded(plan: Plan) -> Result<Report> {
    let run = Arc::new(Run::new(plan));
    // As few as are needed: a single world is to be repeated alone.
    let worlds = plan.time.map_or(plan.faults.div_ceil(plan.each.max(1)), |_| u64::MAX);
    let threads = (0..worlds).take(plan.threads.max(1)).map(|_| {
        thread::spawn({
            let run = Arc::clone(&run);
            move || run.embedded_worlds()
        })
    });
    let mut threads: Vec<_> = threads.collect();
    while let Some(thread) = threads.pop() {
        while !thread.is_finished() {
            thread::sleep(LOOK);
            if let Some(finding) = run.stuck() {
                // Its thread is left behind.
                lock(&run.report).findings.push(finding);
                return Ok(run.take_report());
            }
        }
        thread.join().map_err(|_| anyhow::anyhow!("a world panicked"))??;
    }
    Ok(run.take_report())
}

/// Runs worlds on a real control plane of a folder, several at once, while its programs are killed.
///
/// # Errors
/// The control plane cannot be started, or does not come back.
pub async fn real(plan: Plan, assets: &Path) -> Result<Report> {
    let run = Run::new(plan);
    let mut plane = ControlPlane::start(assets).await?;
    while let Some(seed) = run.next(NEIGHBOURS) {
        let worlds = (seed..seed + NEIGHBOURS).map(|world| real_world(&plan, seed, world, &plane));
        let worlds = try_join_all(worlds).await?;
        let mut killer = Killer::new(seed, worlds.iter().map(|world| (world.journal.clone(), world.tally.clone())));
        let disturbed = try_join_all(worlds.into_iter().map(|world| async { tokio::spawn(world.disturb()).await? }));
        let worlds = tokio::select! {
            worlds = disturbed => worlds?,
            error = killer.kill(&mut plane, assets) => return Err(error),
        };
        killer.revive(&mut plane, assets).await?;
        let settled = worlds.into_iter().map(|world| async { tokio::spawn(world.settle()).await? });
        for outcome in try_join_all(settled).await? {
            run.add(outcome);
        }
    }
    Ok(run.take_report())
}

async fn real_world(plan: &Plan, seed: u64, world: u64, plane: &ControlPlane) -> Result<World> {
    let setup = Setup { seed, world, time: Time::Real, bug: plan.bug, faults: plan.each };
    World::start(setup, Host::real(plane).await?).await
}

impl Run {
    fn new(plan: Plan) -> Self {
        let (began, next) = (Instant::now(), AtomicU64::new(plan.seed));
        // A short run is a test.
        let is_silent = plan.time.is_none() && plan.faults < 5 * FAULTS;
        let (report, running) = (Mutex::default(), Mutex::default());
        Self { plan, began, next, report, reported: Mutex::new(began), is_silent, running }
    }

    /// The seed of the next world, and of those that share its server; none if the run is over.
    fn next(&self, worlds: u64) -> Option<u64> {
        let report = lock(&self.report);
        let is_over = match self.plan.time {
            Some(time) => self.began.elapsed() >= time,
            None => report.total() >= self.plan.faults,
        };
        (!is_over && report.findings.is_empty()).then(|| self.next.fetch_add(worlds, Ordering::SeqCst))
    }

    fn embedded_worlds(&self) -> Result<()> {
        while let Some(seed) = self.next(1) {
            let mut builder = tokio::runtime::Builder::new_current_thread();
            let runtime = builder.enable_all().start_paused(true).build()?;
            let setup = Setup { seed, world: seed, time: Time::Paused, bug: self.plan.bug, faults: self.plan.each };
            let outcome = runtime.block_on(async {
                let world = World::start(setup, Host::embedded()).await?;
                lock(&self.running).insert(seed, (Instant::now(), Arc::clone(&world.journal)));
                world.disturb().await?.settle().await
            });
            lock(&self.running).remove(&seed);
            self.add(outcome.with_context(|| format!("seed {seed}"))?);
        }
        Ok(())
    }

    /// A world whose clock stands still, because something in it goes round in circles.
    fn stuck(&self) -> Option<Finding> {
        let running = lock(&self.running);
        let (_, journal) = running.values().find(|(began, _)| began.elapsed() > self.plan.patience)?;
        journal.find(Check::Stuck, "", "the world does not come to its end");
        journal.findings().pop()
    }

    fn add(&self, outcome: Outcome) {
        let mut report = lock(&self.report);
        report.worlds += 1;
        report.terms += outcome.terms;
        report.children += outcome.children;
        for (fault, count) in outcome.tally.counts() {
            *report.faults.entry(fault).or_default() += count;
        }
        report.findings.extend(outcome.findings);
        let mut reported = lock(&self.reported);
        if !self.is_silent && reported.elapsed() >= PROGRESS {
            *reported = Instant::now();
            let (faults, seconds) = (report.total(), self.began.elapsed().as_secs());
            eprintln!("{faults} faults in {} worlds in {seconds} s, {} findings", report.worlds, report.findings.len());
        }
    }

    fn take_report(&self) -> Report {
        std::mem::take(&mut *lock(&self.report))
    }
}

impl Report {
    /// How many faults there were.
    pub fn total(&self) -> u64 {
        self.faults.values().sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.findings.iter().try_for_each(|finding| writeln!(f, "{finding}"))?;
        for (fault, count) in &self.faults {
            writeln!(f, "{count:>8} {fault:?}")?;
        }
        let Self { worlds, terms, children, findings, .. } = self;
        let findings = findings.len();
        write!(
            f,
            "{} faults in {worlds} worlds; {terms} terms of leaders, {children} children created; {findings} findings",
            self.total()
        )
    }
}
