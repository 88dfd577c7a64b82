//! Definitions → model.
//!
//! In: the definitions of one API group, and what names are to be kept. Out: a [`Group`](crate::model::Group) without
//! JSON in it and with every Rust name, and warnings about what it cannot express. Shapes come out in canonical order:
//! version priority, kind, then breadth first.

mod constraint;
mod docs;
mod export;
mod group;
mod quantity;
mod shape;
mod version_priority;

pub(crate) use export::export;
pub(crate) use group::{Context, lower};
