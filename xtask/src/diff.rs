//! `diff`: whether `crdgen diff` tells the truth.
//!
//! In: CRDs. Of each, grown variants are made ([`mutation`]), and both directions between it and each variant are compared.
//! Then objects are asked: one that the old CRD accepts and the new one refuses, or keeps less of, must not stand against
//! "compatible", and every object that a finding shows must do what the finding says. Objects are found by
//! `compatibility::contradiction`, which knows nothing of how schemas are compared, with more objects than a comparison tries.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use crdgen_schema::{
    compatibility::{self, Answer, Finding, Verdict, Witness},
    definition::{self, Definition},
    strategy::Operation,
    synthesis::{Limits, Synthesizer},
};
use rayon::prelude::*;
use serde_json::Value;

use crate::{mutation, sample::Selection};

/// Check what `crdgen diff` says about grown CRDs against objects
///
/// Of every CRD under a folder, variants are made as a next release may bring them, and both directions are compared.
/// "Compatible" must not be contradicted by an object that the old CRD accepts and the new one refuses, or keeps less of;
/// every object in a finding must show what the finding says; a CRD must be compatible with itself. Ends with a table, and with
/// exit status 1 if any of that is not so.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask diff --crds target/shared/dev --sample 60
  cargo xtask diff --crds target/shared/dev --only 'cert-manager*' --keep target/diff")]
pub(crate) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// How many variants of each CRD
    #[arg(long, value_name = "N", default_value_t = 40)]
    variants: usize,
    /// Write the old and the new CRD of each wrong verdict into this folder
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// More objects than a comparison tries itself.
const LIMITS: Limits = Limits { turns: 32, parts: 200, nodes: 6000, steps: 1_500_000 };

/// Checks all pairs of all CRDs that were asked for, and prints the table.
pub(crate) fn run(args: &Args) -> Result<()> {
    let started = Instant::now();
    let texts = args.selection.texts()?;
    let definitions: Vec<Definition> =
        texts.iter().flat_map(|(file, text)| definition::load(file, text).definitions).collect();
    ensure!(!definitions.is_empty(), "no CRD was selected");
    let done = AtomicUsize::new(0);
    let report = definitions
        .par_iter()
        .map(|definition| {
            let report = check_variants(definition, args);
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(10) {
                eprintln!("{done} of {} CRDs", definitions.len());
            }
            report
        })
        .reduce(Report::default, Report::joined);
    report.print(definitions.len(), started.elapsed().as_secs_f64());
    if let Some(folder) = &args.keep {
        report.keep(folder)?;
    }
    ensure!(report.pairs > 0, "no variant of the CRDs is one that the API server takes");
    ensure!(report.faults.is_empty(), "{} verdicts are wrong", report.faults.len());
    Ok(())
}

/// What was found.
#[derive(Debug, Default)]
struct Report {
    pairs: usize,
    /// Pairs by their verdict.
    verdicts: BTreeMap<&'static str, usize>,
    /// Findings by code and verdict.
    findings: BTreeMap<(String, &'static str), usize>,
    /// Findings with an object that shows them.
    witnesses: usize,
    /// The longest comparison, in seconds.
    slowest: f64,
    faults: Vec<Fault>,
}

/// A wrong verdict.
#[derive(Debug)]
struct Fault {
    /// Which pair, and what is wrong.
    told: String,
    old: String,
    new: String,
}

/// How many faults are printed, and how much of each. `--keep` has everything.
const SHOWN: usize = 20;
const SHOWN_CHARACTERS: usize = 500;

/// Both directions between a CRD and each of its variants, and the CRD and itself.
fn check_variants(definition: &Definition, args: &Args) -> Report {
    let mut report = Report::default();
    let name = format!("{} ({})", definition.source.file, definition.name);
    if !compatibility::compare(definition, definition).findings.is_empty() {
        report.fault(format!("{name}: differs from itself"), definition, definition);
    }
    let Some(old) = taken(&definition.json) else { return report };
    let variants = match mutation::variants(&definition.json, args.selection.seed) {
        Ok(variants) => variants.collect::<Vec<_>>(),
        Err(error) => {
            report.fault(format!("{name}: {error}"), definition, definition);
            return report;
        }
    };
    // From all over the list: it is sorted by mutation.
    let every = variants.len().div_ceil(args.variants.max(1)).max(1);
    for variant in variants.iter().step_by(every) {
        let Some(new) = variant.text.split("\n---\n").next().and_then(taken).filter(|new| new.name == old.name) else {
            continue;
        };
        report.pair(&old, &new, &format!("{name}: {}", variant.label));
        report.pair(&new, &old, &format!("{name}: the reverse of {}", variant.label));
    }
    report
}

/// The definition, if the API server takes it.
fn taken(text: &str) -> Option<Definition> {
    let mut loaded = definition::load("crd.json", text);
    let is_taken = !loaded.diagnostics.has_errors() && loaded.refusals.is_empty() && loaded.definitions.len() == 1;
    is_taken.then(|| loaded.definitions.remove(0))
}

impl Report {
    fn pair(&mut self, old: &Definition, new: &Definition, label: &str) {
        let started = Instant::now();
        let comparison = compatibility::compare(old, new);
        self.slowest = self.slowest.max(started.elapsed().as_secs_f64());
        self.pairs += 1;
        *self.verdicts.entry(comparison.verdict().name()).or_default() += 1;
        for finding in &comparison.findings {
            *self.findings.entry((finding.code.to_string(), finding.verdict.name())).or_default() += 1;
            self.witnesses += usize::from(finding.witness.is_some());
            if let Some(wrong) = wrong_witness(old, new, finding) {
                self.fault(format!("{label}: {wrong}: {finding:?}"), old, new);
            }
        }
        if comparison.verdict() == Verdict::Compatible
            && let Some((version, witness)) = compatibility::contradiction(old, new, &LIMITS)
        {
            let told =
                format!("{label}: called compatible; {version} of the new one {}: {}", witness.answer, witness.object);
            self.fault(told, old, new);
        }
    }

