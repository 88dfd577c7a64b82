//! The builder: settings, and what to do with them.
//!
//! In: settings in code. Out: generated files, or what would change. A setting in code wins over the same one in
//! `crdgen.toml`.

use std::path::{Path, PathBuf};

use crate::{
    Error, Summary,
    codegen::{self, Job},
    inputs::Inputs,
    settings::{self, Settings},
    write::{self, Report},
};

/// How code is generated. Start with [`crate::configure`].
///
/// ```no_run
/// let summary = crdgen::configure().out("src/crds").types_only(true).generate("deploy/crds")?;
/// println!("{summary}");
/// # Ok::<(), crdgen::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config {
    own: Settings,
    file: Option<PathBuf>,
    progress: Option<fn(&str)>,
}

/// The folder below `OUT_DIR`.
const FOLDER: &str = "crds";

impl Config {
    /// The output folder. It must hold nothing else: files that crdgen did not write are an error, and those it no
    /// longer writes are removed. [`compile`](Self::compile) uses `$OUT_DIR/crds` unless this is set.
    #[must_use]
    pub fn out(mut self, folder: impl Into<PathBuf>) -> Self {
        self.own.out = Some(folder.into());
        self
    }

    /// Leaves out clients, listers and informers, so that the runtime's feature `client` is not needed. Off by default.
    #[must_use]
    pub fn types_only(mut self, types_only: bool) -> Self {
        self.own.types_only = Some(types_only);
        self
    }

    /// The path of the runtime crate, `crdgen_runtime` by default: for crates that re-export it under another name.
    #[must_use]
    pub fn runtime(mut self, path: impl Into<String>) -> Self {
        self.own.runtime = Some(path.into());
        self
    }

    /// The command that the header of each file names as the way to write it again.
    #[must_use]
    pub fn command(mut self, command: impl Into<String>) -> Self {
        self.own.command = Some(command.into());
        self
    }

    /// A settings file to use instead of the `crdgen.toml` beside the CRDs.
    #[must_use]
    pub fn settings(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Called with a line of text whenever a stage of long work begins.
    #[must_use]
    pub fn progress(mut self, progress: fn(&str)) -> Self {
        self.progress = Some(progress);
        self
    }

    /// For build scripts: generates code for the CRDs at `paths`, and tells Cargo to run the build script again when
    /// one of the files or folders that were read changes.
    pub fn compile(&self, paths: impl Inputs) -> Result<(), Error> {
        let mut job = self.job(paths, "cargo build")?;
        let out = match job.out.take() {
            Some(out) => out,
            None => build_folder()?,
        };
        let input = job.load();
        for path in job.settings_file.iter().chain(&input.watched) {
            println!("cargo:rerun-if-changed={}", path.display());
        }
        let output = job.generate(input)?;
        write::write(&output.tree, &out)?;
        for warning in &output.warnings {
            eprintln!("{warning}");
        }
        Ok(())
    }

    /// Generates code for the CRDs at `paths` (files, folders, or `-` for standard input) into the output folder.
    pub fn generate(&self, paths: impl Inputs) -> Result<Summary, Error> {
        let job = self.job(paths, "crdgen codegen")?;
        let out = job.out.clone().ok_or(Error::NoOutput)?;
        let output = job.generate(job.load())?;
        job.say("comparing with what is there");
        let changes = write::write(&output.tree, &out)?;
        Ok(output.summary(&changes))
    }

    /// Says what [`generate`](Self::generate) would change, by the same comparison, and changes nothing.
    pub fn check(&self, paths: impl Inputs) -> Result<Report, Error> {
        let job = self.job(paths, "crdgen codegen")?;
        let out = job.out.clone().ok_or(Error::NoOutput)?;
        let output = job.generate(job.load())?;
        job.say("comparing with what is there");
        Ok(write::check(&output.tree, &out)?)
    }

    fn job(&self, paths: impl Inputs, command: &str) -> Result<Job, Error> {
        let paths = paths.into_paths();
        let settings_file = match &self.file {
            Some(file) => Some(file.clone()),
            None => settings::beside(&paths)?,
        };
        let from_file = settings_file.as_deref().map(settings::read).transpose()?;
        let settings = self.own.clone().or(from_file.unwrap_or_default());
        Ok(Job {
            paths,
            settings_file,
            // An empty path would be the working directory, whatever is in it.
            out: settings.out.clone().filter(|out| !out.as_os_str().is_empty()),
            options: codegen::options(settings, command)?,
            progress: self.progress,
        })
    }
}

#[allow(clippy::disallowed_methods, reason = "Cargo names a build script's output folder this way")]
fn build_folder() -> Result<PathBuf, Error> {
    std::env::var_os("OUT_DIR").map(|folder| Path::new(&folder).join(FOLDER)).ok_or(Error::NotABuildScript)
}
