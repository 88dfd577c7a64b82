//! What it costs to generate code, beside kopium on the same files: a process for each CRD, and a whole folder at once.
//!
//! crdgen generates all versions of a CRD in one run; kopium generates one version a run. So kopium is measured twice: for
//! the one version that it chooses itself, which is its cheapest, and for all of them. Its processes run one after the
//! other, since it has no way to generate a folder. Both write docs; kopium's output is discarded, crdgen writes its files.
//! The floor is what reading the YAML costs.

mod candidates;
pub(crate) mod floor;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;
use tempfile::TempDir;

use self::candidates::Candidates;
use super::kopium;
use crate::{
    project,
    usage::{self, Usage},
};

/// CPU, time and memory of generating code, beside kopium on the same CRDs
///
/// Prints a table and ratios. Builds what it measures. CRDs that one side cannot generate are left out on all sides, and counted.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder with CRDs
    #[arg(long, value_name = "DIR", default_value = "target/shared/dev")]
    crds: PathBuf,
    /// How many CRDs, chosen by the seed
    #[arg(long, value_name = "N", default_value_t = 300)]
    sample: usize,
    /// The seed of the sample
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How often each side is measured, in turn; the medians are compared
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,
}

/// The programs that are measured.
struct Programs {
    crdgen: PathBuf,
    kopium: PathBuf,
    /// This program, optimised.
    xtask: PathBuf,
}

/// One way to do it.
struct Side {
    name: &'static str,
    commands: Vec<Command>,
    usages: Vec<Usage>,
}

/// Chooses the CRDs, measures in turn, prints the table.
pub(crate) fn run(args: &Args) -> Result<()> {
    let programs = Programs::build()?;
    let folder = project::target().join("bench/generate");
    let candidates = Candidates::choose(args, &programs, &folder.join("crds"))?;
    let out = output_folder(&folder)?;
    let mut sides = sides(&programs, &candidates, &out.path().join("out"));
    for round in 0..args.rounds {
        eprintln!("round {} of {}", round + 1, args.rounds);
        for side in &mut sides {
            // Over an existing output crdgen would compare files and write none.
            remove(&out.path().join("out"))?;
            side.usages.push(usage::measure(&side.commands)?);
        }
    }
    print(&sides, &candidates);
    Ok(())
}

impl Programs {
    /// Each is built on its own: together, features that only xtask needs would slow crdgen down.
    fn build() -> Result<Self> {
        for (package, binary) in [("crdgen", "crdgen"), ("xtask", "xtask")] {
            eprintln!("building {binary} (a minute or two the first time)");
            let build = ["build", "--quiet", "--release", "--package", package, "--bin", binary];
            project::run(project::cargo().args(build))?;
        }
        let release = project::target().join("release");
        Ok(Self { crdgen: release.join("crdgen"), kopium: kopium::program()?, xtask: release.join("xtask") })
    }

    fn crdgen(&self, input: &Path, out: &Path, types_only: bool) -> Command {
        let mut command = Command::new(&self.crdgen);
        command.arg("codegen").arg(input).arg("--out").arg(out);
        if types_only {
            command.arg("--types-only");
        }
        command
    }

    fn yaml(&self, level: &str, candidates: &Candidates) -> Command {
        let mut command = Command::new(&self.xtask);
        command.args(["yaml", level]).args(candidates.files());
        command
    }
}

/// A folder for what crdgen writes, in memory where the system has such a place: a disk that is busy with something else
/// would be measured with it, and more of it than of the generator.
fn output_folder(otherwise: &Path) -> Result<TempDir> {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory } else { otherwise };
    eprintln!("writing to {}", place.display());
    Ok(tempfile::Builder::new().prefix("crdgen-bench-").tempdir_in(place)?)
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}

const ONE_BY_ONE: &str = "crdgen, each CRD, types only";
const CHOSEN_VERSION: &str = "kopium, each CRD, one version";
const ALL_VERSIONS: &str = "kopium, each CRD, all versions";
const FOLDER: &str = "crdgen, the folder, types only";
const EVENTS: &str = "reading: YAML events";

fn sides(programs: &Programs, candidates: &Candidates, out: &Path) -> Vec<Side> {
    let each = |types_only| {
        let numbered = (0..).zip(candidates.files());
        numbered.map(|(number, file)| programs.crdgen(file, &out.join(format!("{number}")), types_only)).collect()
    };
    let whole = |types_only| vec![programs.crdgen(&candidates.folder, out, types_only)];
    let chosen = candidates.files().map(|file| kopium::command(&programs.kopium, file, None)).collect();
    let all = candidates
        .chosen
        .iter()
        .flat_map(|crd| crd.versions.iter().map(|version| kopium::command(&programs.kopium, &crd.file, Some(version))));
    [
        (ONE_BY_ONE, each(true)),
        ("crdgen, each CRD, with clients", each(false)),
        (CHOSEN_VERSION, chosen),
        (ALL_VERSIONS, all.collect()),
        (FOLDER, whole(true)),
        ("crdgen, the folder, with clients", whole(false)),
        (EVENTS, vec![programs.yaml("events", candidates)]),
        ("reading: a tree of nodes", vec![programs.yaml("nodes", candidates)]),
    ]
    .map(|(name, commands)| Side { name, commands, usages: Vec::new() })
    .into()
}

fn print(sides: &[Side], candidates: &Candidates) {
    let megabytes = candidates.megabytes();
    println!("{candidates}");
    println!("{:<34} {:>9} {:>8} {:>8} {:>9} {:>9}", "", "processes", "CPU s", "wall s", "MB/CPU s", "peak MB");
    for side in sides {
        let usage = Usage::median(&side.usages);
        println!(
            "{:<34} {:>9} {:>8.2} {:>8.2} {:>9.1} {:>9.0}",
            side.name,
            side.commands.len(),
            usage.cpu_seconds,
            usage.wall_seconds,
            megabytes / usage.cpu_seconds,
            usage.peak_megabytes(),
        );
    }
    for (ours, peer) in [
        (ONE_BY_ONE, CHOSEN_VERSION),
        (ONE_BY_ONE, ALL_VERSIONS),
        (FOLDER, CHOSEN_VERSION),
        (FOLDER, ALL_VERSIONS),
        (EVENTS, FOLDER),
    ] {
        let (Some(our), Some(its)) = (usage_of(sides, ours), usage_of(sides, peer)) else { continue };
        let (cpu, wall) = (its.cpu_seconds / our.cpu_seconds, its.wall_seconds / our.wall_seconds);
        println!("{peer} / {ours}: CPU {cpu:.2}x, wall {wall:.2}x");
    }
}

fn usage_of(sides: &[Side], name: &str) -> Option<Usage> {
    sides.iter().find(|side| side.name == name).map(|side| Usage::median(&side.usages))
}
