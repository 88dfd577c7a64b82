//! Open enums: `type: string` with an `enum`.
//!
//! In: an enum written elsewhere whose last variant is `Unrecognized(String)`, and its table. Out: names both ways, serde,
//! and validation. A value that a newer schema added is kept and written back: it never breaks a list or a watch, and
//! `validate` reports it.

use std::{fmt, marker::PhantomData};

use crdgen_schema::field::{Error, Errors, Path};
use serde::{Deserializer, de::Visitor};
use serde_json::Value;

use crate::rule::Rule;

/// An enum with a text for each variant. Implemented by `string_enum!` only.
pub trait StringEnum: Clone + 'static {
    /// The variants in the order of the schema, without `Unrecognized`.
    const VARIANTS: &'static [Self];
    /// Their texts, in the same order.
    const VALUES: &'static [&'static str];

    /// The text of this value.
    fn text(&self) -> &str;

    /// A value that has no variant.
    fn unrecognized(text: String) -> Self;

    /// The value with this text.
    fn from_text(text: &str) -> Self {
        known(text).unwrap_or_else(|| Self::unrecognized(text.to_owned()))
    }
}

/// Implements [`StringEnum`], `Display`, `FromStr`, `From<&str>`, `From<String>`, `Serialize` and `Deserialize` for an enum,
/// with inherent `VALUES`, `as_str` and `is_recognized`.
///
/// ```
/// use crdgen_runtime::string_enum;
///
/// #[derive(Clone, Debug, PartialEq, Eq, Hash)]
/// pub enum Engine {
///     PostgreSQL,
///     MySQL,
///     Unrecognized(String),
/// }
///
/// string_enum! { Engine { PostgreSQL = "PostgreSQL", MySQL = "MySQL" } }
///
/// assert_eq!(Engine::from("MySQL"), Engine::MySQL);
/// assert_eq!(Engine::PostgreSQL.as_str(), "PostgreSQL");
/// assert_eq!(Engine::from("Oracle").to_string(), "Oracle");
/// assert!(!Engine::from("Oracle").is_recognized());
/// ```
#[macro_export]
macro_rules! string_enum {
    ($Type:ident { $($variant:ident = $value:literal),* $(,)? }) => {
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
            pub fn is_recognized(&self) -> bool {
                !::core::matches!(self, Self::Unrecognized(_))
            }
        }

        impl $crate::__private::StringEnum for $Type {
            const VARIANTS: &'static [Self] = &[$(Self::$variant),*];
            const VALUES: &'static [&'static str] = Self::VALUES;

            fn text(&self) -> &str {
                self.as_str()
            }

            fn unrecognized(text: $crate::__private::String) -> Self {
                Self::Unrecognized(text)
            }
        }

        impl $crate::__private::Field for $Type {
            fn blank() -> Self {
                Self::Unrecognized($crate::__private::String::new())
            }

            fn read<'de, D: $crate::__private::Deserializer<'de>>(
                &mut self,
                deserializer: D,
            ) -> ::core::result::Result<(), D::Error> {
                *self = $crate::__private::read_enum(deserializer)?;
                ::core::result::Result::Ok(())
            }

            fn check(
                &self,
                rules: &'static [$crate::rule::Rule],
                path: &$crate::__private::Path<'_>,
                errors: &mut $crate::__private::Errors,
            ) {
                $crate::__private::check_enum(self, rules, path, errors);
            }

            fn check_null(
                _: &'static [$crate::rule::Rule],
                path: &$crate::__private::Path<'_>,
                errors: &mut $crate::__private::Errors,
            ) {
                $crate::__private::refuse_null::<Self>(path, errors);
            }
        }

        impl $crate::__private::Serialize for $Type {
            fn serialize<S: $crate::__private::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::__private::Deserialize<'de> for $Type {
            fn deserialize<D: $crate::__private::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::read_enum(deserializer)
            }
        }

        impl ::core::fmt::Display for $Type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::core::convert::From<&str> for $Type {
            fn from(value: &str) -> Self {
                $crate::__private::StringEnum::from_text(value)
            }
        }

        impl ::core::convert::From<$crate::__private::String> for $Type {
            fn from(value: $crate::__private::String) -> Self {
                $crate::__private::from_string(value)
            }
        }

        impl ::core::str::FromStr for $Type {
            type Err = ::core::convert::Infallible;

            fn from_str(value: &str) -> ::core::result::Result<Self, Self::Err> {
                ::core::result::Result::Ok($crate::__private::StringEnum::from_text(value))
            }
        }
    };
}

