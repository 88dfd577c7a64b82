//! Kills the leader of two replicas of the Database controller again and again; see `tests::handover`. `cargo xtask handover`
//! runs it.

use std::{
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::Parser;
use tests::{
    control_plane::ControlPlane,
    handover::{LEASE_DURATION, Plan, RETRY_PERIOD, Report, run, run_replica},
};

#[derive(Parser)]
enum Command {
    /// Run the whole
    Run {
        /// The folder of kube-apiserver and etcd
        assets: PathBuf,
        /// For how many seconds
        #[arg(long, default_value_t = 300)]
        seconds: u64,
        /// The choices follow from it
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Run one replica, until SIGTERM
    Replica {
        /// How to reach the API server
        kubeconfig: PathBuf,
        /// What the replica is called
        identity: String,
    },
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let (assets, seconds, seed) = match Command::parse() {
        Command::Replica { kubeconfig, identity } => {
            return run_replica(&kubeconfig, &identity).await.map(|()| ExitCode::SUCCESS);
        }
        Command::Run { assets, seconds, seed } => (assets, seconds, seed),
    };
    let plane = ControlPlane::start(&assets).await?;
    let program = (std::env::current_exe()?, vec!["replica".to_owned()]);
    let (started, plan) = (Instant::now(), Plan { program, duration: Duration::from_secs(seconds), seed });
    let report = run(&plane, &plan, |report| {
        let count = report.after_kills.len() + report.after_stops.len();
        eprintln!("{:>4} s, {count} hand-overs", started.elapsed().as_secs());
    })
    .await?;
    print(&report, seed);
    let findings = report.findings();
    for finding in &findings {
        println!("finding: {finding}");
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(report: &Report, seed: u64) {
    println!("seed {seed}, a lease of {LEASE_DURATION:?}, a retry period of {RETRY_PERIOD:?}");
    for (after, gaps) in [("was killed", &report.after_kills), ("has stopped", &report.after_stops)] {
        let mut gaps = gaps.clone();
        gaps.sort();
        let Some(longest) = gaps.last() else { continue };
        let median = gaps[gaps.len() / 2];
        println!(
            "{:>4} times a leader {after}: no leader for {median:.2?} (median), {longest:.2?} (longest)",
            gaps.len()
        );
    }
}
