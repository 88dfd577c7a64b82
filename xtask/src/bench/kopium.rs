//! kopium, the peer that generates types: installed once below the target folder, run once for each version.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::project;

/// The version that is measured.
pub(crate) const VERSION: &str = "0.24.1";

/// The program, installed first if it is not there in this version.
pub(crate) fn program() -> Result<PathBuf> {
    let root = project::target().join("tools");
    let program = root.join("bin/kopium");
    if version(&program).is_none_or(|found| found != format!("kopium {VERSION}")) {
        eprintln!("installing kopium {VERSION} (minutes the first time)");
        let mut install = project::cargo();
        install.args(["install", "kopium", "--locked", "--force", "--version", VERSION, "--root"]).arg(&root);
        install.env("CARGO_TARGET_DIR", project::target().join("tools/target"));
        project::run(&mut install)?;
    }
    Ok(program)
}

fn version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

/// The command that prints the types of the CRD in `file` with docs: those of one version, or of kopium's choice.
pub(crate) fn command(program: &Path, file: &Path, version: Option<&str>) -> Command {
    let mut command = Command::new(program);
    command.arg("--docs").args(version.into_iter().flat_map(|version| ["--api-version", version]));
    command.arg("--filename").arg(file);
    command
}

/// The types of one version of the CRD in `file`, as kopium prints them with docs. `kube` adds its resource derive.
pub(crate) fn generate(program: &Path, file: &Path, version: &str, kube: bool) -> Result<String> {
    let mut command = command(program, file, Some(version));
    if !kube {
        command.arg("--hide-kube");
    }
    let output = command.output().with_context(|| format!("cannot start {}", program.display()))?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default());
    Ok(String::from_utf8(output.stdout)?)
}
