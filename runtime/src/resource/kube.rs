//! What `kube` wants to know of custom resources, if the feature `client` is on.
//!
//! In: a type with `CustomResource`. Out: `kube::CustomResourceExt`; `kube::Resource` follows from the traits of
//! `k8s_openapi`. The feature is this crate's: without it the macro is another one, so that users need none of their own.

/// Implements `kube::CustomResourceExt`.
#[cfg(feature = "client")]
#[doc(hidden)]
#[macro_export]
macro_rules! __kube {
    ($Type:ident) => {
        impl $crate::__private::kube::CustomResourceExt for $Type {
            fn crd() -> $crate::__private::CustomResourceDefinition {
                $crate::__private::crd_or_panic::<Self>()
            }

            fn crd_name() -> &'static str {
                <Self as $crate::CustomResource>::CRD_NAME
            }

            fn api_resource() -> $crate::__private::kube::core::ApiResource {
                $crate::__private::kube::core::ApiResource::erase::<Self>(&())
            }

            fn shortnames() -> &'static [&'static str] {
                <Self as $crate::CustomResource>::SHORT_NAMES
            }
        }
    };
}

/// Without the feature `client` there is nothing to implement.
#[cfg(not(feature = "client"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __kube {
    ($Type:ident) => {};
}

/// The CRD for a trait of `kube` that leaves no room for an error.
///
/// # Panics
/// If the JSON beside the generated code was changed by hand and does not hold a `CustomResourceDefinition` any more.
#[cfg(feature = "client")]
#[doc(hidden)]
pub fn crd_or_panic<K: super::CustomResource>()
-> k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition {
    match K::definition() {
        Ok(crd) => crd,
        Err(error) => panic!("the text of the CustomResourceDefinition {} was changed: {error}", K::CRD_NAME),
    }
}
