//! What will be emitted: groups, versions, resources, and the shapes of their objects and enums.
//!
//! In: nothing. Out: plain data, built by `lower` and read by `analyze` and `render`. There is no JSON and no YAML left
//! in it, and no Rust yet: names are the schema's own. A shape has one place, the property that it is the type of.

mod resource;
mod rule;
mod shape;

pub use resource::{Document, Group, Model, Resource, Version};
pub use rule::{Bound, Rule};
pub use shape::{Body, Docs, Field, Object, Shape, ShapeId, Shapes, Type};
