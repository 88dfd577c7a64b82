//! Sends the same random requests to the embedded API server and to a real one, and prints where their answers differ.
//!
//! Ends with 1 if they do in a way that `tests/twins/known.toml` does not list. `cargo xtask twins` runs it.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Parser;
use tests::{
    control_plane::ControlPlane,
    twins::{
        Known,
        run::{Plan, Report, run},
    },
};

#[derive(Parser)]
struct Arguments {
    /// The folder of kube-apiserver and etcd
    assets: PathBuf,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds, each with a namespace of its own
    #[arg(long, default_value_t = 1000)]
    seeds: u64,
    /// Requests of each seed
    #[arg(long, default_value_t = 100)]
    requests: usize,
    /// Only resources with these plurals
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// How many seeds run at once
    #[arg(long, default_value_t = 16)]
    parallel: usize,
    /// Print every request and both answers
    #[arg(long)]
    trace: bool,
    /// How many classes of differences are printed
    #[arg(long, default_value_t = 20)]
    show: usize,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let known = Known::read()?;
    let plane = ControlPlane::start(&arguments.assets).await?;
    let plan = Plan {
        seeds: (arguments.seed..arguments.seed + arguments.seeds).collect(),
        requests: arguments.requests,
        only: arguments.only,
        parallel: if arguments.trace { 1 } else { arguments.parallel },
        trace: arguments.trace,
    };
    let mut report = run(&plane, &plan, &known).await?;
    if !report.unknown.is_empty() && plan.seeds.len() > 1 {
        // Alone, and on servers that have seen nothing yet.
        let plan = Plan { seeds: report.seeds(), parallel: 1, ..plan };
        eprintln!("repeating the seeds {:?}", plan.seeds);
        let fresh = ControlPlane::start(&arguments.assets).await?;
        let repeated = run(&fresh, &plan, &known).await?;
        report.keep_what_repeats(&repeated);
    }
    print(&report, arguments.show);
    Ok(if report.unknown.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(report: &Report, show: usize) {
    for (found, count) in report.unknown.values().take(show) {
        let ((seed, index), request) = (found.at, &found.request);
        println!("seed {seed}, request {index} ({count} such): {} {}", request.method, request.path);
        println!("  {}\n{}\n", request.body, found.place);
    }
    for (reason, count) in &report.known {
        println!("{count:>6} known: {reason}");
    }
    if report.passing > 0 {
        println!("{:>6} did not come again when their seeds were repeated alone", report.passing);
    }
    let unknown: usize = report.unknown.values().map(|(_, count)| count).sum();
    println!("{} requests, {unknown} unlisted differences of {} classes", report.sent, report.unknown.len());
}
