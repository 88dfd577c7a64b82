//! API groups, their versions, and the resources of a version.

use crdgen_schema::definition::Source;

use super::shape::{ShapeId, Shapes};

/// Everything that one run generates.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// API groups, sorted by name.
    pub groups: Vec<Group>,
    /// The objects and enums of all resources.
    pub shapes: Shapes,
}

/// One API group.
#[derive(Clone, Debug)]
pub struct Group {
    /// The group's name, such as `example.com`.
    pub name: String,
    /// Its versions, by Kubernetes' version priority: `v2`, `v1`, `v1beta1`, `v1alpha1`.
    pub versions: Vec<Version>,
    /// Its CRDs, as they were read.
    pub documents: Vec<Document>,
}

/// One version of a group.
#[derive(Clone, Debug)]
pub struct Version {
    /// The version's name, such as `v1alpha1`.
    pub name: String,
    /// The kinds that have this version, sorted by kind.
    pub resources: Vec<Resource>,
}

/// A CRD as it was read, which generated code embeds.
#[derive(Clone, Debug)]
pub struct Document {
    /// Where it was read, for what is to be said about it.
    pub source: Source,
    /// The resource's plural name.
    pub plural: String,
    /// JSON text, ending in a newline.
    pub json: String,
}

/// One kind in one version.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Where it was read, for what is to be said about it.
    pub source: Source,
    /// The file it was read from, relative to what was asked for, with slashes.
    pub file: String,
    /// The CRD's name.
    pub crd: String,
    /// `spec.names.kind`.
    pub kind: String,
    /// `spec.names.listKind`.
    pub list_kind: String,
    /// `spec.names.plural`.
    pub plural: String,
    /// `spec.names.singular`.
    pub singular: String,
    /// `spec.names.shortNames`.
    pub short_names: Vec<String>,
    /// `spec.names.categories`.
    pub categories: Vec<String>,
    /// Whether objects live in a namespace.
    pub namespaced: bool,
    /// Whether there is a status subresource.
    pub status_subresource: bool,
    /// The root object; `apiVersion` and `kind` are no fields of it, `metadata` always is.
    pub root: ShapeId,
}
