//! The `crdgen` command, one module for each of its subcommands.
//!
//! A workspace can have the same as a command of its own: the `main` of its package `xtask` is this one line.
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     crdgen::cli::main()
//! }
//! ```

mod codegen;
mod diff;
mod lint;
mod outcome;
mod progress;
mod validate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::parallel;
pub use codegen::Codegen;
pub use outcome::Format;

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
    /// Tell what a change of CRDs breaks
    Diff(diff::Diff),
    /// Tell what is wrong with CRDs, what their rules cost, and which Kubernetes they need
    Lint(lint::Lint),
    /// Say what the API server would say of objects
    Validate(validate::Validate),
}

/// Runs the whole `crdgen` command. Ends the process with exit code 2 on wrong usage.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     crdgen::cli::main()
/// }
/// ```
pub fn main() -> ExitCode {
    parallel::join_in();
    match Arguments::parse().command {
        Command::Codegen(codegen) => codegen.main(),
        Command::Diff(diff) => diff.main(),
        Command::Lint(lint) => lint.main(),
        Command::Validate(validate) => validate.main(),
    }
}
