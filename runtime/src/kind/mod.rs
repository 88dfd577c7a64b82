//! The kinds of objects that clients, informers and controllers work with, and the keys of their objects.

mod key;

use std::any::TypeId;
use std::fmt::Debug;

use k8s_openapi::ClusterResourceScope;
use kube::Resource;
use serde::{Serialize, de::DeserializeOwned};

pub use self::key::{KeyRef, ObjectKey};

/// A kind of Kubernetes object, known at compile time: it names its group, version and plural, and has metadata.
///
/// Generated kinds are one, and so are the built-in kinds of `k8s_openapi`. It is implemented for every type that meets
/// the bounds, and is never implemented by hand.
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
