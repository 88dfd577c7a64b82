//! The project's own commands, run as `cargo xtask COMMAND`.
//!
//! Each command is one module. Some look at `../shared`, or at what it was unpacked into; none needs it to build.

mod bench;
mod codegen;
mod conformance;
mod corpus;
mod demo;
mod diff;
mod e2e;
mod envtest;
mod faults;
mod fuzz;
mod growth;
mod handover;
mod kinds;
mod mutants;
mod mutation;
mod project;
mod sample;
mod scratch;
mod server;
mod tidy;
mod twins;
mod usage;
mod wire;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate Rust from CRDs: `fixtures/crds` into `generated/src`, unless told otherwise
    Codegen(crdgen::cli::Codegen),
    /// Generate, build and run the Database controller on an embedded API server
    Demo,
    /// Measure generation, compilation and round trips over a folder of real CRDs
    Corpus(corpus::Args),
    /// Prove that a CRD that grows never changes what a name of existing Rust stands for
    Grow(growth::Args),
    /// Check what `crdgen diff` says about grown CRDs against objects
    Diff(diff::Args),
    /// Compare the schema crate with verdicts of the real API server
    Conformance(conformance::Args),
    /// Compare the embedded API server with a real one's recorded answers
    Wire(wire::Args),
    /// Measure crdgen beside its peers
    Bench(bench::Args),
    /// Check the house rules that a program can check
    Tidy(tidy::Args),
    /// Put faults into the runtime, one at a time, and see whether its tests notice
    Mutants(mutants::Args),
    /// Try hostile expressions, CRDs and objects, made at random
    Fuzz(fuzz::Args),
    /// Run Kubernetes' own end-to-end suite against the embedded API server
    E2e(e2e::Args),
    /// Compare the answers of the embedded API server and a real one to random requests
    Twins(twins::Args),
    /// Kill the leader of two replicas of the Database controller again and again
    Handover(handover::Args),
    /// Let faults happen between controllers and an API server, and look for what they break
    Faults(faults::Args),
    /// Build a real kube-apiserver and etcd for the end-to-end tests
    Envtest(envtest::Args),
    /// Write what the API server knows of the built-in kinds, from Go's source and a real control plane
    Kinds(kinds::Args),
    /// Measure the programs on standard input
    #[command(hide = true)]
    Usage,
    #[command(hide = true)]
    Yaml(bench::generation::floor::Args),
}

fn main() -> ExitCode {
    run(Cli::parse().command).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Codegen(args) => return codegen::run(args),
        Command::Demo => demo::run()?,
        Command::Corpus(args) => corpus::run(&args)?,
        Command::Grow(args) => growth::run(&args)?,
        Command::Diff(args) => diff::run(&args)?,
        Command::Conformance(args) => conformance::run(&args)?,
        Command::Wire(args) => wire::run(&args)?,
        Command::Bench(args) => bench::run(&args)?,
        Command::Tidy(args) => tidy::run(&args)?,
        Command::E2e(args) => return e2e::run(&args),
        Command::Twins(args) => twins::run(&args)?,
        Command::Handover(args) => handover::run(&args)?,
        Command::Faults(args) => faults::run(&args)?,
        Command::Envtest(args) => envtest::run(&args)?,
        Command::Kinds(args) => return kinds::run(&args),
        Command::Mutants(args) => mutants::run(&args)?,
        Command::Fuzz(args) => fuzz::run(&args)?,
        Command::Usage => usage::run()?,
        Command::Yaml(args) => bench::generation::floor::run(&args)?,
    }
    Ok(ExitCode::SUCCESS)
}
