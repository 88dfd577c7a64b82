//! `wire`: the embedded API server beside a real kube-apiserver's recorded answers.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::{project, server::Server};

/// Replay a real kube-apiserver's answers against the embedded API server; prints the pass counts by area
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The replayer
    #[arg(long, value_name = "FILE", default_value = "../shared/wire/wire")]
    replayer: PathBuf,
    /// The recorded answers
    #[arg(long, value_name = "FILE", default_value = "target/shared/expect.jsonl")]
    expect: PathBuf,
    /// Only scenarios whose name matches, such as `crud/*`
    #[arg(long, value_name = "GLOB")]
    only: Option<String>,
    /// Fail if fewer scenarios than this are answered in full as recorded
    #[arg(long, value_name = "N", default_value_t = 0)]
    floor: usize,
    /// Print the differences
    #[arg(long)]
    verbose: bool,
}

/// Starts a server of its own on a free port, replays, and shows what the replayer prints.
pub(crate) fn run(args: &Args) -> Result<()> {
    project::run(project::cargo().args(["build", "--quiet", "--workspace", "--bin", "crdgen-apiserver"]))?;
    // As recorded: kube-apiserver alone, with a token, without kube-controller-manager.
    let server = Server::embedded("debug/crdgen-apiserver", "wire-token", &["--no-controllers"])?;
    replay(args, &server)
}

fn replay(args: &Args, server: &Server) -> Result<()> {
    let mut replay = Command::new(&args.replayer);
    replay.args(["replay", "--server", &server.url, "--token", &server.token, "--expect"]).arg(&args.expect);
    // Two scenarios wait for a version to come, and expect that others write meanwhile: they are a connection each.
    replay.args(["--jobs", "5"]);
    if let Some(only) = &args.only {
        replay.args(["--only", only]);
    }
    if !args.verbose {
        replay.arg("--quiet");
    }
    let mut replay =
        replay.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start {}", args.replayer.display()))?;
    let table = replay.stdout.take().context("the replayer prints nothing")?;
    let mut in_full = 0;
    for line in BufReader::new(table).lines() {
        let line = line?;
        in_full = passed(&line).unwrap_or(in_full);
        // Its last line reads like a test run's; differences are what is measured here, not failures.
        if !line.ends_with(" failed") {
            println!("{line}");
        }
    }
    let status = replay.wait()?;
    ensure!(status.code().is_some_and(|code| code <= 1), "the replayer ended with {status}");
    ensure!(in_full >= args.floor, "{in_full} scenarios are answered in full, and at least {} should be", args.floor);
    Ok(())
}

/// How many scenarios passed, if a line says how many did in full: `level full   233 of 254 scenarios, …`.
fn passed(line: &str) -> Option<usize> {
    line.strip_prefix("level full")?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::passed;

    #[test]
    fn the_count_of_the_strictest_level_is_read() {
        assert_eq!(passed("level full     233 of 254 scenarios, 2871 of 2907 steps"), Some(233));
        assert_eq!(passed("level reason   239 of 254 scenarios, 2884 of 2907 steps"), None);
    }
}
