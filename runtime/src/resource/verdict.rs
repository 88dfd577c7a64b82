//! What validation wants to know of custom resources, if the feature `validate` is on.
//!
//! In: a type with `CustomResource`. Out: `Validate`. The feature is this crate's: without it the macro is another one, so that
//! users need none of their own.

/// Implements [`Validate`](crate::Validate).
#[cfg(feature = "validate")]
#[doc(hidden)]
#[macro_export]
macro_rules! __validate {
    ($Type:ident) => {
        impl $crate::Validate for $Type {
            fn compiled() -> &'static $crate::__private::Compiled {
                static COMPILED: $crate::__private::Compiled = $crate::__private::Compiled::new();
                &COMPILED
            }
        }
    };
}

/// Without the feature `validate` there is nothing to implement.
#[cfg(not(feature = "validate"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __validate {
    ($Type:ident) => {};
}
