//! `crdgen lint`: tells what is wrong with CRDs.
//!
//! In: arguments, and the `crdgen.toml` beside the CRDs. Out: an exit code, and the report on standard output.

use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::{CommandFactory as _, ValueEnum, error::ErrorKind};
use crdgen_schema::diagnostic::Severity;

use super::Arguments;
use crate::{
    lint::{Report, Settings, Tables, lint, list},
    load,
    options::{self, Options},
    settings,
};

/// Tells what is wrong with CRDs, what their rules can cost, and which release of Kubernetes they need.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Lint {
    /// CRD files (YAML or JSON), folders of them, or `-` for standard input
    paths: Vec<PathBuf>,
    /// Which checks are on: `default`, or with API conventions `strict`
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Make what this release does not know an error: 1.28 for instance
    #[arg(long, value_name = "RELEASE")]
    kubernetes: Option<String>,
    /// Report rules that can cost more than this share of the limit, in percent [default: 80]
    #[arg(long, value_name = "PERCENT")]
    cost_share: Option<i64>,
    /// Switch a check on, whatever the profile
    #[arg(long, value_name = "CODE")]
    enable: Vec<String>,
    /// Switch a check off, everywhere or at places only: `max-items=databases.example.com/*/spec/**`
    #[arg(long, value_name = "CODE[=PLACES]")]
    disable: Vec<String>,
    /// Fail on warnings too
    #[arg(long)]
    deny_warnings: bool,
    /// Print what each rule can cost
    #[arg(long)]
    costs: bool,
    /// Print which release of Kubernetes each CRD needs, and what for
    #[arg(long)]
    versions: bool,
    /// Use this settings file instead of the crdgen.toml beside the CRDs
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
    /// Print errors only
    #[arg(long, short)]
    quiet: bool,
    /// Print all checks and what they find, and do nothing else
    #[arg(long)]
    list: bool,
}

/// How a report is printed.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For people, like a compiler's diagnostics
    #[default]
    Text,
    /// One JSON document, by the schema docs/schemas/lint-v1.json
    Json,
    /// Annotations for a GitHub workflow
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

const EXAMPLES: &str = "\
Examples:
  crdgen lint crds                                what is wrong, whatever the conventions are
  crdgen lint crds --profile strict               the Kubernetes API conventions as well
  crdgen lint crds --costs                        what each CEL rule can cost
  crdgen lint crds --kubernetes 1.28              what Kubernetes 1.28 would not take
  crdgen lint crds --disable 'max-items=**/status/**' --output github
  kubectl get crd -o yaml | crdgen lint -         the CRDs of a cluster

Settings stand in the table [lint] of the crdgen.toml beside the CRDs: profile, kubernetes, cost_share, deny_warnings,
enable and disable. A flag wins over the same setting there; --enable and --disable add to it. A place is
CRD/VERSION/PROPERTY/…: `*` stands for one step, `**` for any number.

Exit codes: 0 nothing found or warnings only, 1 errors (with --deny-warnings also warnings), 2 wrong usage or
input that cannot be read.";

impl Lint {
    /// Does what the arguments say. Ends the process on wrong usage, as Clap does.
    pub(super) fn main(&self) -> ExitCode {
        if self.list {
            print(&list());
            return ExitCode::SUCCESS;
        }
        if self.paths.is_empty() {
            let missing = "name the files or folders of the CRDs: crdgen lint <PATHS>...";
            Arguments::command().error(ErrorKind::MissingRequiredArgument, missing).exit();
        }
        match self.settings() {
            Ok((settings, deny_warnings)) => self.run(&settings, deny_warnings),
            Err(message) => {
                eprintln!("{message}");
                ExitCode::from(2)
            }
        }
    }

    /// The flags, and for what they leave open the settings file; and whether warnings fail the command.
    fn settings(&self) -> Result<(Settings, bool), String> {
        let file = match &self.config {
            Some(file) => Some(file.clone()),
            None => settings::beside(&self.paths).map_err(|error| error.to_string())?,
        };
        let written = file.as_deref().map(settings::read).transpose().map_err(|error| error.to_string())?;
        let Options { lint: written, .. } = written.unwrap_or_default();
        let flags = options::Lint {
            profile: self.profile.clone(),
            kubernetes: self.kubernetes.clone(),
            cost_share: self.cost_share,
            deny_warnings: self.deny_warnings.then_some(true),
            enable: self.enable.clone(),
            disable: self.disable.clone(),
        };
        let lint = flags.or(written);
        Ok((Settings::new(&lint)?, lint.deny_warnings.unwrap_or_default()))
    }

    fn run(&self, settings: &Settings, deny_warnings: bool) -> ExitCode {
        let report = lint(&load::load(&self.paths), settings);
        let fails = report.count(Severity::Error) > 0 || deny_warnings && report.count(Severity::Warning) > 0;
        let code = if report.has_unread_input() { 2 } else { u8::from(fails) };
        print(&self.shown(&if self.quiet { report.errors_only() } else { report }));
        ExitCode::from(code)
    }

    fn shown(&self, report: &Report) -> String {
        match self.output {
            Format::Text => report.to_text(Tables { costs: self.costs, versions: self.versions }),
            Format::Json => report.to_json(),
            Format::Github => report.to_github(),
            Format::Sarif => report.to_sarif(),
        }
    }
}

fn print(text: &str) {
    // A reader may have seen enough (`| head`).
    let _ = io::stdout().write_all(text.as_bytes());
}
