//! `crdgen diff`: tells what a change of CRDs breaks.
//!
//! In: arguments. Out: an exit code, the report on standard output, faults of the input on standard error.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::ValueEnum;
use crdgen_schema::compatibility::Verdict;

use crate::diff::{Error, Report, Side, compare};

/// Tells what a change of CRDs breaks: for stored objects, for clients and for generated Rust.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Diff {
    /// The CRDs before: a folder, a file, `-` for standard input, or git:REVISION:PATH
    #[arg(value_name = "OLD")]
    old: String,
    /// The CRDs after, in the same ways
    #[arg(value_name = "NEW")]
    new: String,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
    /// Print only findings that are at least this bad; the exit code does not depend on it
    #[arg(long, value_enum, default_value_t, value_name = "VERDICT")]
    verdict: Least,
    /// Print nothing: the exit code says it
    #[arg(long, short)]
    quiet: bool,
}

/// How a report is printed.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For people, like a compiler's diagnostics
    #[default]
    Text,
    /// One JSON document
    Json,
    /// Annotations for a GitHub workflow
    Github,
}

/// The least bad verdict that is printed.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Least {
    #[default]
    Compatible,
    NeedsMigration,
    Breaking,
}

const EXAMPLES: &str = "\
Examples:
  crdgen diff git:main:crds crds                        what this branch changes
  crdgen diff git:v1.2.0:crds git:v1.3.0:crds           what changed between two releases
  crdgen diff old.yaml new.yaml --verdict breaking      what breaks, and nothing else
  kubectl get crd -o yaml | crdgen diff - crds          what installing `crds` changes in a cluster
  crdgen diff git:origin/main:crds crds --output github annotations of a pull request

CRDs are paired by name. A breaking change comes with an object that the old CRD accepts and the new one
refuses, or keeps less of. A change for which no object is found (a new CEL rule that refuses none), and one that
changes what objects mean (a default), needs a migration.

Exit codes: 0 compatible or no change, 1 breaking, 3 in need of a migration, 2 wrong usage or faulty CRDs.";

impl Diff {
    /// Does what the arguments say.
    pub(super) fn main(&self) -> ExitCode {
        match self.report() {
            Ok(report) => {
                if !self.quiet {
                    // A reader may have seen enough (`| head`).
                    let _ = io::stdout().write_all(self.print(&report).as_bytes());
                }
                ExitCode::from(match report.verdict() {
                    Verdict::Compatible => 0,
                    Verdict::Breaking => 1,
                    Verdict::NeedsMigration => 3,
                })
            }
            Err(error) => {
                eprintln!("{error}");
                ExitCode::from(2)
            }
        }
    }

    fn report(&self) -> Result<Report, Error> {
        let (old, new) = (Side::parse(&self.old)?, Side::parse(&self.new)?);
        if old.is_stdin() && new.is_stdin() {
            return Err(Error::BothStdin);
        }
        Ok(compare(&old.read()?, &new.read()?))
    }

    fn print(&self, report: &Report) -> String {
        let report = report.at_least(match self.verdict {
            Least::Compatible => Verdict::Compatible,
            Least::NeedsMigration => Verdict::NeedsMigration,
            Least::Breaking => Verdict::Breaking,
        });
        match self.output {
            Format::Text => report.to_string(),
            Format::Json => report.to_json(),
            Format::Github => report.to_github(),
        }
    }
}
