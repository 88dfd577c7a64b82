//! The `crdgen` command.

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand, error::ErrorKind};
use crdgen::cli::Codegen;

/// Rust for Kubernetes custom resources: types, clients, informers and validation from CRDs.
#[derive(Parser)]
#[command(name = "crdgen", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate Rust from CRDs
    Codegen(Codegen),
}

fn main() -> ExitCode {
    let Command::Codegen(codegen) = Arguments::parse().command;
    if codegen.paths.is_empty() {
        let missing = "name the files or folders of the CRDs: crdgen codegen <PATHS>...";
        Arguments::command().error(ErrorKind::MissingRequiredArgument, missing).exit();
    }
    codegen.run(crdgen::configure())
}
