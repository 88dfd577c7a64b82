//! A crate below the target folder that holds generated code, a module for each CRD, to compile or to measure.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context, Result};

use crate::project;

/// Files by their path below a module's folder.
pub(crate) type Files = BTreeMap<String, String>;

/// A crate that is written anew each time; its dependencies stay compiled in `target`.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// The crate's folder.
    pub(crate) folder: PathBuf,
    /// Its target folder, which several crates may share.
    pub(crate) target: PathBuf,
    /// The `[dependencies]`, as text.
    pub(crate) dependencies: String,
    /// Whether a warning fails the build.
    pub(crate) deny_warnings: bool,
}

impl Scratch {
    /// Writes the crate: `modules` in folders of their own, and `root` (its path below `src`, and its text). A file that has its
    /// text already is left alone: then cargo sees that there is nothing to compile.
    pub(crate) fn write(&self, modules: &BTreeMap<String, Files>, root: (&str, &str)) -> Result<()> {
        let source = self.folder.join("src");
        fs::create_dir_all(&source)?;
        let mut texts = BTreeMap::from([(source.join(root.0), root.1)]);
        for (module, files) in modules {
            texts.extend(files.iter().map(|(path, text)| (source.join(module).join(path), text.as_str())));
        }
        remove_others(&source, &texts)?;
        for (path, text) in &texts {
            fs::create_dir_all(path.parent().unwrap_or(&source))?;
            write_changed(path, text)?;
        }
        write_changed(&self.folder.join("Cargo.toml"), &self.manifest())?;
        // The workspace's own versions, so that both build what CI has built before.
        fs::copy(project::root().join("Cargo.lock"), self.folder.join("Cargo.lock"))?;
        Ok(())
    }

    /// A cargo command on the crate.
    pub(crate) fn cargo(&self, command: &str) -> Command {
        let mut cargo = project::cargo();
        // The variable would win over the profile below, and a second build would measure nothing.
        cargo.current_dir(&self.folder).env("CARGO_TARGET_DIR", &self.target).env("CARGO_INCREMENTAL", "0");
        cargo.args([command, "--quiet"]);
        cargo
    }

    /// Runs cargo for its messages in rustc's short form.
    pub(crate) fn check(&self, command: &str) -> Result<Output> {
        self.cargo(command).args(["--message-format", "short"]).output().context("cannot start cargo")
    }

    fn manifest(&self) -> String {
        let lints = if self.deny_warnings { "\n[lints.rust]\nwarnings = \"deny\"\n" } else { "" };
        format!(
            "[package]
name = \"scratch\"
version = \"0.0.0\"
edition = \"2024\"

[dependencies]
{}{lints}
[profile.dev]
debug = false
incremental = false

[workspace]
",
            self.dependencies
        )
    }
}

fn write_changed(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|existing| existing == text) {
        return Ok(());
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Removes the files below `folder` that are not to be there.
fn remove_others(folder: &Path, wanted: &BTreeMap<PathBuf, &str>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, wanted)?;
        } else if !wanted.contains_key(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// The first message about each module: `src/MODULE/…:LINE:COLUMN: error…`.
pub(crate) fn faults<T>(output: &Output, modules: &BTreeMap<String, T>) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(&output.stderr);
    let mut found = BTreeMap::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("src/")) {
        let name = line.split(['/', '.']).next().unwrap_or_default();
        if modules.contains_key(name) && !found.contains_key(name) {
            let message = line.splitn(4, ':').nth(3).unwrap_or(line).trim();
            found.insert(name.to_owned(), message.to_owned());
        }
    }
    found
}

/// A path as a TOML string.
pub(crate) fn toml_path(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}
