//! The API server's side: the oracle, built once below the target folder, and asked for the times of one object.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail, ensure};
use serde::{Deserialize, Serialize};

use super::{pairs::Case, program, side::Least};
use crate::project;

/// The mean nanoseconds of each stage.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Times {
    /// From JSON text to the errors.
    #[serde(rename(deserialize = "decodePruneDefaultValidateNs"))]
    pub(super) whole: f64,
    /// Everything that is checked of a decoded object, rules included.
    #[serde(rename(deserialize = "validateNs"))]
    pub(super) check: f64,
    /// The check against the schema alone.
    #[serde(rename(deserialize = "schemaOnlyNs"))]
    pub(super) schema: f64,
    /// How many errors the object has.
    #[serde(rename(deserialize = "objectErrors"))]
    pub(super) errors: usize,
}

impl Least for Times {
    fn least(&self, other: &Self) -> Self {
        Self {
            whole: self.whole.min(other.whole),
            check: self.check.min(other.check),
            schema: self.schema.min(other.schema),
            errors: self.errors,
        }
    }
}

/// The program, built first if it is not there.
pub(super) fn program(source: &Path) -> Result<PathBuf> {
    let folder = project::target().join("oracle");
    let program = folder.join("oracle");
    if program.exists() {
        return Ok(program);
    }
    let build = source.join("build");
    ensure!(build.exists(), "{} is missing: --oracle is the folder of the oracle's source", build.display());
    ensure_go()?;
    eprintln!("building the oracle (minutes the first time)");
    project::run(Command::new(&build).arg(&folder))?;
    Ok(program)
}

/// Fails with a way out if there is no Go.
pub(super) fn ensure_go() -> Result<()> {
    match Command::new("go").arg("version").output() {
        Ok(output) if output.status.success() => Ok(()),
        _ => bail!("Go is not installed, and the API server's side is written in it: https://go.dev/dl"),
    }
}

/// Measures one object, each stage for some seconds.
pub(super) fn measure(program: &Path, case: &Case, seconds: f64) -> Result<Times> {
    let mut command = Command::new(program);
    command.arg("bench").arg("--crd").arg(&case.crd).arg("--version").arg(&case.version);
    command.arg("--object").arg(&case.object).arg("--seconds").arg(seconds.to_string());
    program::figures(&mut command, &case.name)
}
