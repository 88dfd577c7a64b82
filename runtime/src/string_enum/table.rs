//! The `string_enum!` macro: the line below a generated enum.
//!
//! In: an enum written elsewhere, and a text for each variant. Out: impls whose bodies call what is generic.

/// Implements what an enum of texts can do: `VALUES`, `as_str`, `Display`, `FromStr`, `Serialize`, `Deserialize`, an order
/// by text, and [`StringEnum`](crate::StringEnum).
///
/// An open enum ends with the variant `Unrecognized`, which keeps the texts that the schema does not list (see
/// [`Unrecognized`](crate::Unrecognized)). It also has `From<&str>`, `From<String>` and `is_recognized`.
///
/// ```
/// use crdgen_runtime::{Unrecognized, string_enum};
///
/// #[derive(Clone, Debug, PartialEq, Eq, Hash)]
/// pub enum Engine {
///     PostgreSQL,
///     MySQL,
///     Unrecognized(Unrecognized<Self>),
/// }
///
/// string_enum! { Engine { PostgreSQL = "PostgreSQL", MySQL = "MySQL" } }
///
/// assert_eq!(Engine::from("MySQL"), Engine::MySQL);
/// assert_eq!(Engine::PostgreSQL.as_str(), "PostgreSQL");
/// assert_eq!(Engine::from("Oracle").to_string(), "Oracle");
/// assert!(!Engine::from("Oracle").is_recognized());
/// ```
///
/// A closed enum has no such variant: reading another text is an error, [`UnknownValue`](crate::UnknownValue). It has `TryFrom<&str>`.
///
/// ```
/// use crdgen_runtime::string_enum;
///
/// #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
/// pub enum Mode {
///     Fast,
///     Slow,
/// }
///
/// string_enum! { closed Mode { Fast = "fast", Slow = "slow" } }
///
/// assert_eq!(Mode::try_from("fast"), Ok(Mode::Fast));
/// assert!(serde_json::from_str::<Mode>(r#""medium""#).is_err());
/// ```
///
/// Generated tables say after `at` where the schema of the enum is: the type of the resource, and the JSON pointer to the
/// property (`Engine at super::Database "/spec/engine" { … }`).
#[macro_export]
macro_rules! string_enum {
    (
        closed $Type:ident $(at $($root:ident)::+ $pointer:literal)?
        { $first:ident = $first_value:literal $(, $variant:ident = $value:literal)* $(,)? }
    ) => {
        // The enum may be private, and not need them all.
        #[allow(dead_code, unreachable_pub)]
        impl $Type {
            /// The values of the schema, in its order.
            pub const VALUES: &'static [&'static str] = &[$first_value $(, $value)*];

            /// The value as it stands in JSON.
            pub const fn as_str(&self) -> &'static str {
                match self {
                    Self::$first => $first_value,
                    $(Self::$variant => $value,)*
                }
            }
        }

        impl $crate::__private::StringEnum for $Type {
            type Error = $crate::UnknownValue;

            const VARIANTS: &'static [Self] = &[Self::$first $(, Self::$variant)*];
            const VALUES: &'static [&'static str] = Self::VALUES;

            fn text(&self) -> &str {
                self.as_str()
            }

            fn unknown(text: $crate::Unrecognized<Self>) -> ::core::result::Result<Self, $crate::UnknownValue> {
                $crate::__private::refuse_unknown(text)
            }
        }

        impl ::core::convert::TryFrom<&str> for $Type {
            type Error = $crate::UnknownValue;

            fn try_from(value: &str) -> ::core::result::Result<Self, $crate::UnknownValue> {
                $crate::__private::StringEnum::from_text(value)
            }
        }

        $crate::__string_enum! { $Type }
        $($crate::__origin! { $Type at $($root)::+ $pointer })?
    };
    (
        $Type:ident $(at $($root:ident)::+ $pointer:literal)?
        { $($variant:ident = $value:literal),+ $(,)? }
    ) => {
        // The enum may be private, and not need them all.
        #[allow(dead_code, unreachable_pub)]
        impl $Type {
            /// The values of the schema, in its order.
            pub const VALUES: &'static [&'static str] = &[$($value),*];

            /// The value as it stands in JSON.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unrecognized(value) => value,
                }
            }

            /// Whether the schema knows the value.
            pub const fn is_recognized(&self) -> bool {
                !::core::matches!(self, Self::Unrecognized(_))
            }
        }

        impl $crate::__private::StringEnum for $Type {
            type Error = ::core::convert::Infallible;

            const VARIANTS: &'static [Self] = &[$(Self::$variant),*];
            const VALUES: &'static [&'static str] = Self::VALUES;

            fn text(&self) -> &str {
                self.as_str()
            }

            fn unknown(text: $crate::Unrecognized<Self>) -> ::core::result::Result<Self, ::core::convert::Infallible> {
                ::core::result::Result::Ok(Self::Unrecognized(text))
            }
        }

        impl ::core::convert::From<&str> for $Type {
            fn from(value: &str) -> Self {
                $crate::__private::from_text(value)
            }
        }

        impl ::core::convert::From<$crate::__private::String> for $Type {
            fn from(value: $crate::__private::String) -> Self {
                $crate::__private::from_string(value)
            }
        }

        $crate::__string_enum! { $Type }
        $($crate::__origin! { $Type at $($root)::+ $pointer })?
    };
}

/// What open and closed enums have in common. Every body is one call, because the compiler checks each of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __string_enum {
    ($Type:ident) => {
        impl $crate::__private::Field for $Type {
            type Access = $crate::__private::EnumAccess;
        }

        impl $crate::__private::Serialize for $Type {
            fn serialize<S: $crate::__private::Serializer>(&self, serializer: S) -> $crate::__private::Written<S> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::__private::Deserialize<'de> for $Type {
            fn deserialize<D: $crate::__private::Deserializer<'de>>(
                deserializer: D,
            ) -> $crate::__private::Read<'de, Self, D> {
                $crate::__private::read_enum(deserializer)
            }
        }

        impl ::core::fmt::Display for $Type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::core::str::FromStr for $Type {
            type Err = <Self as $crate::__private::StringEnum>::Error;

            fn from_str(value: &str) -> ::core::result::Result<Self, <Self as ::core::str::FromStr>::Err> {
                $crate::__private::StringEnum::from_text(value)
            }
        }

        impl ::core::cmp::PartialOrd for $Type {
            fn partial_cmp(&self, other: &Self) -> ::core::option::Option<::core::cmp::Ordering> {
                ::core::option::Option::Some(::core::cmp::Ord::cmp(self, other))
            }
        }

        impl ::core::cmp::Ord for $Type {
            fn cmp(&self, other: &Self) -> ::core::cmp::Ordering {
                ::core::cmp::Ord::cmp(self.as_str(), other.as_str())
            }
        }
    };
}
