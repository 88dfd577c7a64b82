//! `crdgen codegen`: generates code, or says what it would change.
//!
//! In: arguments and a [`Config`]. Out: an exit code; the summary or the differences on standard output, findings and
//! progress on standard error.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::{CommandFactory as _, error::ErrorKind};
use serde_json::json;

use super::{
    Arguments,
    outcome::{Format, Outcome, findings},
};
use crate::{Config, Error, Refused};

/// The arguments of `crdgen codegen`. A command of your own can take them as its own, with other defaults:
///
/// ```no_run
/// use clap::Parser;
///
/// #[derive(Parser)]
/// struct Arguments {
///     #[command(flatten)]
///     codegen: crdgen::cli::Codegen,
/// }
///
/// fn main() -> std::process::ExitCode {
///     let mut codegen = Arguments::parse().codegen;
///     codegen.out.get_or_insert_with(|| "src/crds".into());
///     codegen.run(crdgen::configure().command("make crds"))
/// }
/// ```
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = EXAMPLES)]
#[non_exhaustive]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Codegen {
    /// CRD files (YAML or JSON), folders of them, or `-` for standard input
    pub paths: Vec<PathBuf>,
    /// The output folder; it must hold nothing else
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Change nothing: show what would change as a diff, and fail if anything would
    #[arg(long)]
    pub check: bool,
    /// Use this settings file instead of the crdgen.toml beside the CRDs
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Leave out clients, listers and informers
    #[arg(long)]
    pub types_only: bool,
    /// Leave out documentation
    #[arg(long)]
    pub no_docs: bool,
    /// Make integers of `format: int32` `i32` instead of `i64`
    #[arg(long)]
    pub i32: bool,
    /// Make maps `SmallMap` instead of `BTreeMap`: a few entries take much less memory
    #[arg(long)]
    pub small_maps: bool,
    /// What a CRD is that kube-apiserver would refuse [default: warning]
    #[arg(long, value_name = "SEVERITY")]
    pub refused: Option<Refused>,
    /// How to print what was found and done
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output: Format,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  crdgen codegen crds --out src/crds           generate, touching only files that change
  crdgen codegen crds --out src/crds --check   fail if the folder is not up to date
  kubectl get crd -o yaml | crdgen codegen - --out src/crds --types-only

Settings without a flag stand in crdgen.toml beside the CRDs; a flag wins over the same setting there.

--output json prints one document on standard output, whatever happened:
  {\"diagnostics\": [{\"severity\": \"warning\", \"code\": …, \"message\": …, \"file\": …, \"line\": …, \"column\": …,
                    \"path\": …, \"help\": …}, …],
   \"summary\": {\"definitions\": 1, \"types\": 4, \"files\": 7, \"written\": 7, \"removed\": 0}}
with `null` for what is not known, and for the summary if nothing was generated. With --check there is, instead of the
summary, \"check\": {\"clean\": false, \"stale\": [\"mod.rs\"], \"missing\": [], \"orphaned\": []}.

Exit codes: 0 fine, 1 a fault in the CRDs or out of date, 2 wrong usage.";

impl Codegen {
    /// Does what the arguments say, on top of `config`, and reports it. The exit code is 0 if all went well, 1 for a fault in
    /// the CRDs or output that is out of date, and 2 for a fault in the settings.
    pub fn run(&self, config: Config) -> ExitCode {
        let config = self.configure(config);
        let outcome = if self.check { self.check(&config) } else { self.generate(&config) };
        outcome.unwrap_or_else(|error| self.failure(&error)).print(self.output, self.quiet)
    }

    /// Ends the process on wrong usage, as Clap does.
    pub(super) fn main(&self) -> ExitCode {
        if self.paths.is_empty() {
            let missing = "name the files or folders of the CRDs: crdgen codegen <PATHS>...";
            Arguments::command().error(ErrorKind::MissingRequiredArgument, missing).exit();
        }
        self.run(crate::configure().exits())
    }

    fn configure(&self, mut config: Config) -> Config {
        if let Some(out) = &self.out {
            config = config.out(out);
        }
        if let Some(file) = &self.config {
            config = config.settings(file);
        }
        if self.types_only {
            config = config.types_only(true);
        }
        if self.no_docs {
            config = config.docs(false);
        }
        if self.i32 {
            config = config.i32(true);
        }
        if self.small_maps {
            config = config.small_maps(true);
        }
        if let Some(refused) = self.refused {
            config = config.refused(refused);
        }
        if !self.quiet && io::stderr().is_terminal() {
            config = config.progress(|text| eprintln!("{text}"));
        }
        config
    }

    fn generate(&self, config: &Config) -> Result<Outcome, Error> {
        let summary = config.generate(&self.paths)?;
        let json = json!({
            "definitions": summary.definitions,
            "types": summary.types,
            "files": summary.files,
            "written": summary.written,
            "removed": summary.removed,
        });
        let text = format!("{summary}\n");
        Ok(Outcome { diagnostics: summary.warnings, result: ("summary", json), text, failure: None, code: 0 })
    }

    fn check(&self, config: &Config) -> Result<Outcome, Error> {
        let report = config.check(&self.paths)?;
        let clean = report.is_clean();
        let json = json!({
            "clean": clean,
            "stale": report.stale,
            "missing": report.missing,
            "orphaned": report.orphaned,
        });
        let text = if clean { "up to date\n".to_owned() } else { report.to_string() };
        let stale = "the output is not up to date: run the same command without --check";
        Ok(Outcome {
            diagnostics: report.warnings,
            result: ("check", json),
            text,
            failure: (!clean).then(|| stale.to_owned()),
            code: u8::from(!clean),
        })
    }

    fn failure(&self, error: &Error) -> Outcome {
        let is_usage = matches!(error, Error::NoOutput | Error::Settings { .. } | Error::Setting(_));
        Outcome {
            diagnostics: findings(error),
            result: (if self.check { "check" } else { "summary" }, serde_json::Value::Null),
            text: String::new(),
            failure: None,
            code: if is_usage { 2 } else { 1 },
        }
    }
}
