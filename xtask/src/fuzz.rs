//! Fuzzes what takes hostile text, with the package `crdgen-fuzz`.
//!
//! In: targets, a time for each, a seed. Out: how many inputs were tried; a finding with its input, made smaller, fails the command. Without
//! optimizations functions take several times as much of the stack, and so it is here unless told otherwise.

use std::path::PathBuf;

use anyhow::Result;

use crate::project;

/// Try hostile expressions, CRDs and objects, made at random
#[derive(clap::Args)]
pub(crate) struct Args {
    /// `parse`, `evaluate` or `object`; all of them if none is given
    targets: Vec<String>,
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// What all inputs follow from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The folder with CRDs that objects are made from; the project's fixtures if none is given
    #[arg(long, value_name = "DIR")]
    crds: Option<PathBuf>,
    /// With optimizations: about ten times as many inputs
    #[arg(long)]
    release: bool,
    /// Try the input in this file only, with the one target that is given
    #[arg(long, value_name = "FILE", conflicts_with = "crds")]
    input: Option<PathBuf>,
}

/// Builds the package and runs it.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut cargo = project::cargo();
    cargo.args(["run", "--quiet", "--package", "crdgen-fuzz", "--profile", if args.release { "fuzz" } else { "dev" }]);
    if let Some(file) = &args.input {
        cargo.args(["--", "try"]).args(&args.targets).arg(std::path::absolute(file)?);
        return project::run(&mut cargo);
    }
    cargo.args(["--", "run"]).args(&args.targets).arg("--out").arg(project::target().join("fuzz"));
    cargo.args(["--seconds", &args.seconds.to_string(), "--seed", &args.seed.to_string()]);
    if let Some(folder) = &args.crds {
        cargo.arg("--crds").arg(std::path::absolute(folder)?);
    }
    project::run(&mut cargo)
}
