//! `bench`: measurements beside the peers, each in one run. Quote the ratios: machines differ and are noisy.

mod apiserver;
mod compilation;
pub(crate) mod generation;
mod informer;
mod kopium;
mod pods;
mod validation;

use anyhow::Result;
use clap::Subcommand;

use crate::project;

/// Measure crdgen beside its peers
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    Apiserver(apiserver::Args),
    Generate(generation::Args),
    Informer(informer::Args),
    Pods(pods::Args),
    Types(compilation::Args),
    Validate(validation::Args),
    /// Reading and writing an 8 KB object through tables, beside serde's derives on the same structs
    Objects,
}

/// Runs one of them.
pub(crate) fn run(args: &Args) -> Result<()> {
    match &args.bench {
        Bench::Apiserver(args) => apiserver::run(args),
        Bench::Generate(args) => generation::run(args),
        Bench::Informer(args) => informer::run(args),
        Bench::Pods(args) => pods::run(args),
        Bench::Types(args) => compilation::run(args),
        Bench::Validate(args) => validation::run(args),
        Bench::Objects => objects(),
    }
}

/// Functions that start on a cache line's border are as fast wherever the linker puts them: else chance gives either side
/// up to 3 %.
const ALIGNED: &str = "-Cllvm-args=-align-all-functions=6";

fn objects() -> Result<()> {
    let bench = ["bench", "--quiet", "--package", "crdgen-runtime", "--no-default-features", "--bench", "objects"];
    project::run(project::cargo().args(bench).env("RUSTFLAGS", ALIGNED))
}
