//! Every Rust name, decided before anything is printed.
//!
//! In: a model and which of its shapes are shared. Out: [`Names`]. A name is the shortest that is unique in its module,
//! and depends on its own place in the schema only, so that a schema that grows renames nothing.

mod assignment;
mod identifier;
mod member;
mod module;
mod singular;
mod ty;
mod word;

use std::collections::{BTreeMap, VecDeque};

use crdgen_schema::diagnostic::Diagnostics;

use super::sharing::Sharing;
use crate::model::{Model, ShapeId};
pub use identifier::stem;
pub(super) use ty::local_name;

/// All names of a model.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// One for each group, in the model's order.
    pub groups: Vec<GroupNames>,
    /// The names of each shape that has a place in output.
    pub shapes: BTreeMap<ShapeId, ShapeNames>,
}

/// The names of a group.
#[derive(Clone, Debug)]
pub struct GroupNames {
    /// Its module.
    pub module: String,
    /// One for each version, in the model's order.
    pub versions: Vec<VersionNames>,
    /// The stem of the JSON file of each document, in the model's order.
    pub documents: Vec<String>,
}

/// The names of a version.
#[derive(Clone, Debug)]
pub struct VersionNames {
    /// Its module.
    pub module: String,
    /// One for each resource, in the model's order.
    pub resources: Vec<ResourceNames>,
}

/// The names of a resource, besides those of its root shape.
#[derive(Clone, Debug)]
pub struct ResourceNames {
    /// The module of the kind.
    pub module: String,
    /// The accessor in clients and informers: the plural in snake case.
    pub accessor: String,
    /// The type of a list of its objects.
    pub list: String,
    /// The stem of its CRD's JSON file.
    pub document: String,
    /// The types that the version's module re-exports, sorted.
    pub exports: Vec<String>,
    /// The aliases of [`ClientNames`] that it re-exports, sorted.
    pub client_exports: Vec<String>,
    /// The aliases over the runtime's generics.
    pub client: ClientNames,
}

/// The names of a resource's aliases over the runtime's generics.
#[derive(Clone, Debug)]
pub struct ClientNames {
    /// The typed client.
    pub client: String,
    /// The lister.
    pub lister: String,
    /// The shared informer.
    pub informer: String,
    /// The controller.
    pub controller: String,
}

/// The names that a shape needs.
#[derive(Clone, Debug, Default)]
pub struct ShapeNames {
    /// The type.
    pub ty: String,
    /// The module for what is nested in it.
    pub module: String,
    /// Its fields, in the object's order.
    pub fields: Vec<String>,
    /// The field for unknown properties.
    pub unknown: String,
    /// Its variants, in the enum's order.
    pub variants: Vec<String>,
}

impl Names {
    /// Whether a shape is to be had elsewhere with everything in it, under the same names: those of what is in it follow
    /// from its own.
    pub fn is_reexport(&self, sharing: &Sharing, id: ShapeId) -> bool {
        let ty = |id| self.shapes.get(&id).map(|names| &names.ty);
        sharing.is_alias(id) && ty(id) == ty(sharing.canonical(id))
    }
}

/// Names everything. `reserved` are module names that would shadow a crate that output refers to.
pub fn name(model: &Model, sharing: &Sharing, reserved: &[&str]) -> (Names, Diagnostics) {
    let mut names = Names::default();
    let roots = model.groups.iter().flat_map(|group| &group.versions).flat_map(|version| &version.resources);
    for resource in roots {
        ty::name_root(&model.shapes, resource.root, &mut names);
        let mut pending = VecDeque::from([resource.root]);
        while let Some(id) = pending.pop_front() {
            if names.is_reexport(sharing, id) {
                continue;
            }
            ty::name_children(&model.shapes, id, reserved, &mut names);
            if !sharing.is_alias(id) {
                member::name_members(&model.shapes, id, &mut names);
            }
            pending.extend(model.shapes.children(id));
        }
    }
    let diagnostics = module::name_modules(model, reserved, &mut names);
    (names, diagnostics)
}
