//! Definitions → model.
//!
//! In: `Definition`s, and what their files are called in output. Out: a model without JSON, and warnings
//! about what it cannot express. Shapes come out in canonical order: version priority, kind, then breadth first.

mod docs;
mod resource;
mod rule;
mod shape;
mod version_priority;

pub use resource::lower;
