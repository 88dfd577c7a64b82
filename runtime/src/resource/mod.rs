//! Custom resources: what the root of an object knows beyond its fields.
//!
//! In: the names of a `CustomResourceDefinition` and its text. Out: [`CustomResource`] and the traits of `k8s_openapi`, and
//! with the feature `client` those of `kube`, so that a generated type works wherever a built-in one does.

mod kube;
mod table;
#[cfg(test)]
mod tests;
mod verdict;

use k8s_openapi::{
    ListableResource, Metadata, apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use serde_json::Value;

#[cfg(feature = "client")]
pub use self::kube::crd_or_panic;
use crate::object::Object;

/// Whether the objects of a resource live in namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// They do not.
    Cluster,
    /// They do.
    Namespaced,
}

/// One version of a `CustomResourceDefinition` as a type. Implemented by `resource!` only; group, version, kind and
/// plural are constants of [`k8s_openapi::Resource`].
pub trait CustomResource: Object + ListableResource + Metadata<Ty = ObjectMeta> {
    /// The name of the `CustomResourceDefinition`: `<plural>.<group>`.
    const CRD_NAME: &'static str;
    /// `spec.names.plural`.
    const PLURAL: &'static str;
    /// `spec.names.singular`.
    const SINGULAR: &'static str;
    /// `spec.names.shortNames`.
    const SHORT_NAMES: &'static [&'static str];
    /// `spec.names.categories`.
    const CATEGORIES: &'static [&'static str];
    /// `spec.scope`.
    const SCOPE: Scope;
    /// Whether the version has the status subresource.
    const HAS_STATUS: bool;
    /// The `CustomResourceDefinition` as JSON text, exactly as the generator read it. Bytes, because the compiler takes
    /// them as they are, while it looks at every character of a text; and no constant, which each crate that uses the type
    /// would hold once more.
    fn crd_json() -> &'static [u8];

    /// The `CustomResourceDefinition` exactly as it was read, for every client that takes JSON. It fails only if the text
    /// was changed by hand.
    fn crd() -> Result<Value, serde_json::Error> {
        serde_json::from_slice(Self::crd_json())
    }

    /// The `CustomResourceDefinition` as `k8s_openapi` types it: bounds become floats (`minimum: 1` is written as `1.0`),
    /// and fields that Kubernetes does not know are dropped. To apply the document as it was read, take
    /// [`CustomResource::crd`].
    fn definition() -> Result<CustomResourceDefinition, serde_json::Error> {
        serde_json::from_slice(Self::crd_json())
    }
}
