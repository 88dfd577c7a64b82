//! The trait bound that clients, informers and controllers put on the type of their objects.
//!
//! Generated kinds meet it, and so do the built-in kinds of `k8s_openapi`.

use std::any::TypeId;
use std::fmt::Debug;

use k8s_openapi::ClusterResourceScope;
use kube::Resource;
use serde::{Serialize, de::DeserializeOwned};

/// A kind of Kubernetes object, known at compile time: it names its group, version and plural, and has metadata.
///
/// It is implemented for every type that meets the bounds, and is never implemented by hand.
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
