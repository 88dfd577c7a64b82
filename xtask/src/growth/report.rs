//! What a run found, and the table that shows it.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};

use super::compare::{Finding, Findings, Kind};
use crate::mutation::{self, Variant};

/// Counts, and every name that changed.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// CRDs that were looked at.
    pub(crate) crds: usize,
    /// Wall seconds.
    pub(crate) seconds: f64,
    /// Peak memory of this process.
    pub(crate) peak_bytes: u64,
    tallies: BTreeMap<String, Tally>,
    kinds: BTreeMap<Kind, usize>,
    /// Variants that are not generated, by mutation and cause.
    refused: BTreeMap<(String, String), usize>,
    /// The first failures.
    failures: Vec<Failure>,
}

/// The counts of one mutation.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    variants: usize,
    names: usize,
    gone: usize,
    changed: usize,
}

/// A variant with names that changed.
#[derive(Clone, Debug)]
struct Failure {
    crd: String,
    label: String,
    findings: Vec<Finding>,
    old: String,
    new: String,
}

/// How many failures are printed, and names of each.
const SHOWN: usize = 20;
const NAMES_SHOWN: usize = 3;

/// How many failures are kept with their CRDs.
const KEPT: usize = 200;

impl Report {
    /// Adds a comparison. `texts` are the old and the new CRDs.
    pub(crate) fn add(&mut self, crd: &str, variant: &Variant, texts: (&str, &str), findings: Findings) {
        let Findings { names, gone, changed } = findings;
        for finding in &changed {
            *self.kinds.entry(finding.kind).or_default() += 1;
        }
        let tally = Tally { variants: 1, names, gone, changed: changed.len() };
        self.tallies.entry(variant.mutation.to_owned()).or_default().add(tally);
        if !changed.is_empty() && self.failures.len() < KEPT {
            let [crd, label, old, new] = [crd, &variant.label, texts.0, texts.1].map(str::to_owned);
            self.failures.push(Failure { crd, label, findings: changed, old, new });
        }
    }

    /// Notes that something is not generated.
    pub(crate) fn refuse(&mut self, mutation: &str, cause: &str) {
        let error = cause.lines().find_map(|line| line.split_once("error: ")).map_or(cause, |(_, message)| message);
        let parts = error.lines().next().unwrap_or_default().split(['"', '`']).enumerate();
        let cause = parts.map(|(index, part)| if index % 2 == 0 { part } else { "…" }).collect();
        *self.refused.entry((mutation.to_owned(), cause)).or_default() += 1;
    }

    /// Both reports in one.
    pub(crate) fn joined(mut self, other: Self) -> Self {
        self.crds += other.crds;
        for (mutation, tally) in other.tallies {
            self.tallies.entry(mutation).or_default().add(tally);
        }
        for (kind, count) in other.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
        for (cause, count) in other.refused {
            *self.refused.entry(cause).or_default() += count;
        }
        self.failures.extend(other.failures);
        self.failures.truncate(KEPT);
        self
    }

    /// Whether a name stands for something else, or cannot stand where it does.
    pub(crate) fn failed(&self) -> bool {
        !self.failures.is_empty()
    }

    /// Prints the table.
    pub(crate) fn print(&self) {
        println!("{:<56} {:>8} {:>10} {:>8} {:>8}", "mutation", "variants", "names", "gone", "changed");
        let mut all = Tally::default();
        for name in mutation::names() {
            let tally = self.tallies.get(name).copied().unwrap_or_default();
            println!("{}", tally.line(name));
            all.add(tally);
        }
        println!("{}", all.line("all"));
        #[expect(clippy::cast_precision_loss, reason = "shown as megabytes")]
        let megabytes = self.peak_bytes as f64 / 1e6;
        println!("{} CRDs, {:.1} s, peak memory {megabytes:.0} MB", self.crds, self.seconds);
        for ((mutation, cause), count) in &self.refused {
            println!("not generated: {count} of {mutation}: {cause}");
        }
        for (kind, count) in &self.kinds {
            println!("changed: {count} of {}", kind.words());
        }
        for failure in self.failures.iter().take(SHOWN) {
            println!("\n{}: {}", failure.crd, failure.label);
            for finding in failure.findings.iter().take(NAMES_SHOWN) {
                println!("    {finding}");
            }
        }
    }

    /// Writes the old and the new CRDs of the first failures into a folder.
    pub(crate) fn keep(&self, folder: &Path) -> Result<()> {
        for (number, failure) in self.failures.iter().enumerate() {
            let folder = folder.join(number.to_string());
            fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
            fs::write(folder.join("old.yaml"), &failure.old)?;
            fs::write(folder.join("new.yaml"), &failure.new)?;
            let lines: Vec<String> = failure.findings.iter().map(ToString::to_string).collect();
            let text = format!("{}\n{}\n\n{}\n", failure.crd, failure.label, lines.join("\n"));
            fs::write(folder.join("names.txt"), text)?;
        }
        Ok(())
    }
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.variants += other.variants;
        self.names += other.names;
        self.gone += other.gone;
        self.changed += other.changed;
    }

    fn line(&self, name: &str) -> String {
        let Self { variants, names, gone, changed } = self;
        format!("{name:<56} {variants:>8} {names:>10} {gone:>8} {changed:>8}")
    }
}
