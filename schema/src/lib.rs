//! What a Kubernetes CustomResourceDefinition means, and what the API server does to an object.
//!
//! In: CRD documents (YAML with positions, or JSON). Out: [`definition::Definition`]s with structural
//! [`schema::Schema`]s, and the pruning, defaulting and validation that kube-apiserver v1.36 applies.
//! This crate knows nothing of Rust code generation, HTTP or async run times.

pub mod definition;
pub mod diagnostic;
pub mod field;
pub mod schema;
