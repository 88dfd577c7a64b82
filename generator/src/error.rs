//! Why nothing was generated.

use std::{fmt, path::PathBuf};

use crdgen_schema::diagnostic::Diagnostics;

use crate::write;

/// Why nothing was generated. All but [`Error::Write`] are found before anything is written.
///
/// The text says what to do. `Debug` prints the same as `Display`, since a `main` that returns an error prints it that way:
///
/// ```no_run
/// fn main() -> Result<(), crdgen::Error> {
///     crdgen::compile("crds")
/// }
/// ```
///
/// ```text
/// Error:
/// crds/database.yaml:21:17: error: `type` must be a string
///   at spec.versions[0].schema.openAPIV3Schema.properties[spec]
///   help: …
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The CRDs have faults. These are all that were found, with their places and what to do about each.
    #[error("{0}")]
    Input(Diagnostics),
    /// A settings file has a fault: mend it where the message says. Or there are settings files beside several of the
    /// inputs: choose one by [`Config::settings`](crate::Config::settings).
    #[error("{}: {message}", .path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A setting that was made in code has a fault: the message says which text was expected instead.
    #[error("{0}")]
    Setting(String),
    /// Neither the caller nor a settings file names the output folder: call [`Config::out`](crate::Config::out).
    #[error("no output folder: name it by `--out`, `Config::out`, or `out` in crdgen.toml")]
    NoOutput,
    /// `OUT_DIR` is not set, so this is not a build script: call [`Config::generate`](crate::Config::generate).
    #[error("OUT_DIR is not set: `compile` is for build scripts, `Config::generate` for everything else")]
    NotABuildScript,
    /// The output could not be compared or written. Generating again completes what was interrupted.
    #[error(transparent)]
    Write(#[from] write::Error),
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A newline in front: `main` has printed `Error: ` on this line.
        write!(f, "\n{self}")
    }
}