    fn fault(&mut self, told: String, old: &Definition, new: &Definition) {
        self.faults.push(Fault { told, old: old.json.clone(), new: new.json.clone() });
    }

    fn joined(mut self, other: Self) -> Self {
        self.pairs += other.pairs;
        self.witnesses += other.witnesses;
        self.slowest = self.slowest.max(other.slowest);
        for (verdict, count) in other.verdicts {
            *self.verdicts.entry(verdict).or_default() += count;
        }
        for (code, count) in other.findings {
            *self.findings.entry(code).or_default() += count;
        }
        self.faults.extend(other.faults);
        self
    }

    fn print(&self, crds: usize, seconds: f64) {
        println!("{:<40} {:>10} {:>16} {:>10}", "finding", "compatible", "needs-migration", "breaking");
        let codes: std::collections::BTreeSet<&String> = self.findings.keys().map(|(code, _)| code).collect();
        for code in codes {
            let mut line = format!("{code:<40}");
            for (verdict, width) in [(Verdict::Compatible, 10), (Verdict::NeedsMigration, 16), (Verdict::Breaking, 10)]
            {
                let count = self.findings.get(&(code.clone(), verdict.name())).copied().unwrap_or_default();
                // Writing to a string cannot fail.
                let _ = write!(line, " {count:>width$}");
            }
            println!("{line}");
        }
        let verdicts: Vec<String> = self.verdicts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
        println!(
            "{crds} CRDs, {} pairs ({}), {} findings with an object, slowest comparison {:.1} s, {seconds:.0} s in all",
            self.pairs,
            verdicts.join(", "),
            self.witnesses,
            self.slowest
        );
        for fault in self.faults.iter().take(SHOWN) {
            println!("wrong: {}", fault.told.chars().take(SHOWN_CHARACTERS).collect::<String>());
        }
    }

    /// Writes the CRDs of each fault into a folder.
    fn keep(&self, folder: &Path) -> Result<()> {
        for (number, fault) in self.faults.iter().enumerate() {
            let folder = folder.join(number.to_string());
            std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
            for (file, text) in [("old.yaml", &fault.old), ("new.yaml", &fault.new), ("wrong.txt", &fault.told)] {
                std::fs::write(folder.join(file), text).with_context(|| format!("cannot write {file}"))?;
            }
        }
        Ok(())
    }
}

/// What is wrong with an update that the old CRD must take, and the new one must not.
fn wrong_update(before: &Synthesizer, after: &Synthesizer, witness: &Witness) -> Option<String> {
    let with_revision = |object: &Value| {
        let mut object = object.clone();
        object["metadata"]["resourceVersion"] = Value::from("1");
        object
    };
    let (old, new) = (with_revision(witness.replaces.as_ref()?), with_revision(&witness.object));
    let errors = |side: &Synthesizer| side.strategy().check(&new, Operation::Update { old: &old });
    if !errors(before).is_empty() {
        return Some(format!("the old one refuses the update: {}", errors(before)));
    }
    errors(after).is_empty().then(|| "the new one takes the update".to_owned())
}

/// What is wrong with the object of a finding, if it has one: it must be one that the old CRD accepts. The same version of the new
/// one must refuse it, or keep less of it, as the finding says.
fn wrong_witness(old: &Definition, new: &Definition, finding: &Finding) -> Option<String> {
    let witness = finding.witness.as_ref()?;
    let version = witness.object["apiVersion"].as_str().and_then(|text| text.rsplit('/').next()).unwrap_or_default();
    let Some(before) = Synthesizer::new(old, version) else { return Some(format!("there was no version {version}")) };
    if let Some(refusal) = before.refusal(&witness.object) {
        return Some(format!("the old one refuses the object: {refusal}"));
    }
    // If the version is gone, or is not the one that the finding is about, requests are what is refused.
    let after = Synthesizer::new(new, version).filter(|_| finding.version.as_deref() == Some(version))?;
    let is_about_storage = finding.code.to_string().starts_with("stored-member");
    match &witness.answer {
        // What goes through another version on its way is not seen in this one.
        Answer::Loses(_) if is_about_storage => None,
        Answer::Refuses(_) if finding.code.to_string().starts_with("served-version") => None,
        Answer::Refuses(_) if witness.replaces.is_some() => wrong_update(&before, &after, witness),
        Answer::Refuses(_) => {
            after.refusal(&witness.object).is_none().then(|| "the new one accepts the object".to_owned())
        }
        Answer::Loses(paths) => {
            let mut kept = witness.object.clone();
            if let Err(error) = after.strategy().decode(&mut kept) {
                return Some(format!("the new one cannot read the object: {error}"));
            }
            let pointer = |path: &String| format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
            let stays = paths.iter().find(|path| kept.pointer(&pointer(path)).is_some());
            stays.map(|path| format!("the new one keeps {path}"))
        }
        _ => None,
    }
}
