//! Why nothing was generated.

use std::{fmt, path::PathBuf};

use crdgen_schema::diagnostic::Diagnostics;

use crate::write;

/// Why nothing was generated. All but [`Error::Write`] are found before anything is written. `Debug` prints what
/// `Display` prints, since a build script's `main` shows an error by it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The CRDs have faults: all that were found, with their places.
    #[error("{0}")]
    Input(Diagnostics),
    /// A settings file has a fault, or there are two of them.
    #[error("{}: {message}", .path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A setting that was made in code has a fault.
    #[error("{0}")]
    Setting(String),
    /// Neither the caller nor a settings file names the output folder.
    #[error("no output folder: name it by `--out`, `Config::out`, or `out` in crdgen.toml")]
    NoOutput,
    /// `OUT_DIR` is not set: [`crate::compile`] is for build scripts.
    #[error("OUT_DIR is not set: `compile` is for build scripts, `Config::generate` for everything else")]
    NotABuildScript,
    /// The output could not be compared or written.
    #[error(transparent)]
    Write(#[from] write::Error),
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A newline in front: `main` has printed `Error: ` on this line.
        write!(f, "\n{self}")
    }
}
