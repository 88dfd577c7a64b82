//! Passes over the finished model, in this order, each a file of its own.
//!
//! In: a [`Model`]. Out: the same model with Kubernetes' own types recognised, and tables beside it: which shapes are
//! one type, which have a default, and every Rust name. Nothing is printed here.

mod default;
mod kubernetes;
pub mod naming;
pub mod sharing;

use std::collections::BTreeSet;

use crdgen_schema::diagnostic::Diagnostics;

use crate::model::{Model, ShapeId};

/// What the passes found out.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// Which shapes are one type.
    pub sharing: sharing::Sharing,
    /// The objects that have a default.
    pub defaults: BTreeSet<ShapeId>,
    /// Every Rust name.
    pub names: naming::Names,
}

/// Runs all passes. `reserved_modules` are names that output may not give to a module of its own.
pub fn analyze(model: &mut Model, reserved_modules: &[&str]) -> (Analysis, Diagnostics) {
    kubernetes::recognize(&mut model.shapes);
    let sharing = sharing::share(model);
    let (names, diagnostics) = naming::name(model, &sharing, reserved_modules);
    let defaults = default::with_default(&model.shapes);
    (Analysis { sharing, defaults, names }, diagnostics)
}
