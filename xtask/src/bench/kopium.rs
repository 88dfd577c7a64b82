//! kopium, the peer that generates types: installed once below the target folder, run once for each version.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};

use crate::project;

/// The version that is measured.
pub(crate) const VERSION: &str = "0.24.1";

/// The program, installed first if it is not there.
pub(crate) fn program() -> Result<PathBuf> {
    let root = project::target().join("tools");
    let program = root.join("bin/kopium");
    if !program.exists() {
        eprintln!("installing kopium {VERSION} (minutes the first time)");
        let mut install = project::cargo();
        install.args(["install", "kopium", "--locked", "--version", VERSION, "--root"]).arg(&root);
        install.env("CARGO_TARGET_DIR", project::target().join("tools/target"));
        project::run(&mut install)?;
    }
    Ok(program)
}

/// The types of one version of the CRD in `file`, as kopium prints them with docs. `kube` adds its resource derive.
pub(crate) fn generate(program: &Path, file: &Path, version: &str, kube: bool) -> Result<String> {
    let mut command = Command::new(program);
    command.args(["--docs", "--api-version", version]).arg("--filename").arg(file);
    if !kube {
        command.arg("--hide-kube");
    }
    let output = command.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default());
    Ok(String::from_utf8(output.stdout)?)
}
