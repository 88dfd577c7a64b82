//! Generates the Rust that a careful controller author would have written by hand, from CRD YAML.
//!
//! In: files and folders of CRDs. Out: a module tree: types that lose nothing, their validation, typed clients, listers
//! and informers. The modules below are its stages, in the order of the flow; values go in, values come out, and only
//! [`load`] and [`mod@write`] touch a disk. Nothing here knows HTTP, tokio or kube.
//!
//! From a build script (`build.rs`), with the CRDs in the folder `crds`:
//!
//! ```no_run
//! fn main() -> Result<(), crdgen::Error> {
//!     crdgen::compile("crds")
//! }
//! ```
//!
//! and in the crate itself:
//!
//! ```ignore
//! pub mod crds {
//!     include!(concat!(env!("OUT_DIR"), "/crds/mod.rs"));
//! }
//! ```
//!
//! The command `crdgen codegen` and [`configure`] do the same with a folder under version control.

pub mod analyze;
mod codegen;
mod config;
pub mod diff;
mod error;
mod inputs;
pub mod load;
pub mod lower;
mod markdown;
pub mod model;
pub mod render;
mod settings;
pub mod write;

#[cfg(feature = "cli")]
pub mod cli;

use std::path::Path;

pub use codegen::Summary;
pub use config::Config;
pub use error::Error;
pub use inputs::Inputs;

/// Generates code for the CRDs at `path`, a file or a folder, into `$OUT_DIR/crds`, with the settings of the
/// `crdgen.toml` beside them. For build scripts: it also tells Cargo which files the output depends on.
pub fn compile(path: impl AsRef<Path>) -> Result<(), Error> {
    configure().compile(path.as_ref())
}

/// Starts with the default settings.
pub fn configure() -> Config {
    Config::default()
}
