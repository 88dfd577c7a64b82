//! What a Kubernetes CustomResourceDefinition means, and what the API server does to an object.
//!
//! In: CRD documents (YAML with positions, or JSON). Out: [`definition::Definition`]s with structural
//! [`schema::Schema`]s, and the pruning, defaulting and validation that kube-apiserver v1.36 applies.
//! This crate knows nothing of Rust code generation, HTTP or async run times.

pub mod diagnostic;
pub mod field;
pub mod name;
pub mod node;
#[cfg(feature = "yaml")]
pub mod yaml;

pub mod definition;
pub mod schema;

pub mod pattern;

pub mod format;

pub mod constraint;

pub mod pruning;

pub mod metadata;

pub mod defaulting;

pub mod list_type;

pub mod validation;

pub mod strategy;

pub mod acceptance;
