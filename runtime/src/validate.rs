//! The API server's verdict on typed objects.
//!
//! In: an object, and perhaps the one that it replaces. Out: every error that kube-apiserver would answer with. The schema is that
//! of the CRD beside the generated code, which is compiled when it is needed for the first time; the object is looked at
//! where it is.

use std::sync::OnceLock;

use crdgen_schema::{
    definition::{Definition, Scope},
    field::{Error, ErrorType, Errors, Path},
    strategy::{Strategy, registry},
    view::View,
};
use serde_json::Value;

pub use crdgen_schema::strategy::Operation;

use crate::{CustomResource, object};

/// Asks for kube-apiserver's verdict on a custom resource, without one: schema, CEL rules, metadata and list types, with its
/// words and paths, all errors at once. Implemented by `resource!` for every resource.
///
/// The first call for a type compiles the schema of its CRD, which takes milliseconds for a large one.
///
/// ```
/// # use crdgen_runtime::{Validate as _, k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta, object, resource};
/// # #[derive(Clone, Default, PartialEq)]
/// # pub struct CacheSpec { pub size: Option<i64> }
/// # #[derive(Clone, Default, PartialEq)]
/// # pub struct Cache { pub metadata: ObjectMeta, pub spec: CacheSpec }
/// # object! { CacheSpec { size: "size", optional; } }
/// # resource! { Cache {
/// #     group: "example.com", version: "v1", kind: "Cache", list_kind: "CacheList", plural: "caches",
/// #     singular: "cache", short_names: [], categories: [], scope: Namespaced, status: false,
/// #     crd: br#"{
/// #         "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
/// #         "metadata": {"name": "caches.example.com"},
/// #         "spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "Cache", "plural": "caches"},
/// #             "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
/// #                 "type": "object", "properties": {"spec": {"type": "object",
/// #                     "properties": {"size": {"type": "integer", "default": 1}},
/// #                     "x-kubernetes-validations": [
/// #                         {"rule": "self.size > 0", "message": "a cache needs room"},
/// #                         {"rule": "self.size >= oldSelf.size", "message": "a cache cannot shrink"}
/// #                     ]}}}}}]}}"#;
/// #     new(spec: CacheSpec);
/// #     metadata: "metadata", required;
/// #     spec: "spec", required;
/// # } }
/// let cache = Cache::new("main", CacheSpec { size: Some(0) });
/// assert_eq!(cache.validate().unwrap_err().to_string(), "spec: Invalid value: a cache needs room");
///
/// let mut old = Cache::new("main", CacheSpec { size: Some(5) });
/// old.metadata.resource_version = Some("1".to_owned());
/// let mut new = old.clone();
/// new.spec.size = Some(4);
/// assert_eq!(new.validate_update(&old).unwrap_err().to_string(), "spec: Invalid value: a cache cannot shrink");
/// ```
pub trait Validate: CustomResource {
    /// Where the compiled CRD of the type is kept.
    #[doc(hidden)]
    fn compiled() -> &'static Compiled;

    /// What the API server does with objects of this type, for everything that the other functions do not answer. It fails
    /// only if the CRD beside the generated code was changed by hand.
    fn strategy() -> Result<&'static Strategy, &'static str> {
        Self::compiled().strategy::<Self>()
    }

    /// The verdict on the object as it stands, its status included. Defaults count as if they were filled in. `Ok`, or all
    /// errors, at paths that start at the root (`spec.replicas`).
    ///
    /// A missing namespace is not an error: a client fills it in.
    fn validate(&self) -> Result<(), Errors> {
        judge(self, Operation::Create)
    }

    /// The verdict on the object where it replaces `old`: transition rules (`oldSelf`) are run, fields that must not change
    /// are compared, and what has not changed may stay as invalid as it was (ratcheting, KEP-4008). If the resource has a
    /// status subresource, such an update does not change the status. As on the server, the object needs a
    /// `resourceVersion`.
    fn validate_update(&self, old: &Self) -> Result<(), Errors> {
        judge(self, Operation::Update { old })
    }

    /// The verdict on an update of the subresource `status`, which changes nothing but the status.
    fn validate_status_update(&self, old: &Self) -> Result<(), Errors> {
        judge(self, Operation::Status { old })
    }

    /// The verdict on an object that may be too wrong to be read as this type: one that lacks a required member, for example, or
    /// one that replaces such an object. Unknown members are dropped and defaults are filled in, as the server does. The status of a
    /// new object is checked as well, though the server would drop it if it is a subresource.
    fn validate_json(object: &Value, operation: Operation<&Value>) -> Result<(), Errors> {
        let strategy = Self::strategy().map_err(unusable)?;
        let scope = match Self::SCOPE {
            crate::Scope::Cluster => Scope::Cluster,
            crate::Scope::Namespaced => Scope::Namespaced,
        };
        let decoded = |object: &Value| {
            let mut object = object.clone();
            registry::place(&mut object, scope);
            match strategy.decode(&mut object) {
                Ok(_) => Ok(object),
                Err(error) => Err(fault(ErrorType::Invalid, &error.to_string())),
            }
        };
        let mut object = decoded(object)?;
        let Some(old) = operation.old() else {
            registry::before_create(&mut object);
            return strategy.check(&object, Operation::Create).into_result();
        };
        let old = decoded(old)?;
        registry::write(strategy, &mut object, operation.map(|_| &old)).into_result()
    }
}

/// The compiled CRD of a type, once it was needed.
#[doc(hidden)]
#[derive(Debug)]
pub struct Compiled(OnceLock<Result<Strategy, String>>);

impl Compiled {
    /// Nothing yet.
    #[allow(clippy::new_without_default)] // It stands in statics.
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    fn strategy<T: CustomResource>(&self) -> Result<&Strategy, &str> {
        let compile = || {
            let crd: Value = T::crd().map_err(|error| error.to_string())?;
            let definition = Definition::from_value(&crd).map_err(|error| error.to_string())?;
            Strategy::new(&definition, T::VERSION).ok_or_else(|| format!("it does not have the version {}", T::VERSION))
        };
        self.0.get_or_init(compile).as_ref().map_err(String::as_str)
    }
}

fn judge<T: Validate>(object: &T, operation: Operation<&T>) -> Result<(), Errors> {
    let strategy = T::strategy().map_err(unusable)?;
    let arena = Strategy::arena();
    let view = |object| -> View<'_> { object::view(object, arena.bump()) };
    strategy.judge(view(object), operation.map(view), arena.bump()).into_result()
}

fn unusable(why: &str) -> Errors {
    fault(ErrorType::Internal, &format!("the CustomResourceDefinition beside the generated code cannot be used: {why}"))
}

fn fault(kind: ErrorType, detail: &str) -> Errors {
    Errors(vec![Error::new(kind, Path::ROOT, "", detail)])
}
