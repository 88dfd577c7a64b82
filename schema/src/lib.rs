//! What a Kubernetes CustomResourceDefinition means, and what the API server does to an object.
//!
//! In: CRD documents (YAML with positions, or JSON). Out: [`definition::Definition`]s with structural
//! [`schema::Schema`]s, and the pruning, defaulting and validation that kube-apiserver v1.36 applies, CEL rules
//! included. This crate knows nothing of Rust code generation, HTTP or async run times.

// What everything else speaks of.
pub mod diagnostic;
pub mod field;
pub mod json;
pub mod name;
pub mod node;
pub mod number;

// Text → definitions.
#[cfg(feature = "yaml")]
pub mod yaml;

pub mod sparse;

pub mod schema;

pub mod definition;

// The primitives of a schema, each on a scalar.
pub mod format;

pub mod constraint;

// Go structs: what the API server reads and writes, and its words about it.
pub mod go;

// Values beside their schema: their parts, and what each of them replaces in an update.
mod part;

mod correlation;

mod field_path;

// What happens to an object, in this order.
pub mod pruning;

pub mod metadata;

pub mod defaulting;

pub mod validation;

pub mod list_type;

pub mod view;

pub mod rule;

// All of it together, for an object and for a CRD.
pub mod strategy;

pub mod acceptance;

// Objects made from a schema, and what a change of a CRD does to them.
#[cfg(feature = "compatibility")]
pub mod synthesis;

#[cfg(feature = "compatibility")]
pub mod compatibility;
