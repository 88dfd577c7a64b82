//! The embedded API server beside a real control plane: the same client, the same requests, in one run.
//!
//! `subject` starts either side, `client` asks it over a `connection`, `load` measures requests, lists and watches on both; `alone` measures what only the
//! embedded server has a bar for; `table` prints both.

mod alone;
mod client;
mod connection;
mod load;
mod subject;
mod table;

use std::{path::PathBuf, time::Duration};

use anyhow::Result;

use crate::project;
use subject::Subject;
use table::Row;

/// The embedded API server beside a real kube-apiserver with etcd
///
/// Time from start to ready and memory; create, get, update, apply and delete at 1 and 8 connections; lists of 10,000 databases;
/// watches by 1 and 50 watchers while 8 connections write. Then, for the embedded server alone: 100,000 databases, 1,000 CRDs, the
/// time until a CRD is served, further servers in one process.
///
/// Both sides serve with TLS and ask for a token; the client speaks HTTP/1.1 and shares the machine with them. Quote the ratios.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask envtest && cargo xtask bench apiserver
  cargo xtask bench apiserver --only alone")]
pub(crate) struct Args {
    /// Measure this alone
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// The folder of kube-apiserver and etcd [default: target/envtest]
    #[arg(long, value_name = "DIR")]
    assets: Option<PathBuf>,
    /// The seconds of each measurement of requests and watches
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    seconds: f64,
    /// How many databases are listed
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    list: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Both servers, side by side
    Beside,
    /// The embedded server alone
    Alone,
}

/// Measures and prints.
pub(crate) fn run(args: &Args) -> Result<()> {
    if cfg!(debug_assertions) {
        // The client must cost as little as it can.
        let mut again = project::cargo();
        again
            .args(["run", "--quiet", "--profile", "tool", "--package", "xtask", "--"])
            .args(std::env::args_os().skip(1));
        return project::run(&mut again);
    }
    project::run(project::cargo().args(["build", "--quiet", "--release", "--package", "crdgen-apiserver"]))?;
    if args.only != Some(Part::Alone) {
        let plan = load::Plan { time: Duration::from_secs_f64(args.seconds), listed: args.list };
        let assets = project::assets(args.assets.as_deref());
        let ours = beside(&plan, Subject::embedded)?;
        let real = beside(&plan, || Subject::real(&assets))?;
        table::print_beside(&ours, &real);
    }
    if args.only != Some(Part::Beside) {
        table::print_alone(&alone::measure()?);
    }
    Ok(())
}

/// All figures of one side.
fn beside(plan: &load::Plan, start: impl Fn() -> Result<Subject>) -> Result<Vec<Row>> {
    const STARTS: usize = 5;
    let mut starts = Vec::new();
    for _ in 1..STARTS {
        starts.push(start()?.ready.as_secs_f64());
    }
    let subject = start()?;
    starts.push(subject.ready.as_secs_f64());
    starts.sort_by(f64::total_cmp);
    eprintln!("{}: ready in {:.1} ms", subject.name, starts[STARTS / 2] * 1e3);
    // Both have done what they do at the start by then.
    std::thread::sleep(Duration::from_secs(3));
    let mut rows = vec![
        Row::less("start to ready", starts[STARTS / 2] * 1e3, "ms"),
        Row::less("memory, nothing stored", subject.memory()? / 1e6, "MB"),
    ];
    rows.extend(load::measure(&subject, plan)?);
    rows.push(Row::less("memory after all this", subject.memory()? / 1e6, "MB"));
    Ok(rows)
}
