//! `nullable: true` in a schema: a value that may be `null`.

use std::fmt;

use crdgen_schema::view::{Arena, View};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
};

use crate::value::{Access, Field};

/// A value, or JSON's `null`.
///
/// A property that has `nullable: true` and is required is a `Nullable<T>`: it is always written, perhaps as `null`. One
/// that may also be left out is an `Option<Nullable<T>>`, where `None` means that the key is absent. Kubernetes stores
/// both and keeps them apart, and for merge patches the difference matters (RFC 7396: a `null` deletes the key).
///
/// ```
/// use crdgen_runtime::Nullable;
///
/// let mut limit: Nullable<i64> = serde_json::from_str("null")?;
/// assert!(limit.is_null());
///
/// limit = 5.into();
/// assert_eq!(limit.value(), Some(&5));
/// assert_eq!(serde_json::to_string(&limit)?, "5");
/// assert_eq!(Option::from(limit), Some(5));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Nullable<T> {
    /// JSON's `null`.
    #[default]
    Null,
    /// Any other value.
    Value(T),
}

impl<T> Nullable<T> {
    /// Whether this is `null`.
    ///
    /// ```
    /// # use crdgen_runtime::Nullable;
    /// assert!(Nullable::<String>::Null.is_null());
    /// assert!(!Nullable::Value(0).is_null());
    /// ```
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value, or `None` for `null`.
    ///
    /// ```
    /// # use crdgen_runtime::Nullable;
    /// let size: Nullable<String> = "10Gi".into();
    /// assert_eq!(size.value().map(String::as_str), Some("10Gi"));
    /// ```
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The value to change in place, or `None` for `null`.
    ///
    /// ```
    /// # use crdgen_runtime::Nullable;
    /// let mut replicas = Nullable::Value(1);
    /// if let Some(replicas) = replicas.value_mut() {
    ///     *replicas += 1;
    /// }
    /// assert_eq!(replicas, Nullable::Value(2));
    /// ```
    pub const fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The value itself, or `None` for `null`.
    ///
    /// ```
    /// # use crdgen_runtime::Nullable;
    /// assert_eq!(Nullable::Value(3).into_value().unwrap_or(1), 3);
    /// ```
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// `None` becomes `null`.
impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl From<&str> for Nullable<String> {
    fn from(text: &str) -> Self {
        Self::Value(text.to_owned())
    }
}

/// `null` becomes `None`.
impl<T> From<Nullable<T>> for Option<T> {
    fn from(value: Nullable<T>) -> Self {
        value.into_value()
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

impl<T: Field> Field for Nullable<T> {
    type Access = Self;
}

impl<T: Field> Access<Self> for Nullable<T> {
    fn blank() -> Self {
        Self::Null
    }

    fn read<'de, D: Deserializer<'de>>(value: &mut Self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(NullableVisitor(value))
    }

    /// Optional and nullable: `null` is a value of its own here, not an absent key.
    fn read_optional<'de, D: Deserializer<'de>>(slot: &mut Option<Self>, deserializer: D) -> Result<(), D::Error> {
        Self::read(slot.insert(Self::Null), deserializer)
    }

    fn view<'a>(value: &'a Self, arena: &'a Arena) -> View<'a> {
        value.value().map_or(View::Null, |value| T::Access::view(value, arena))
    }
}

/// Reads a value or `null` to where it belongs.
struct NullableVisitor<'a, T>(&'a mut Nullable<T>);

impl<'de, T: Field> Visitor<'de> for NullableVisitor<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        *self.0 = Nullable::Null;
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        *self.0 = Nullable::Null;
        Ok(())
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self.0 = Nullable::Value(T::Access::blank());
        self.0.value_mut().map_or(Ok(()), |value| T::Access::read(value, deserializer))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::object;

    #[derive(Clone, Default, PartialEq)]
    struct Limits {
        cpu: Nullable<i64>,
        memory: Option<Nullable<String>>,
        zones: Option<Vec<Nullable<String>>>,
    }

    object! { Limits {
        cpu: "cpu", required;
        memory: "memory", optional;
        zones: "zones", optional;
    } }

    fn check_round_trip(json: &Value, expected: &Limits) {
        assert_eq!(&serde_json::from_value::<Limits>(json.clone()).unwrap(), expected);
        assert_eq!(&serde_json::from_str::<Limits>(&json.to_string()).unwrap(), expected);
        assert_eq!(&serde_json::to_value(expected).unwrap(), json);
    }

    #[test]
    fn absent_null_and_empty_are_three_things() {
        check_round_trip(&json!({"cpu": null}), &Limits::default());
        check_round_trip(
            &json!({"cpu": 1, "memory": null}),
            &Limits { cpu: 1.into(), memory: Some(Nullable::Null), zones: None },
        );
        check_round_trip(
            &json!({"cpu": 0, "memory": "", "zones": []}),
            &Limits { cpu: 0.into(), memory: Some("".into()), zones: Some(Vec::new()) },
        );
    }

    #[test]
    fn items_may_be_null() {
        let zones = Some(vec![Nullable::Null, "eu".into()]);
        check_round_trip(&json!({"cpu": null, "zones": [null, "eu"]}), &Limits { zones, ..Limits::default() });
    }

    #[test]
    fn a_required_nullable_property_may_not_be_absent() {
        let error = serde_json::from_str::<Limits>("{}").unwrap_err();
        assert_eq!(error.to_string(), "missing field `cpu` at line 1 column 2");
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        let error = serde_json::from_str::<Limits>(r#"{"cpu": "1"}"#).unwrap_err();
        assert!(error.to_string().starts_with("cpu: invalid type: string \"1\""), "{error}");
    }

    #[test]
    fn options_convert_both_ways() {
        for option in [None, Some(4)] {
            let nullable = Nullable::from(option);
            assert_eq!(
                (nullable.value().copied(), nullable.into_value(), nullable.is_null()),
                (option, option, option.is_none())
            );
            assert_eq!(Option::from(nullable), option);
        }
        assert_eq!(Nullable::from(4), Nullable::Value(4));
    }

    #[test]
    fn null_comes_before_every_value() {
        assert!(Nullable::Null < Nullable::Value(i64::MIN));
        assert!(Nullable::Value(1) < Nullable::Value(2));
    }

    #[test]
    fn serde_alone_reads_it_too() {
        let read = |json: &str| serde_json::from_str::<Nullable<bool>>(json).unwrap();
        assert_eq!((read("null"), read("true")), (Nullable::Null, Nullable::Value(true)));
    }
}
