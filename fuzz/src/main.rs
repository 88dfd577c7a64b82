//! Fuzzes what takes hostile text: expressions, CRDs, objects. `cargo xtask fuzz` runs it.
//!
//! Each target runs in a process of its own (`worker`), which another one watches (`supervisor`): a panic, a stack overflow, too
//! much memory, too much time, or a promise that does not hold is a finding. Inputs follow from a seed; they are made from a
//! grammar and from CRDs, and from earlier inputs that had an answer of a new kind.

mod finding;
mod grammar;
mod memory;
mod minimize;
mod mutation;
mod seed;
mod supervisor;
mod target;
#[cfg(test)]
mod tests;
mod worker;

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result, anyhow};
use clap::{Parser, Subcommand};

use target::Target;
use worker::Work;

/// Tries hostile inputs, made at random
#[derive(Debug, Parser)]
#[command(name = "cargo xtask fuzz")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fuzz targets, one after the other
    Run {
        /// `parse`, `evaluate` or `object`; all of them if none is given
        targets: Vec<String>,
        /// How long each target runs
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// What all inputs follow from
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The folder with CRDs that objects are made from; the project's fixtures if none is given
        #[arg(long, value_name = "DIR")]
        crds: Option<PathBuf>,
        /// Where inputs and findings are written
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Try the input in a file
    Try {
        /// The target
        target: String,
        /// The input
        file: PathBuf,
    },
    /// Fuzz one target in this process
    #[command(hide = true)]
    Work {
        /// The target
        target: String,
        #[command(flatten)]
        work: Work,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<bool> {
    match command {
        Command::Run { targets, seconds, seed, crds, out } => {
            fs::create_dir_all(&out).with_context(|| format!("cannot make folder {}", out.display()))?;
            let crds = crds.unwrap_or_else(seed::fixtures);
            let chosen: Result<Vec<Target>> = targets.iter().map(|name| find(name)).collect();
            let chosen = if targets.is_empty() { target::ALL.to_vec() } else { chosen? };
            let mut clean = true;
            for target in &chosen {
                let input = supervisor::input_file(&out, target);
                clean &= supervisor::fuzz(target, &Work { seconds, seed, crds: crds.clone(), input })?;
            }
            Ok(clean)
        }
        Command::Try { target, file } => {
            let (target, input) = (find(&target)?, fs::read_to_string(&file)?);
            let outcome = worker::on_usual_stack(|| worker::attempt(&target, &input))?;
            println!("{}", outcome.map_err(|why| anyhow!("wrong: {why}"))?.label);
            Ok(true)
        }
        Command::Work { target, work } => worker::work(&find(&target)?, &work).map(|()| true),
    }
}

fn find(name: &str) -> Result<Target> {
    target::find(name).with_context(|| {
        let names: Vec<&str> = target::ALL.iter().map(|target| target.name).collect();
        format!("unknown target {name:?}: expected one of {}", names.join(", "))
    })
}
