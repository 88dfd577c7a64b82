//! `grow`: the proof that a CRD that grows never changes what a name of existing Rust stands for.
//!
//! Of every CRD, code is generated, and then of its grown variants, over the manifest of the first output. What each name
//! of either stands for is read from the generated text itself ([`code`]), and the two are compared ([`compare`]).

mod code;
mod compare;
mod generation;
mod proof;
mod report;
#[cfg(test)]
mod tests;

use std::{path::PathBuf, sync::atomic::AtomicUsize, time::Instant};

use anyhow::{Result, ensure};
use rayon::prelude::*;

use crate::{sample::Selection, usage};
use proof::Names;
use report::Report;

/// Prove that a CRD that grows never changes what a name of existing Rust stands for
///
/// Of every CRD under a folder, variants are made as a next release may bring them: properties and values that come, go,
/// move or differ from another one only in case or in a dash, other shapes, versions, a second CRD. Code for each is
/// generated over the output of before; then every name of that output must stand for the same, or be gone. What a name
/// stands for is read from the generated Rust alone. Ends with a table, and with exit status 1 if a name changed.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask grow --crds target/shared/dev
  cargo xtask grow --crds target/shared/dev --only 'cert-manager*' --keep target/grow
  cargo xtask grow --crds target/shared/dev --sample 100 --seed 7 --without-manifest")]
pub(crate) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// Give all names anew each time, to see how many change then; this does not count as a failure
    #[arg(long)]
    without_manifest: bool,
    /// Write the old and the new CRD of each name that changed into this folder
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// Proves it for all CRDs that were asked for, and prints the table.
pub(crate) fn run(args: &Args) -> Result<()> {
    let started = Instant::now();
    let subjects = proof::subjects(&args.selection.texts()?);
    ensure!(!subjects.is_empty(), "no CRD was selected");
    let names = if args.without_manifest { Names::Anew } else { Names::Kept };
    let done = AtomicUsize::new(0);
    let mut report = subjects
        .par_iter()
        .map(|subject| {
            let report = proof::prove(subject, args.selection.seed, names);
            progress(&done, subjects.len());
            report
        })
        .reduce(Report::default, Report::joined);
    report.seconds = started.elapsed().as_secs_f64();
    report.peak_bytes = usage::own_peak_bytes()?;
    report.print();
    if let Some(folder) = &args.keep {
        report.keep(folder)?;
    }
    ensure!(args.without_manifest || !report.failed(), "names have changed what they stand for");
    Ok(())
}

fn progress(done: &AtomicUsize, all: usize) {
    let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
    if done.is_multiple_of(100) {
        eprintln!("{done} of {all} CRDs");
    }
}
