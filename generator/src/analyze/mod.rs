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

use crate::model::{Model, ShapeId, Shapes};

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

impl Analysis {
    /// The shapes with a place of their own in output, parents before children: inside of what is re-exported there is
    /// none.
    pub fn emitted(&self, shapes: &Shapes, root: ShapeId) -> Vec<ShapeId> {
        let mut found = vec![root];
        let mut next = 0;
        while let Some(&id) = found.get(next) {
            next += 1;
            if !self.names.is_reexport(&self.sharing, id) {
                found.extend(shapes.children(id));
            }
        }
        found
    }
}

/// Runs all passes. `reserved_modules` are names that output may not give to a module of its own.
pub fn analyze(model: &mut Model, reserved_modules: &[&str]) -> (Analysis, Diagnostics) {
    kubernetes::recognize(&mut model.shapes);
    let sharing = sharing::share(model);
    let (names, diagnostics) = naming::name(model, &sharing, reserved_modules);
    let defaults = default::with_default(&model.shapes);
    (Analysis { sharing, defaults, names }, diagnostics)
}
