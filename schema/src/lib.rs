//! What a Kubernetes CustomResourceDefinition means, and what the API server does to an object.
//!
//! In: CRD documents (YAML with positions, or JSON). Out: [`definition::Definition`]s with structural
//! [`schema::Schema`]s, and the pruning, defaulting and validation that kube-apiserver v1.36 applies, CEL rules
//! included. This crate knows nothing of Rust code generation, HTTP or async run times.
//!
//! Without the feature `verdict` it is only what values are looked at with: [`view`], [`number`] and [`calendar`].

// What values are looked at with.
pub mod calendar;
pub mod number;
pub mod view;

// What everything else speaks of.
#[cfg(feature = "verdict")]
pub mod diagnostic;
#[cfg(feature = "verdict")]
pub mod field;
#[cfg(feature = "verdict")]
pub mod json;
#[cfg(feature = "verdict")]
pub mod name;
#[cfg(feature = "verdict")]
pub mod node;

// Text → definitions.
#[cfg(feature = "yaml")]
pub mod yaml;

#[cfg(feature = "verdict")]
pub mod sparse;

#[cfg(feature = "verdict")]
pub mod schema;

#[cfg(feature = "verdict")]
pub mod definition;

// The primitives of a schema, each on a scalar.
#[cfg(feature = "verdict")]
pub mod format;

#[cfg(feature = "verdict")]
pub mod constraint;

#[cfg(feature = "verdict")]
pub mod quantity;

// Go structs: what the API server reads and writes, and its words about it.
#[cfg(feature = "verdict")]
pub mod go;

// Values beside their schema: their parts, and what each of them replaces in an update.
#[cfg(feature = "verdict")]
mod part;

#[cfg(feature = "verdict")]
mod correlation;

#[cfg(feature = "verdict")]
mod field_path;

// What happens to an object, in this order.
#[cfg(feature = "verdict")]
pub mod pruning;

#[cfg(feature = "verdict")]
pub mod metadata;

#[cfg(feature = "verdict")]
pub mod defaulting;

#[cfg(feature = "verdict")]
pub mod validation;

#[cfg(feature = "verdict")]
pub mod list_type;

#[cfg(feature = "verdict")]
pub mod rule;

// All of it together, for an object and for a CRD.
#[cfg(feature = "verdict")]
pub mod strategy;

#[cfg(feature = "verdict")]
pub mod acceptance;

// Objects made from a schema, and what a change of a CRD does to them.
#[cfg(feature = "compatibility")]
pub mod synthesis;

#[cfg(feature = "compatibility")]
pub mod compatibility;
