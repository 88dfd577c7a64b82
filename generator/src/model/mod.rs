//! What will be emitted: API groups, their versions and resources, and the shapes of their objects and enums.
//!
//! `lower` builds it with every Rust name in it, `analyze` completes it, `render` prints it. There is no YAML and no JSON
//! left in it. Texts are borrowed from the definitions that it was made of.

mod constraint;
mod ident;
mod resource;
mod shape;

pub(crate) use constraint::{Bound, Constraint};
pub(crate) use ident::Ident;
pub(crate) use resource::{ALIASES, Document, Exports, Group, Resource, Version};
pub(crate) use shape::{
    Body, ConditionFields, Constructor, Docs, Enumeration, Field, Format, Object, Shape, ShapeId, Shapes, Type, Variant,
};
