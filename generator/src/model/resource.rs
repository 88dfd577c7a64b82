//! API groups, their versions, and the resources of a version.

use std::collections::BTreeMap;

use crdgen_schema::definition::Names;

use super::{Ident, ShapeId, Shapes};

/// One API group.
#[derive(Clone, Debug)]
pub(crate) struct Group<'a> {
    /// The group's name, such as `example.com`.
    pub(crate) name: &'a str,
    /// Its module.
    pub(crate) module: Ident,
    /// Its versions, by Kubernetes' version priority: `v2`, `v1`, `v1beta1`, `v1alpha1`.
    pub(crate) versions: Vec<Version<'a>>,
    /// Its CRDs, as they were read.
    pub(crate) documents: Vec<Document<'a>>,
    /// The objects and enums of its resources.
    pub(crate) shapes: Shapes<'a>,
}

/// One version of a group.
#[derive(Clone, Debug)]
pub(crate) struct Version<'a> {
    /// The version's name, such as `v1alpha1`.
    pub(crate) name: &'a str,
    /// Its module.
    pub(crate) module: Ident,
    /// Its method of the clientset.
    pub(crate) accessor: Ident,
    /// The kinds that have this version, sorted by kind.
    pub(crate) resources: Vec<Resource<'a>>,
}

/// A CRD as it was read, which generated code embeds.
#[derive(Clone, Debug)]
pub(crate) struct Document<'a> {
    /// The resource's plural name.
    pub(crate) plural: &'a str,
    /// The stem of its file.
    pub(crate) stem: String,
    /// JSON text, ending in a newline.
    pub(crate) json: &'a str,
}

/// One kind in one version.
#[derive(Clone, Debug)]
pub(crate) struct Resource<'a> {
    /// The file it was read from, relative to what was asked for, with slashes.
    pub(crate) file: &'a str,
    /// The CRD's name.
    pub(crate) crd: &'a str,
    /// `spec.names`.
    pub(crate) names: &'a Names,
    /// Whether objects live in a namespace.
    pub(crate) namespaced: bool,
    /// Whether there is a status subresource.
    pub(crate) status_subresource: bool,
    /// Its module.
    pub(crate) module: Ident,
    /// Its method in clients and informers.
    pub(crate) accessor: Ident,
    /// The stem of its CRD's JSON file.
    pub(crate) document: String,
    /// What the version's module re-exports of it.
    pub(crate) exports: Exports,
    /// The root object. `metadata` is always one of its fields; `apiVersion` and `kind` never are.
    pub(crate) root: ShapeId,
}

/// Types by their names; what each stands for is its place in the schema, or the alias that it is.
pub(crate) type Exports = BTreeMap<String, String>;

/// The aliases of a kind over the runtime's generics, by what follows the kind in their names.
pub(crate) const ALIASES: [&str; 4] = ["Client", "Controller", "Informer", "Lister"];
