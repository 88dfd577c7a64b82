//! The arguments and the outcome of `codegen`, for the `crdgen` command and for others that offer the same.
//!
//! In: arguments. Out: an exit code, a summary on standard output, findings and progress on standard error.

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::{CommandFactory as _, Parser, Subcommand, error::ErrorKind};

use crate::{Config, Error};

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
    Diff(crate::diff::Arguments),
}

/// Generates Rust from CRDs.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Codegen {
    /// CRD files (YAML or JSON), folders of them, or `-` for standard input
    pub paths: Vec<PathBuf>,
    /// The output folder; it must hold nothing else
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Change nothing: show what would change as a diff, and fail if anything would
    #[arg(long)]
    pub check: bool,
    /// Leave out clients, listers and informers
    #[arg(long)]
    pub types_only: bool,
    /// Use this settings file instead of the crdgen.toml beside the CRDs
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  crdgen codegen crds --out src/crds           generate, touching only files that change
  crdgen codegen crds --out src/crds --check   fail if the folder is not up to date
  kubectl get crd -o yaml | crdgen codegen - --out src/crds --types-only

Exit codes: 0 fine, 1 a fault in the CRDs or out of date, 2 wrong usage.";

/// The whole `crdgen` command, for a `main` that has nothing else to do: an xtask, say. Ends the process with exit status 2 on
/// wrong usage.
pub fn main() -> ExitCode {
    let codegen = match Arguments::parse().command {
        Command::Codegen(codegen) => codegen,
        Command::Diff(diff) => return diff.run(),
    };
    if codegen.paths.is_empty() {
        let missing = "name the files or folders of the CRDs: crdgen codegen <PATHS>...";
        Arguments::command().error(ErrorKind::MissingRequiredArgument, missing).exit();
    }
    codegen.run(crate::configure())
}

impl Codegen {
    /// Does what the arguments say, on top of `config`, and reports it.
    pub fn run(&self, config: Config) -> ExitCode {
        let config = self.configure(config);
        let outcome = if self.check { self.check(&config) } else { self.generate(&config) };
        outcome.unwrap_or_else(|error| {
            eprintln!("{error}");
            ExitCode::from(if matches!(error, Error::NoOutput | Error::Settings { .. }) { 2 } else { 1 })
        })
    }

    fn configure(&self, mut config: Config) -> Config {
        if let Some(out) = &self.out {
            config = config.out(out);
        }
        if self.types_only {
            config = config.types_only(true);
        }
        if let Some(file) = &self.config {
            config = config.settings(file);
        }
        if io::stderr().is_terminal() {
            config = config.progress(|text| eprintln!("{text}"));
        }
        config
    }

    fn generate(&self, config: &Config) -> Result<ExitCode, Error> {
        let summary = config.generate(&self.paths)?;
        for warning in &summary.warnings {
            eprintln!("{warning}");
        }
        print(&format!("{summary}\n"));
        Ok(ExitCode::SUCCESS)
    }

    fn check(&self, config: &Config) -> Result<ExitCode, Error> {
        let report = config.check(&self.paths)?;
        if report.is_clean() {
            print("up to date\n");
            return Ok(ExitCode::SUCCESS);
        }
        print(&report.to_string());
        eprintln!("the output is not up to date: run the same command without --check");
        Ok(ExitCode::FAILURE)
    }
}

/// A reader that has seen enough (`| head`) is no fault.
fn print(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}
