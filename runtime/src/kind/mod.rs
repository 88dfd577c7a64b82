//! The kinds of objects that clients, informers and controllers work with, and the keys of their objects.

mod api_resource;
mod key;
mod version;

use std::fmt::Debug;

use kube::Resource;
use serde::{Serialize, de::DeserializeOwned};

pub use self::api_resource::ApiResource;
pub use self::key::{KeyRef, ObjectKey, Sought};
pub(crate) use self::version::compare_versions;

/// A type of Kubernetes objects: it has metadata, and is read and written as JSON.
///
/// Generated kinds are one, the built-in kinds of `k8s_openapi` are, and so is
/// [`DynamicObject`](kube::core::DynamicObject), for kinds that are only known at run time by their [`ApiResource`]. It is
/// implemented for every type that meets the bounds, and is never implemented by hand.
pub trait Kind: Resource + Clone + Debug + Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<K> Kind for K where K: Resource + Clone + Debug + Serialize + DeserializeOwned + Send + Sync + 'static {}

/// A [`Kind`] that is known at compile time: the type names its group, version and plural.
pub trait StaticKind: Kind + Resource<DynamicType = (), Scope: 'static> {
    /// The resource that serves objects of this kind.
    fn api_resource() -> ApiResource {
        ApiResource::of::<Self>()
    }
}

impl<K> StaticKind for K where K: Kind + Resource<DynamicType = (), Scope: 'static> {}
