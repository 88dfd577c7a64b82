//! The project's own commands, run as `cargo xtask COMMAND`.
//!
//! Each command is one module. They may read `../shared` where it is present; none of them needs it to build.

mod envtest;
mod project;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build a real kube-apiserver and etcd for the end-to-end tests
    Envtest(envtest::Args),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Envtest(args) => envtest::run(&args),
    }
}
