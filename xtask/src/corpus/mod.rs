//! `corpus`: an honest measure over a folder of real CRDs and objects.
//!
//! Every CRD is generated on its own; the output can be compiled, in batches, and real objects sent through the
//! generated types. What fails is counted by cause, and fails the command.

mod batch;
pub(crate) mod generate;
mod objects;
mod report;
mod round_trip;
mod verdicts;

use std::{path::PathBuf, time::Instant};

use anyhow::{Result, ensure};

use crate::{sample, usage};

/// Generate every CRD under a folder; compile the output; send real objects through it
///
/// Ends with a table (CRDs, versions, failures by cause, types, lines, seconds, peak memory) and with exit status 1 if
/// anything failed.
#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[command(after_help = "Examples:
  cargo xtask corpus --crds target/shared/dev
  cargo xtask corpus --crds target/shared/dev --only 'cert-manager*' --together --compile --doc
  cargo xtask corpus --crds target/shared/dev --objects target/shared/samples-dev --sample 100 --round-trip
  cargo xtask corpus --crds target/shared/dev --compile --round-trip --synthesize --batch 40
  cargo xtask corpus --crds target/shared/dev --only 'kong*' --verdicts target/shared/conformance/corpus.jsonl")]
pub(crate) struct Args {
    /// The folder with CRDs
    #[arg(long, value_name = "DIR")]
    crds: PathBuf,
    /// The folder with objects for them; those of a CRD's own sub-folder are preferred
    #[arg(long, value_name = "DIR", requires = "round_trip")]
    objects: Option<PathBuf>,
    /// Compile what was generated, with warnings as errors
    #[arg(long)]
    compile: bool,
    /// Decode and encode the objects through the generated types (compiles them)
    #[arg(long)]
    round_trip: bool,
    /// Make objects from each schema as well: minimal and full ones, with nulls, empty values, integers beyond 32 bits, and
    /// odd texts in every format
    #[arg(long, requires = "round_trip")]
    synthesize: bool,
    /// Judge the cases of this conformance file by the generated types (compiles them), and compare with the schema's verdict
    #[arg(long, value_name = "FILE")]
    verdicts: Option<PathBuf>,
    /// Generate types only: no clients, listers, informers
    #[arg(long)]
    types_only: bool,
    /// Document what was compiled, with warnings as errors
    #[arg(long, requires = "compile")]
    doc: bool,
    /// Generate all selected CRDs as one run, into one crate
    #[arg(long)]
    together: bool,
    /// Only CRD files whose path below the folder matches (`*` and `?`); may be given again
    #[arg(long, value_name = "GLOB")]
    only: Vec<String>,
    /// Only this many CRDs, chosen by the seed
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// The seed of the sample
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many CRDs are compiled in one crate
    #[arg(long, value_name = "N", default_value_t = 25)]
    batch: usize,
}

/// Runs all that was asked for and prints the table.
pub(crate) fn run(args: &Args) -> Result<()> {
    let started = Instant::now();
    let files = select(args)?;
    ensure!(!files.is_empty(), "no CRD under {} was selected", args.crds.display());
    let mut report = report::Report::default();
    let generated = generate(&files, args, &mut report)?;
    report.generation_seconds = started.elapsed().as_secs_f64();
    if args.must_compile() {
        let objects = match &args.objects {
            Some(folder) if args.round_trip => objects::collect(folder, &generated, &mut report)?,
            _ => Vec::new(),
        };
        let cases = args.verdicts.as_deref().map(verdicts::read).transpose()?.unwrap_or_default();
        batch::check(&generated, &objects, &cases, &args.batches(), &mut report)?;
    }
    report.peak_bytes = usage::own_peak_bytes()?;
    report.print();
    ensure!(!report.failed(), "the corpus has failures");
    Ok(())
}

impl Args {
    fn must_compile(&self) -> bool {
        self.compile || self.round_trip || self.verdicts.is_some()
    }

    fn batches(&self) -> batch::Batches {
        batch::Batches { size: self.batch, doc: self.doc, synthesize: self.synthesize }
    }
}

/// Generates the files. Output that will not be compiled is counted and dropped, to save memory.
fn generate(files: &[PathBuf], args: &Args, report: &mut report::Report) -> Result<Vec<generate::Generated>> {
    if args.together {
        return Ok(vec![generate::together(files, &args.crds, args.types_only, report)?]);
    }
    let mut generated = Vec::new();
    generate::all(files, &args.crds, args.types_only, report, |crd| {
        if args.must_compile() {
            generated.push(crd);
        }
    })?;
    Ok(generated)
}

fn select(args: &Args) -> Result<Vec<PathBuf>> {
    let mut files = sample::files(&args.crds, &["yaml", "yml", "json"])?;
    let name = |file: &PathBuf| file.strip_prefix(&args.crds).unwrap_or(file).to_string_lossy().into_owned();
    if !args.only.is_empty() {
        files.retain(|file| args.only.iter().any(|glob| sample::glob_matches(glob, &name(file))));
    }
    Ok(match args.sample {
        Some(count) => sample::sample(files, count, args.seed, name),
        None => files,
    })
}
