//! Rust for Kubernetes custom resources, generated from the YAML of their CustomResourceDefinitions: types that lose nothing,
//! validation in kube-apiserver's words, and typed clients, listers and informers, as a careful controller author would have
//! written them by hand.
//!
//! # In a build script
//!
//! With the CRDs in the folder `crds`, `build.rs` is
//!
//! ```no_run
//! fn main() -> Result<(), crdgen::Error> {
//!     crdgen::compile("crds")
//! }
//! ```
//!
//! and the crate itself, which depends on `crdgen-runtime`, `k8s-openapi` and `serde_json`, includes what it wrote:
//!
//! ```ignore
//! pub mod crds {
//!     include!(concat!(env!("OUT_DIR"), "/crds/mod.rs"));
//! }
//! ```
//!
//! # As committed code
//!
//! The command `crdgen codegen crds --out src/crds`, and [`Config::generate`] for programs, write into a folder that is kept
//! under version control. There a name keeps its meaning when a CRD grows, reviewers see what a new CRD changes, and
//! `crdgen codegen --check` (or [`Config::check`]) fails in CI if the folder is out of date.
//!
//! # What comes out
//!
//! A CRD `databases.example.com` of the kind `Database` gives
//!
//! ```text
//! crds::example_com::v1::Database                        the resource, with metadata, spec and status
//! crds::example_com::v1::{DatabaseSpec, DatabaseStatus}  the types of its properties
//! crds::example_com::v1::database::spec::Engine          and of theirs, in a module for each structure
//! crds::example_com::v1::{DatabaseClient, DatabaseLister, DatabaseInformer, DatabaseController}
//! crds::{Clientset, Informers}                           all of them, by group and version
//! ```
//!
//! [`Config`] has the settings, which are those of `crdgen.toml` as well. Without the feature `cli`, which build scripts can
//! switch off, there is no command.

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

mod parallel;

// The shells around it.
mod inputs;

mod load;

mod settings;

mod write;

mod run;

mod config;

mod error;

#[cfg(feature = "cli")]
mod github;

#[cfg(feature = "cli")]
mod diff;

#[cfg(feature = "cli")]
mod lint;

#[cfg(feature = "cli")]
mod validate;

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

/// For build scripts: generates code for the CRDs at `path`, a file or a folder, into `$OUT_DIR/crds`, with the settings of
/// the `crdgen.toml` beside them, and tells Cargo which files the output depends on. [`Config::compile`] takes several paths
/// and other settings.
///
/// ```no_run
/// fn main() -> Result<(), crdgen::Error> {
///     crdgen::compile("crds")
/// }
/// ```
pub fn compile(path: impl AsRef<Path>) -> Result<(), Error> {
    configure().compile(path.as_ref())
}

/// Starts a [`Config`] with the default settings.
///
/// ```
/// let config = crdgen::configure().types_only(true);
/// ```
pub fn configure() -> Config {
    Config::default()
}