/// The value with this text, which is kept if it has no variant.
#[doc(hidden)]
pub fn from_string<T: StringEnum>(text: String) -> T {
    known(&text).unwrap_or_else(|| T::unrecognized(text))
}

/// Reads a value: what `Deserialize` does for every table.
#[doc(hidden)]
pub fn read<'de, T: StringEnum, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_str(EnumVisitor(PhantomData))
}

/// Reports an unrecognized value as kube-apiserver does, and what breaks `rules`.
#[doc(hidden)]
pub fn check<T: StringEnum>(value: &T, rules: &'static [Rule], path: &Path<'_>, errors: &mut Errors) {
    let text = value.text();
    crate::validate::scalar(crate::validate::Scalar::String(text), rules, path, errors);
    if !T::VALUES.contains(&text) {
        errors.push(Error::not_supported(path.dotted(), &text.into(), T::VALUES));
    }
}

/// Reports a null, which is in no enum.
#[doc(hidden)]
pub fn refuse_null<T: StringEnum>(path: &Path<'_>, errors: &mut Errors) {
    errors.push(Error::not_supported(path.dotted(), &Value::Null, T::VALUES));
}

fn known<T: StringEnum>(text: &str) -> Option<T> {
    let index = T::VALUES.iter().position(|value| *value == text)?;
    T::VARIANTS.get(index).cloned()
}

struct EnumVisitor<T>(PhantomData<T>);

impl<T: StringEnum> Visitor<'_> for EnumVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        Ok(T::from_text(text))
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<T, E> {
        Ok(from_string(text))
    }
}

#[cfg(test)]
mod tests {
    use super::StringEnum as _;

    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    enum Phase {
        Empty,
        Ready,
        NotReady,
        Unrecognized(String),
    }

    crate::string_enum! { Phase { Empty = "", Ready = "Ready", NotReady = "Not Ready" } }

    fn check_round_trip(text: &str, expected: &Phase) {
        let json = serde_json::to_string(text).unwrap();
        assert_eq!(&serde_json::from_str::<Phase>(&json).unwrap(), expected);
        assert_eq!(&serde_json::from_value::<Phase>(text.into()).unwrap(), expected);
        assert_eq!(serde_json::to_string(expected).unwrap(), json);
        assert_eq!((&Phase::from(text), &Phase::from(text.to_owned())), (expected, expected));
        assert_eq!((text.parse().as_ref(), expected.to_string().as_str()), (Ok(expected), text));
    }

    #[test]
    fn every_value_is_read_and_written_as_its_text() {
        check_round_trip("", &Phase::Empty);
        check_round_trip("Ready", &Phase::Ready);
        check_round_trip("Not Ready", &Phase::NotReady);
        assert_eq!(Phase::VALUES.len(), Phase::VARIANTS.len());
    }

    #[test]
    fn a_value_of_a_newer_schema_is_kept() {
        let value = Phase::Unrecognized("Paused".to_owned());
        check_round_trip("Paused", &value);
        assert!(!value.is_recognized() && Phase::Ready.is_recognized());
    }

    #[test]
    fn only_texts_are_values() {
        let error = serde_json::from_str::<Phase>("1").unwrap_err();
        assert_eq!(error.to_string(), "invalid type: integer `1`, expected a string at line 1 column 1");
    }
}
