//! Kubernetes' own end-to-end suite against the embedded API server.
//!
//! In: which tests. Out: a line for each, and failure if one fails. `cluster` starts what they run against; `suite` builds the suite
//! and runs it; `tests/e2e/areas.txt` names the areas, `tests/e2e/out-of-reach.txt` the tests in them that are left out, with reasons.

mod cluster;
mod suite;

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};

use crate::project;
use cluster::Cluster;

/// Run Kubernetes' own end-to-end suite against the embedded API server
///
/// Needs Go to build the suite, which takes 2 to 5 minutes; that is left out if it was built before.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A regular expression: tests whose full name it matches are run [default: the areas of tests/e2e/areas.txt]
    #[arg(long, value_name = "REGEX")]
    focus: Option<String>,
    /// Run the tests of tests/e2e/out-of-reach.txt, too
    #[arg(long)]
    all: bool,
    /// Leave out the tests that wait for minutes, which Kubernetes marks `[Slow]`
    #[arg(long)]
    quick: bool,
    /// Run them against the real control plane of this folder instead, for comparison. It needs kube-controller-manager
    #[arg(long, value_name = "DIR")]
    real: Option<PathBuf>,
    /// The folder for the suite, its log and its report [default: target/e2e]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Builds the suite if it is not there, starts a server, and runs the suite against it.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let out = args.out.clone().unwrap_or_else(|| project::target().join("e2e"));
    fs::create_dir_all(&out).with_context(|| format!("cannot make folder {}", out.display()))?;
    let out = out.canonicalize()?;
    let suite = suite::Suite::build(&out)?;
    let cluster = match &args.real {
        Some(assets) => Cluster::real(assets, &out)?,
        None => Cluster::embedded()?,
    };
    let focus = match &args.focus {
        Some(focus) => focus.clone(),
        None => format!(r"\[sig-api-machinery\].*({})", patterns("areas.txt")?),
    };
    let out_of_reach = if args.all { String::new() } else { patterns("out-of-reach.txt")? };
    let slow = if args.quick { r"\[Slow\]" } else { "" };
    let skip: Vec<&str> = [&out_of_reach, slow].into_iter().filter(|pattern| !pattern.is_empty()).collect();
    let outcomes = suite.run(cluster.kubeconfig(), &focus, &skip.join("|"))?;
    outcomes.print();
    Ok(if outcomes.all_passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One regular expression for all of a file: one a line, where `#` starts a comment.
fn patterns(file: &str) -> Result<String> {
    let path = project::root().join("tests/e2e").join(file);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.collect::<Vec<_>>().join("|"))
}
