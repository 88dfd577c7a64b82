//! The `resource!` macro: the table of a resource's root.
//!
//! In: a struct written elsewhere, the names of its CRD, and a line for each field. Out: everything that `object!`
//! implements, with `apiVersion` and `kind` in front, and the traits of a resource.

/// Implements [`Object`](crate::object::Object), `Serialize`, `Deserialize`, [`CustomResource`](crate::CustomResource),
/// `k8s_openapi`'s `Resource`, `ListableResource` and `Metadata`, and with the feature `client` also `kube`'s `Resource` and
/// `CustomResourceExt`, for the root struct of a custom resource.
///
/// `apiVersion` and `kind` are not fields of the struct: they are written first; on reading they may be missing (as in the
/// items of a list), and another value is an error. The line `new(spec: Type);` makes a function that takes the object's
/// name as well.
///
/// ```
/// use crdgen_runtime::{CustomResource as _, object, resource};
/// use crdgen_runtime::k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
///
/// #[derive(Clone, Default, PartialEq)]
/// pub struct CacheSpec {
///     pub size: String,
/// }
///
/// #[derive(Clone, Default, PartialEq)]
/// pub struct Cache {
///     pub metadata: ObjectMeta,
///     pub spec: CacheSpec,
/// }
///
/// object! { CacheSpec { size: "size", required; } }
/// resource! {
///     Cache {
///         group: "example.com", version: "v1", kind: "Cache", list_kind: "CacheList", plural: "caches",
///         singular: "cache", short_names: [], categories: ["all"], scope: Namespaced, status: false,
///         crd: br#"{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}"#;
///         new(spec: CacheSpec);
///         metadata: "metadata", required;
///         spec: "spec", required;
///     }
/// }
///
/// let cache = Cache::new("main", CacheSpec { size: "1Gi".to_owned() });
/// assert_eq!(
///     serde_json::to_string(&cache)?,
///     r#"{"apiVersion":"example.com/v1","kind":"Cache","metadata":{"name":"main"},"spec":{"size":"1Gi"}}"#
/// );
/// assert_eq!(Cache::CRD_NAME, "caches.example.com");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! resource {
    ($Type:ident {
        group: $group:literal, version: $version:literal, kind: $kind:literal, list_kind: $list_kind:literal,
        plural: $plural:literal, singular: $singular:literal, short_names: [$($short:literal),* $(,)?],
        categories: [$($category:literal),* $(,)?], scope: $scope:ident, status: $status:literal, crd: $crd:expr;
        new $(as $constructor:ident)? ($($parameters:tt)*);
        $($table:tt)*
    }) => {
        $crate::__object! {
            $Type ["apiVersion" = concat!($group, "/", $version); "kind" = $kind;]
            $($table)*
        }
        $crate::__new! { $Type [$($constructor)?] (name) $($parameters)* }
        $crate::__origin! { $Type at $Type "" }

        // The struct may be private, and not need it.
        #[allow(dead_code, unreachable_pub)]
        impl $Type {
            /// The `CustomResourceDefinition` exactly as the generator read it. It fails only if the text was changed by
            /// hand.
            pub fn crd() -> ::core::result::Result<$crate::__private::Value, $crate::__private::JsonError> {
                <Self as $crate::CustomResource>::crd()
            }
        }

        impl $crate::k8s_openapi::Resource for $Type {
            const API_VERSION: &'static str = concat!($group, "/", $version);
            const GROUP: &'static str = $group;
            const KIND: &'static str = $kind;
            const VERSION: &'static str = $version;
            const URL_PATH_SEGMENT: &'static str = $plural;
            type Scope = $crate::__private::scope::$scope;
        }

        impl $crate::k8s_openapi::ListableResource for $Type {
            const LIST_KIND: &'static str = $list_kind;
        }

        impl $crate::k8s_openapi::Metadata for $Type {
            type Ty = $crate::__private::ObjectMeta;

            fn metadata(&self) -> &Self::Ty {
                &self.metadata
            }

            fn metadata_mut(&mut self) -> &mut Self::Ty {
                &mut self.metadata
            }
        }

        impl $crate::CustomResource for $Type {
            const CRD_NAME: &'static str = concat!($plural, ".", $group);
            const PLURAL: &'static str = $plural;
            const SINGULAR: &'static str = $singular;
            const SHORT_NAMES: &'static [&'static str] = &[$($short),*];
            const CATEGORIES: &'static [&'static str] = &[$($category),*];
            const SCOPE: $crate::Scope = $crate::Scope::$scope;
            const HAS_STATUS: bool = $status;

            fn crd_json() -> &'static [u8] {
                $crd
            }
        }

        $crate::__validate! { $Type }
        $crate::__kube! { $Type }
    };
}
