//! `demo`: generates the code, then builds and runs the demonstration on it.

use std::process::Command;

use anyhow::Result;
use crdgen::cli::Codegen;

use crate::{codegen, project};

/// Generates from `fixtures/crds`, builds, and runs `generated/examples/demo.rs`.
pub(crate) fn run() -> Result<()> {
    eprintln!("generating generated/src from fixtures/crds");
    codegen::run(Codegen::default())?;
    eprintln!("building the Database controller (a minute or two the first time)");
    // With the features of the whole workspace, so that the tests find what this has built.
    project::run(project::cargo().args(["build", "--quiet", "--workspace", "--example", "demo"]))?;
    project::run(&mut Command::new(project::target().join("debug/examples/demo")))
}
