//! The `object!` macro: the table at the end of a generated file.
//!
//! In: a struct written elsewhere, and a line for each of its fields. Out: `Object`, `Debug`, `Serialize`, `Deserialize` and `new`.

/// Implements [`Object`](crate::Object), `Debug`, `Serialize` and `Deserialize` for a struct, and gives it a function `new`.
///
/// A line is `field: "jsonName", required;` or `field: "jsonName", optional;` (the field is then an `Option`). A last line `unknown: ..;` says that the struct has a
/// field `unknown: BTreeMap<String, serde_json::Value>`, which keeps all other keys; `..name;` is the same
/// with a field of another name.
///
/// `Debug` prints the fields that are there, by their JSON keys. A struct without a required field must have a `Default`.
///
/// A first line `new(field: Type, …);` makes a function that takes these fields, which should be all that are required; all
/// others are absent. A parameter may be `impl Into<Type>`. With `new as name(…)` the function has that name.
///
/// In generated code `Type at Root "/pointer" { … }` says where in the schema of which resource the struct comes from: `/key`
/// is a property, `/*` stands for the items of an array or the values of a map.
///
/// ```
/// use crdgen_runtime::object;
///
/// #[derive(Clone, PartialEq)]
/// pub struct DatabaseSpec {
///     pub storage_size: String,
///     pub replicas: Option<i64>,
/// }
///
/// object! {
///     DatabaseSpec {
///         new(storage_size: impl Into<String>);
///         storage_size: "storageSize", required;
///         replicas: "replicas", optional;
///     }
/// }
///
/// let spec = DatabaseSpec { replicas: Some(2), ..DatabaseSpec::new("10Gi") };
/// assert_eq!(serde_json::to_string(&spec)?, r#"{"storageSize":"10Gi","replicas":2}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! object {
    (
        $Type:ident $(at $($Root:ident)::+ $pointer:literal)?
        { new $(as $constructor:ident)? ($($parameters:tt)*); $($table:tt)* }
    ) => {
        $crate::__object! { $Type [] $($table)* }
        $crate::__new! { $Type [$($constructor)?] () $($parameters)* }
        $($crate::__origin! { $Type at $($Root)::+ $pointer })?
    };
    ($Type:ident $(at $($Root:ident)::+ $pointer:literal)? { $($table:tt)* }) => {
        $crate::__object! { $Type [] $($table)* }
        $($crate::__origin! { $Type at $($Root)::+ $pointer })?
    };
}

/// The function `new`. A resource has the object's name in front.
#[doc(hidden)]
#[macro_export]
macro_rules! __new {
    ($Type:ident [] $($parameters:tt)*) => {
        $crate::__new! { $Type [new] $($parameters)* }
    };
    ($Type:ident [$constructor:ident] ($($name:ident)?) $($field:ident: $Parameter:ty),* $(,)?) => {
        impl $Type {
            /// With all that is required; everything else is absent.
            #[must_use]
            pub fn $constructor(
                $($name: impl ::core::convert::Into<$crate::__private::String>,)?
                $($field: $Parameter),*
            ) -> Self {
                let mut object: Self = $crate::__private::Object::blank();
                $(object.metadata.name = ::core::option::Option::Some($name.into());)?
                $(object.$field = ::core::convert::Into::into($field);)*
                object
            }
        }
    };
}

/// A table, with the constant fields that a resource has in front.
#[doc(hidden)]
#[macro_export]
macro_rules! __object {
    (
        $Type:ident [$($constants:tt)*]
        $($field:ident: $name:literal, $presence:ident;)*
        $(.. $unknown:ident;)?
    ) => {
        $crate::__impl_object! { $Type [$($constants)*] $($field: $name, $presence;)* $(.. $unknown;)? }
    };
    // The last line is `unknown: ..;`: the only one without a second column.
    (
        $Type:ident [$($constants:tt)*]
        $($field:ident: $name:tt $(, $presence:ident)?;)*
    ) => {
        $crate::__object! {
            $Type [$($constants)*]
            $($($field: $name, $presence;)?)*
            ..unknown;
        }
    };
}

/// An object with nothing in it. Where nothing is required, that is the default, of which the compiler has checked every field.
#[doc(hidden)]
#[macro_export]
macro_rules! __blank {
    ($Type:ident $($field:ident optional)* $(.. $unknown:ident)?) => {
        <$Type as ::core::default::Default>::default()
    };
    ($Type:ident $($field:ident $presence:ident)* $(.. $unknown:ident)?) => {
        $Type {
            $($field: $crate::__private::blank::$presence(),)*
            $($unknown: ::core::default::Default::default(),)?
        }
    };
}

/// The implementations.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_object {
    (
        $Type:ident [$($constant:literal = $value:expr;)*]
        $($field:ident: $name:literal, $presence:ident;)*
        $(.. $unknown:ident;)?
    ) => {
        impl $crate::__private::Object for $Type {
            const TABLE: $crate::__private::Table = $crate::__private::Table {
                name: stringify!($Type),
                members: &[
                    $($crate::__private::Member::optional($constant),)*
                    $($crate::__private::Member::$presence($name),)*
                ],
                keeps_unknown: false,
            }
            $(.with_unknown(stringify!($unknown)))?;

            fn blank() -> Self {
                $crate::__blank! { $Type $($field $presence)* $(.. $unknown)? }
            }

            #[inline]
            fn read<R: $crate::__private::Reader>(&mut self, mut input: R) {
                $(input.constant($value);)*
                $(input.$presence(&mut self.$field);)*
                $(input.unknown(&mut self.$unknown);)?
            }

            #[inline]
            fn write<'a, W: $crate::__private::Writer<'a>>(&'a self, mut output: W) {
                $(output.constant($value);)*
                $(output.$presence(&self.$field);)*
                $(output.unknown(&self.$unknown);)?
            }
        }

        impl ::core::fmt::Debug for $Type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::__private::debug(self, f)
            }
        }

        impl $crate::__private::Serialize for $Type {
            fn serialize<S: $crate::__private::Serializer>(&self, serializer: S) -> $crate::__private::Written<S> {
                $crate::__private::write(self, serializer)
            }
        }

        impl<'de> $crate::__private::Deserialize<'de> for $Type {
            fn deserialize<D: $crate::__private::Deserializer<'de>>(
                deserializer: D,
            ) -> $crate::__private::Read<'de, Self, D> {
                $crate::__private::read(deserializer)
            }
        }
    };
}
