//! `crdgen validate`: the API server's verdict of objects.
//!
//! In: arguments. Out: an exit code; the report on standard output, or on standard error beside the objects of `--defaulted`;
//! progress on standard error.

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{CommandFactory as _, ValueEnum, error::ErrorKind};

use super::{Arguments, outcome::write, progress::Bar};
use crate::{
    load::STDIN,
    options::Glob,
    validate::{Options, Report, Request, run},
};

/// Says what the API server would say of objects: of custom resources, by their CRDs.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Validate {
    /// The objects: files of YAML or JSON, folders of them, or `-` for standard input. CRDs among them count as CRDs
    #[arg(value_name = "OBJECT", required = true)]
    objects: Vec<PathBuf>,
    /// The CRDs: a file, a folder or `-`; may be given again. Of two CRDs of one name the last one counts
    #[arg(long, value_name = "PATH")]
    crds: Vec<PathBuf>,
    /// Objects as they are stored: an object of the same kind, namespace and name replaces one. May be given again
    #[arg(long, value_name = "PATH")]
    old: Vec<PathBuf>,
    /// Judge objects as updates of the status of old ones
    #[arg(long, requires = "old")]
    status: bool,
    /// Refuse unknown and duplicate fields, as with `fieldValidation=Strict`, instead of warning of them
    #[arg(long)]
    strict: bool,
    /// Skip objects without a CRD, built-in kinds among them, instead of refusing them
    #[arg(long)]
    ignore_missing: bool,
    /// Print the accepted objects as they would be stored, and the report on standard error
    #[arg(long)]
    defaulted: bool,
    /// Leave out files that match; may be given again. `*` is any text without a slash, `**` any number of folders
    #[arg(long, value_name = "PATTERN", value_parser = Glob::new)]
    skip: Vec<Glob>,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
    /// Report errors only
    #[arg(long, short)]
    quiet: bool,
}

/// How a report is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, like a compiler's diagnostics
    #[default]
    Text,
    /// One JSON document, by docs/schemas/validate-v1.json
    Json,
    /// JUnit XML: a test for each object
    Junit,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations for a GitHub workflow
    Github,
}

const EXAMPLES: &str = "\
Examples:
  crdgen validate --crds crds objects                     all objects in a folder
  kustomize build . | crdgen validate --crds crds --strict --ignore-missing -
  crdgen validate --crds crds --old before.yaml after.yaml    an update, with transition rules
  crdgen validate --crds crds --defaulted db.yaml         what would be stored
  crdgen validate --crds crds objects --output github     annotations of a pull request

An object is decoded, pruned, defaulted and validated as kube-apiserver 1.36 does it, CEL rules included. What depends on
the cluster is not checked: names that are taken, resource versions, webhooks, admission policies and quotas.

Exit codes: 0 all accepted, 1 something refused, 2 wrong usage, or a file or CRD that cannot be read.";

impl Validate {
    /// Does what the arguments say. Ends the process on wrong usage, as Clap does.
    pub(super) fn main(self) -> ExitCode {
        let all = [&self.objects, &self.crds, &self.old];
        let stdin = all.into_iter().flatten().filter(|path| *path == Path::new(STDIN)).count();
        if stdin > 1 {
            let told = "standard input (`-`) is named more than once: only one PATH or OBJECT can be read from it";
            Arguments::command().error(ErrorKind::ArgumentConflict, told).exit();
        }
        let options = Options {
            strict: self.strict,
            status: self.status,
            ignore_missing: self.ignore_missing,
            stored: self.defaulted,
        };
        let request = Request { crds: self.crds, objects: self.objects, old: self.old, skip: self.skip, options };
        let bar = Bar::new(self.quiet);
        let mut report = run(&request, &bar);
        bar.finish();
        if self.quiet {
            report.keep_errors();
        }
        let text = print(&report, self.output, self.quiet);
        if self.defaulted {
            write(io::stderr(), &text);
            write(io::stdout(), &report.stored());
        } else {
            write(io::stdout(), &text);
        }
        ExitCode::from(match (report.is_incomplete(), report.refuses()) {
            (true, _) => 2,
            (false, true) => 1,
            (false, false) => 0,
        })
    }
}

fn print(report: &Report, format: Format, quiet: bool) -> String {
    match format {
        Format::Text => report.to_text(!quiet),
        Format::Json => report.to_json(),
        Format::Junit => report.to_junit(),
        Format::Sarif => report.to_sarif(),
        Format::Github => report.to_github(),
    }
}
