//! The bound that everything in the control half puts on a Kubernetes type.
//!
//! Generated kinds meet it, and so do the built-in kinds of `k8s_openapi`.

use std::any::TypeId;
use std::fmt::Debug;

use k8s_openapi::ClusterResourceScope;
use kube::Resource;
use serde::{Serialize, de::DeserializeOwned};

/// A kind of Kubernetes object, known at compile time: it names its group, version and plural, and has metadata.
///
/// A trait alias: implemented for every type that meets the bounds, never by hand.
pub trait Kind:
    Resource<DynamicType = (), Scope: 'static> + Clone + Debug + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Whether objects of this kind live in namespaces.
    fn is_namespaced() -> bool {
        TypeId::of::<Self::Scope>() != TypeId::of::<ClusterResourceScope>()
    }
}

impl<K> Kind for K where
    K: Resource<DynamicType = (), Scope: 'static>
        + Clone
        + Debug
        + Serialize
        + DeserializeOwned
        + Send
        + Sync
        + 'static
{
}
