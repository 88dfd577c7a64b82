//! Lets faults happen between controllers and an API server, and prints what they break.
//!
//! Ends with 1 if anything was found. `cargo xtask faults` runs it.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Result;
use clap::Parser;
use tests::faults::run::{FAULTS, Plan, embedded, real};

/// How long a world on a paused clock may take by a real one.
const PATIENCE: Duration = Duration::from_mins(5);

#[derive(Parser)]
struct Arguments {
    /// The folder of kube-apiserver and etcd, to use them instead of embedded servers
    #[arg(long)]
    assets: Option<PathBuf>,
    /// The seed of the first world
    #[arg(long)]
    seed: u64,
    /// How many faults
    #[arg(long)]
    faults: u64,
    /// For how many seconds, however many faults there are
    #[arg(long)]
    seconds: Option<u64>,
}

fn main() -> Result<ExitCode> {
    let Arguments { assets, seed, faults, seconds } = Arguments::parse();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let time = seconds.map(Duration::from_secs);
    let plan = Plan { seed, faults, time, each: FAULTS, threads, patience: PATIENCE, bug: None };
    let report = match assets {
        None => embedded(plan)?,
        Some(assets) => tokio::runtime::Runtime::new()?.block_on(real(plan, &assets))?,
    };
    println!("{report}");
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
