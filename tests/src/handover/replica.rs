//! A replica, as a process of its own that says when it leads.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, SystemTime},
};

use anyhow::{Context as _, Result, bail};
use crdgen_generated::controller::{NAME, controller};
use crdgen_runtime::{
    client, factory::SharedInformerFactory, leader::LeaderElection, operator::Operator, shutdown::Shutdown,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use super::Plan;
use crate::control_plane::ControlPlane;

/// How long the lease of a replica is valid.
pub const LEASE_DURATION: Duration = Duration::from_secs(4);
/// How often the leader renews it, and the others look.
pub const RETRY_PERIOD: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs a replica in this process until it is asked to stop.
///
/// # Errors
/// The API server cannot be reached, or the operator fails.
pub async fn run_replica(kubeconfig: &Path, identity: &str) -> Result<()> {
    let shutdown = Shutdown::on_signals()?;
    let factory = SharedInformerFactory::new(client::connect_with(kubeconfig).await?);
    let election = LeaderElection {
        identity: identity.to_owned(),
        lease_duration: LEASE_DURATION,
        renew_deadline: LEASE_DURATION.saturating_sub(RETRY_PERIOD),
        retry_period: RETRY_PERIOD,
        ..LeaderElection::new("default", NAME)
    };
    let witness = async |stop: tokio_util::sync::CancellationToken| {
        println!("leads {}", now());
        stop.cancelled().await;
        println!("left {}", now());
        Ok::<_, anyhow::Error>(())
    };
    let controller = controller(&factory)?.workers(2);
    Operator::new(&factory).controller(controller).task("witness", witness).elect(election).run(&shutdown).await?;
    Ok(())
}

/// The microseconds since 1970. All replicas have the same clock.
fn now() -> u128 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_micros()
}

/// A running replica.
pub(super) struct Replica {
    pub(super) identity: String,
    child: Child,
    words: Lines<BufReader<ChildStdout>>,
}

/// What a replica says.
pub(super) enum Word {
    Leads(SystemTime),
    Left(SystemTime),
}

impl Replica {
    pub(super) fn start(plane: &ControlPlane, plan: &Plan, identity: &str) -> Result<Self> {
        let (program, arguments) = &plan.program;
        let mut command = Command::new(program);
        command.args(arguments).arg(plane.kubeconfig()).arg(identity);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let words = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        Ok(Self { identity: identity.to_owned(), child, words })
    }

    /// Waits for the next word. It may be dropped and called again.
    pub(super) async fn next(&mut self) -> Result<Word> {
        let Some(line) = self.words.next_line().await? else { bail!("{} has ended by itself", self.identity) };
        let (word, micros) = line.split_once(' ').context("a line without a time")?;
        let time = SystemTime::UNIX_EPOCH + Duration::from_micros(micros.parse()?);
        match word {
            "leads" => Ok(Word::Leads(time)),
            "left" => Ok(Word::Left(time)),
            _ => bail!("{} says {line:?}", self.identity),
        }
    }

    /// Kills it, without a chance to clean up. Returns the time before that.
    pub(super) async fn kill(mut self) -> Result<SystemTime> {
        let before = SystemTime::now();
        self.child.kill().await?;
        Ok(before)
    }

    /// Asks it to stop. Returns when it stopped to lead.
    pub(super) async fn stop(mut self) -> Result<SystemTime> {
        let id = self.child.id().context("it has ended")?.to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().await?;
        anyhow::ensure!(asked.success(), "{asked}");
        let left = loop {
            if let Word::Left(time) = timeout(PATIENCE, self.next()).await.context("it does not stop to lead")?? {
                break time;
            }
        };
        let ended = timeout(PATIENCE, self.child.wait()).await.context("it does not end")??;
        anyhow::ensure!(ended.success(), "{} has ended with {ended}", self.identity);
        Ok(left)
    }
}
