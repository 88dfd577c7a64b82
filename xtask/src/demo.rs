//! `demo`: generates the code, then builds and runs the demonstration on it.

use anyhow::Result;
use crdgen::cli::Codegen;

use crate::{codegen, project};

/// Generates from `fixtures/crds`, builds, and runs `generated/examples/demo.rs`.
pub(crate) fn run() -> Result<()> {
    eprintln!("generating generated/src from fixtures/crds");
    codegen::run(Codegen::default())?;
    eprintln!("building the Database controller (a minute or two the first time)");
    let demo = ["--package", "crdgen-generated", "--example", "demo"];
    project::run(project::cargo().args(["build", "--quiet"]).args(demo))?;
    project::run(project::cargo().args(["run", "--quiet"]).args(demo))
}
