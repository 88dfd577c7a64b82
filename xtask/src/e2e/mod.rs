//! Kubernetes' own end-to-end suite against the embedded API server.
//!
//! In: which tests. Out: a line for each, and failure if one fails. `cluster` adds what the suite expects of a cluster and the server
//! does not have; `suite` builds the suite and runs it.

mod cluster;
mod suite;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};

use crate::project;

/// The tests that pass.
const FOCUS: &str = r"\[sig-api-machinery\].*CustomResourceValidationRules";

/// Run Kubernetes' own end-to-end suite against the embedded API server
///
/// Needs Go to build the suite, which takes 2 to 5 minutes; that is left out if it was built before.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A regular expression: tests whose full name it matches are run
    #[arg(long, value_name = "REGEX", default_value = FOCUS)]
    focus: String,
    /// The folder for the suite, its log and its report [default: target/e2e]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Builds the suite if it is not there, starts a server, and runs the suite against it.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let out = args.out.clone().unwrap_or_else(|| project::target().join("e2e"));
    std::fs::create_dir_all(&out).with_context(|| format!("cannot make folder {}", out.display()))?;
    let suite = suite::Suite::build(&out.canonicalize()?)?;
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let url = threads.block_on(cluster::serve())?;
    let outcomes = suite.run(&url, &args.focus)?;
    outcomes.print();
    Ok(if outcomes.all_passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
