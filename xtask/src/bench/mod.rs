//! `bench`: measurements beside the peers, each in one run. Quote the ratios: machines differ and are noisy.

mod kopium;
mod types;

use anyhow::Result;
use clap::Subcommand;

/// Measure crdgen beside its peers
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// CPU and memory of compiling generated types, beside kopium's for the same CRDs
    Types(types::Args),
}

/// Runs one of them.
pub(crate) fn run(args: &Args) -> Result<()> {
    match &args.bench {
        Bench::Types(args) => types::run(args),
    }
}
