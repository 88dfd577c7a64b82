//! The root of generated code.

/// Modules and re-exports that all have one attribute. It stands once, at the root of generated code, and holds for all
/// that is in the modules.
///
/// ```
/// mod api {
///     crdgen_runtime::modules! {
///         #![allow(dead_code, unused_imports)]
///         pub mod v1 {
///             pub struct Unused;
///         }
///         pub use self::v1::Unused;
///     }
/// }
/// ```
#[macro_export]
macro_rules! modules {
    (#![$attribute:meta] $($item:item)*) => {
        $(
            #[$attribute]
            $item
        )*
    };
}
