//! The `crdgen` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    crdgen::cli::main()
}
