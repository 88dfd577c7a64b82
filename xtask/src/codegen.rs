//! `codegen`: the `crdgen codegen` command with this project's own folders as defaults.

use std::process::ExitCode;

use crdgen::cli::Codegen;

use crate::project;

/// Generates `generated/src` from `fixtures/crds` unless the arguments say otherwise.
pub(crate) fn run(mut args: Codegen) -> anyhow::Result<ExitCode> {
    args.out.get_or_insert_with(|| project::root().join("generated/src"));
    if args.paths.is_empty() {
        // Headers name the sources relative to the project, wherever the command was started.
        std::env::set_current_dir(project::root())?;
        args.paths.push("fixtures/crds".into());
    }
    Ok(args.run(crdgen::configure().command("cargo xtask codegen")))
}
