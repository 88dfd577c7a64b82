//! `handover`: two replicas of the Database controller whose leader is killed, with the program `handover` of the package `tests`.

use std::path::PathBuf;

use anyhow::Result;

use crate::project;

/// Kill the leader of two replicas of the Database controller on a real kube-apiserver, again and again
///
/// Each replica is a process. The leader is killed after a few seconds (every tenth one is asked to stop instead), and another one is
/// started. The command ends with 1 if two led at once, if there was no leader for longer than the duration of the lease and a retry
/// period, or if a database is not ready in the end.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask handover                     for five minutes
  cargo xtask handover --seconds 28800     for a night")]
pub(crate) struct Args {
    /// The folder of kube-apiserver and etcd, as `cargo xtask envtest` builds it [default: target/envtest]
    #[arg(long, value_name = "DIR")]
    assets: Option<PathBuf>,
    /// For how long
    #[arg(long, value_name = "N", default_value_t = 300)]
    seconds: u64,
    /// When leaders are killed, and which databases are changed, follows from it
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// Builds the program and runs it.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut cargo = project::cargo();
    cargo.args(["run", "--quiet", "--package", "tests", "--bin", "handover", "--", "run"]);
    cargo.arg(std::path::absolute(project::assets(args.assets.as_deref()))?);
    cargo.args(["--seconds", &args.seconds.to_string(), "--seed", &args.seed.to_string()]);
    project::run(&mut cargo)
}
