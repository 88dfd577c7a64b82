//! The CRDs that all sides generate: sampled files, a name once, without those that a side fails on.

use std::{
    collections::BTreeSet,
    fmt, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Result, ensure};
use crdgen_schema::definition;

use super::{Args, Programs, kopium, remove};
use crate::sample;

/// The chosen CRDs, and why the others were not.
#[derive(Debug)]
pub(super) struct Candidates {
    /// Holds copies of the chosen files, a sub-folder for each project.
    pub(super) folder: PathBuf,
    /// In the order of their paths.
    pub(super) chosen: Vec<Candidate>,
    bytes: usize,
    sampled: usize,
    repeated: usize,
    only_kopium_fails: usize,
    only_crdgen_fails: usize,
    both_fail: usize,
}

/// One CRD.
#[derive(Debug)]
pub(super) struct Candidate {
    /// The copy.
    pub(super) file: PathBuf,
    /// The names of its versions.
    pub(super) versions: Vec<String>,
}

impl Candidates {
    /// Samples, tries both programs on each file, and copies those that both can generate into `folder`.
    pub(super) fn choose(args: &Args, programs: &Programs, folder: &Path) -> Result<Self> {
        remove(folder)?;
        let below = |file: &PathBuf| file.strip_prefix(&args.crds).unwrap_or(file).to_owned();
        let files = sample::files(&args.crds, &["yaml", "yml", "json"])?;
        let files = sample::sample(files, args.sample, args.seed, |file| below(file).to_string_lossy().into_owned());
        let mut candidates = Self {
            folder: folder.to_owned(),
            chosen: Vec::new(),
            bytes: 0,
            sampled: files.len(),
            repeated: 0,
            only_kopium_fails: 0,
            only_crdgen_fails: 0,
            both_fail: 0,
        };
        let mut names = BTreeSet::new();
        for file in &files {
            let text = fs::read_to_string(file)?;
            let (name, versions) = name_and_versions(&text);
            // Two projects may ship the same CRD, and a folder holds it once.
            if name.is_some_and(|name| !names.insert(name)) {
                candidates.repeated += 1;
            } else if candidates.both_generate(programs, file, &versions)? {
                let copy = folder.join(below(file));
                fs::create_dir_all(copy.parent().unwrap_or(folder))?;
                fs::write(&copy, &text)?;
                candidates.bytes += text.len();
                candidates.chosen.push(Candidate { file: copy, versions });
            }
        }
        ensure!(!candidates.chosen.is_empty(), "no CRD under {} was selected", args.crds.display());
        Ok(candidates)
    }

    /// The chosen files.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.chosen.iter().map(|crd| crd.file.as_path())
    }

    /// Their size, in megabytes.
    #[expect(clippy::cast_precision_loss, reason = "shown as megabytes")]
    pub(super) fn megabytes(&self) -> f64 {
        self.bytes as f64 / 1e6
    }

    fn both_generate(&mut self, programs: &Programs, file: &Path, versions: &[String]) -> Result<bool> {
        let out = self.folder.with_file_name("trial");
        remove(&out)?;
        let crdgen = succeeds(&mut programs.crdgen(file, &out, false))?;
        let mut kopium = succeeds(&mut kopium::command(&programs.kopium, file, None))?;
        for version in versions {
            kopium = kopium && succeeds(&mut kopium::command(&programs.kopium, file, Some(version)))?;
        }
        match (crdgen, kopium) {
            (true, true) => {}
            (true, false) => self.only_kopium_fails += 1,
            (false, true) => self.only_crdgen_fails += 1,
            (false, false) => self.both_fail += 1,
        }
        Ok(crdgen && kopium)
    }
}

impl fmt::Display for Candidates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let versions: usize = self.chosen.iter().map(|crd| crd.versions.len()).sum();
        writeln!(
            f,
            "{} of {} sampled CRDs ({versions} versions, {:.1} MB of YAML): those that all sides generate",
            self.chosen.len(),
            self.sampled,
            self.megabytes()
        )?;
        write!(
            f,
            "left out: {} that another project has as well, {} that kopium cannot generate, {} that crdgen cannot, {} that neither can",
            self.repeated, self.only_kopium_fails, self.only_crdgen_fails, self.both_fail
        )
    }
}

fn name_and_versions(text: &str) -> (Option<String>, Vec<String>) {
    let definitions = definition::load("", text).definitions;
    let versions = definitions.iter().flat_map(|crd| &crd.versions).map(|version| version.name.clone()).collect();
    (definitions.first().map(|crd| crd.name.clone()), versions)
}

fn succeeds(command: &mut Command) -> Result<bool> {
    Ok(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_its_crds_name_and_all_its_versions() {
        let text = fs::read_to_string(crate::project::root().join("fixtures/crds/example.com/databases.yaml")).unwrap();
        let (name, versions) = name_and_versions(&text);
        assert_eq!(name.as_deref(), Some("databases.example.com"));
        assert!(versions.contains(&"v1alpha1".to_owned()));
        assert_eq!(name_and_versions("a: 1\n"), (None, Vec::new()));
    }
}
