//! Rust for Kubernetes custom resources, generated from their CRD YAML: types that lose nothing, validation, typed
//! clients, listers and informers, as a careful controller author would have written them by hand.
//!
//! From a build script (`build.rs`), with the CRDs in the folder `crds`:
//!
//! ```no_run
//! fn main() -> Result<(), crdgen::Error> {
//!     crdgen::compile("crds")
//! }
//! ```
//!
//! and in the crate itself, which depends on `crdgen-runtime`, `k8s-openapi` and `serde_json`:
//!
//! ```ignore
//! pub mod crds {
//!     include!(concat!(env!("OUT_DIR"), "/crds/mod.rs"));
//! }
//! ```
//!
//! The command `crdgen codegen` and [`Config::generate`] do the same with a folder under version control, where names
//! also keep their meaning when a CRD grows. [`Config`] has all settings, which are those of `crdgen.toml` as well.

// The core, in the order of its flow: definitions in, files out. It reads and writes nothing.
mod code;

mod place;

mod model;

mod naming;

mod options;

mod markdown;

mod lower;

mod analyze;

mod render;

mod record;

mod generate;

// The shells around it.
mod inputs;

mod load;

mod settings;

mod write;

mod run;

mod config;

mod error;

#[cfg(feature = "cli")]
pub mod cli;

use std::path::Path;

pub use config::Config;
pub use error::Error;
pub use generate::GeneratedResource;
pub use inputs::Inputs;
pub use options::Refused;
pub use run::{Output, Summary};
pub use write::{Error as WriteError, Report};

/// Generates code for the CRDs at `path`, a file or a folder, into `$OUT_DIR/crds`, with the settings of the
/// `crdgen.toml` beside them. For build scripts: it also tells Cargo which files the output depends on.
///
/// ```no_run
/// fn main() -> Result<(), crdgen::Error> {
///     crdgen::compile("crds")
/// }
/// ```
pub fn compile(path: impl AsRef<Path>) -> Result<(), Error> {
    configure().compile(path.as_ref())
}

/// Starts with the default settings.
///
/// ```
/// let config = crdgen::configure().types_only(true);
/// ```
pub fn configure() -> Config {
    Config::default()
}
