//! `twins`: random requests to the embedded API server and to a real one, with the program `twins` of the package `tests`.

use std::path::PathBuf;

use anyhow::Result;

use crate::project;

/// Send the same random requests to the embedded API server and to a real kube-apiserver, and compare the answers
///
/// Each seed has a namespace and a few kinds of its own, built-in ones and those of some CRDs, and makes requests about their objects:
/// creates, updates, patches of every type, applies by several managers, deletions, reads, lists, tables and watches. A difference that
/// `tests/twins/known.toml` lists is counted with its reason. The seeds of any other are repeated alone, on servers that have seen
/// nothing yet; what comes again is printed, and the command ends with 1. The same seeds send the same requests.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask twins                                    100,000 requests
  cargo xtask twins --seeds 60                         6,000 of them, in about a minute
  cargo xtask twins --seed 57 --seeds 1 --trace        what one seed asks, and what both answer
  cargo xtask twins --only pods,jobs --seeds 100")]
pub(crate) struct Args {
    /// The folder of kube-apiserver and etcd, as `cargo xtask envtest` builds it [default: target/envtest]
    #[arg(long, value_name = "DIR")]
    assets: Option<PathBuf>,
    /// The first seed
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many seeds
    #[arg(long, value_name = "N", default_value_t = 1000)]
    seeds: u64,
    /// Requests of each seed
    #[arg(long, value_name = "N", default_value_t = 100)]
    requests: usize,
    /// Only resources with these plurals
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
    /// How many classes of differences are printed
    #[arg(long, value_name = "N", default_value_t = 20)]
    show: usize,
    /// Print every request and both answers
    #[arg(long)]
    trace: bool,
    /// With optimizations: they take minutes to build
    #[arg(long)]
    release: bool,
}

/// Builds the program and runs it.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut cargo = project::cargo();
    cargo.args(["run", "--quiet", "--package", "tests", "--bin", "twins"]);
    if args.release {
        cargo.arg("--release");
    }
    cargo.arg("--").arg(std::path::absolute(project::assets(args.assets.as_deref()))?);
    for (flag, value) in [("--seed", args.seed), ("--seeds", args.seeds)] {
        cargo.args([flag, &value.to_string()]);
    }
    for (flag, value) in [("--requests", args.requests), ("--show", args.show)] {
        cargo.args([flag, &value.to_string()]);
    }
    if !args.only.is_empty() {
        cargo.args(["--only", &args.only.join(",")]);
    }
    if args.trace {
        cargo.arg("--trace");
    }
    project::run(&mut cargo)
}
