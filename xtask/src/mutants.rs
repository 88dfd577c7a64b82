//! `mutants`: whether the tests of the runtime notice a fault, wherever it is put in.
//!
//! cargo-mutants puts small faults into the code, one at a time (a comparison turned around, a function that does nothing), and
//! runs the tests. A fault that no test notices is a behaviour that no test pins. `.cargo/mutants.toml` says which functions
//! are left out, and why.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};

use crate::project;

/// The least share of faults that must be noticed, in percent.
const LEAST: usize = 90;

/// A part of the runtime, with what the tests that are run for its mutants have in their names: the whole suite would take
/// several times as long.
struct Part {
    name: &'static str,
    tests: &'static [&'static str],
}

const PARTS: [Part; 5] = [
    Part { name: "queue", tests: &["queue::", "controller::", "metrics::"] },
    Part { name: "store", tests: &["store::", "lister::", "informer::", "controller::"] },
    Part { name: "reflector", tests: &["reflector::", "informer::"] },
    Part { name: "informer", tests: &["informer::", "factory::", "controller::", "wait::"] },
    Part { name: "controller", tests: &["controller::", "metrics::"] },
];

/// Put faults into the runtime, one at a time, and see whether its tests notice
///
/// Needs cargo-mutants (`cargo install cargo-mutants --locked`). Each fault takes about ten seconds on two cores, and there are
/// two to three hundred in each part; `--shard 0/8` takes every eighth of them.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these parts: queue, store, reflector, informer, controller
    parts: Vec<String>,
    /// Only the K-th of N samples, counted from 0
    #[arg(long, value_name = "K/N")]
    shard: Option<String>,
    /// How many faults are tried at the same time, each with a build folder of its own
    #[arg(long, value_name = "N", default_value_t = 1)]
    jobs: usize,
}

/// How the mutants of a part fared.
#[derive(Default)]
struct Tally {
    caught: usize,
    timeouts: usize,
    unviable: usize,
    missed: Vec<String>,
}

/// Tries the mutants of each part, and prints what was noticed and what was not.
pub(crate) fn run(args: &Args) -> Result<()> {
    for part in &args.parts {
        let known = PARTS.map(|part| part.name);
        ensure!(known.contains(&part.as_str()), "there is no part {part:?}; the parts are {}", known.join(", "));
    }
    ensure!(args.jobs > 0, "--jobs must be at least 1");
    ensure!(
        project::cargo().args(["mutants", "--version"]).output().is_ok_and(|output| output.status.success()),
        "cargo-mutants is not installed: run `cargo install cargo-mutants --locked`"
    );
    let mut few = Vec::new();
    let wanted = |part: &&Part| args.parts.is_empty() || args.parts.iter().any(|name| name == part.name);
    let mut report = String::new();
    for part in PARTS.iter().filter(wanted) {
        let tally = Tally::read(&mutate(part, args)?)?;
        report += &tally.line(part.name);
        if tally.share() < LEAST {
            few.push(part.name);
        }
    }
    print!("{report}");
    ensure!(few.is_empty(), "less than {LEAST} % of the faults were noticed in: {}", few.join(", "));
    Ok(())
}

/// Runs cargo-mutants over a part, on a copy of the tree. Returns the folder with its lists.
fn mutate(part: &Part, args: &Args) -> Result<PathBuf> {
    let out = project::target().join("mutants").join(part.name);
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let mut cargo = project::cargo();
    cargo.args(["mutants", "--package", "crdgen-runtime", "--file"]).arg(format!("runtime/src/{}/**", part.name));
    cargo.args(["--cargo-arg=--lib", "--minimum-test-timeout", "30", "--no-shuffle", "--output"]).arg(&out);
    if let Some(shard) = &args.shard {
        cargo.args(["--shard", shard]);
    }
    if args.jobs > 1 {
        // Jobs that share a build folder would wait for each other.
        cargo.args(["--jobs", &args.jobs.to_string()]).env_remove("CARGO_TARGET_DIR");
    } else {
        // What does not change is built once for all runs.
        cargo.env("CARGO_TARGET_DIR", project::target().join("mutants/build"));
    }
    // Nobody debugs a mutant.
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").args(["--", "--"]).args(part.tests);
    let status = cargo.status().context("cannot start cargo mutants")?;
    // 2: some were missed; 3: some did not end in time.
    match status.code() {
        Some(0 | 2 | 3) => Ok(out.join("mutants.out")),
        _ => bail!("cargo mutants ended with {status}; {} has its logs", out.display()),
    }
}

impl Tally {
    /// Reads the lists that cargo-mutants has written.
    fn read(folder: &Path) -> Result<Self> {
        let list = |name: &str| -> Result<Vec<String>> {
            let path = folder.join(name);
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            Ok(text.lines().map(str::to_owned).collect())
        };
        Ok(Self {
            caught: list("caught.txt")?.len(),
            timeouts: list("timeout.txt")?.len(),
            unviable: list("unviable.txt")?.len(),
            missed: list("missed.txt")?,
        })
    }

    /// The share of the faults that were noticed, in percent, of those that compile. Tests that never end are a notice, too.
    fn share(&self) -> usize {
        let noticed = self.caught + self.timeouts;
        (100 * noticed).checked_div(noticed + self.missed.len()).unwrap_or(100)
    }

    /// A line with the figures, and one for each fault that nobody noticed.
    fn line(&self, part: &str) -> String {
        let Self { caught, timeouts, unviable, missed } = self;
        let mut text = format!(
            "{part}: {} % noticed ({caught} by a failing test, {timeouts} by one that never ended), {} missed, {unviable} did not compile\n",
            self.share(),
            missed.len(),
        );
        for mutant in missed {
            text.push_str("  ");
            text.push_str(mutant);
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_of_those_that_compile() {
        let folder = tempfile::tempdir().unwrap();
        let lists = [
            ("caught.txt", "a\nb\n"),
            ("timeout.txt", "c\n"),
            ("unviable.txt", "d\ne\n"),
            ("missed.txt", "f.rs:1:2: g\n"),
        ];
        for (name, text) in lists {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let tally = Tally::read(folder.path()).unwrap();
        assert_eq!(tally.share(), 75);
        assert_eq!(
            tally.line("queue"),
            "queue: 75 % noticed (2 by a failing test, 1 by one that never ended), 1 missed, 2 did not compile\n  f.rs:1:2: g\n"
        );
        assert_eq!(Tally::default().share(), 100, "nothing to notice");
    }

    #[test]
    fn every_part_is_a_folder_of_the_runtime_with_tests() {
        for part in PARTS {
            let folder = project::root().join("runtime/src").join(part.name);
            assert!(folder.is_dir(), "{}", folder.display());
            assert!(part.tests.iter().any(|tests| tests.strip_suffix("::") == Some(part.name)), "{}", part.name);
        }
    }
}
