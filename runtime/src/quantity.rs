//! Amounts of resources: `500m`, `1.5Gi`, `2`.

mod amount;
#[cfg(test)]
mod tests;

use std::{cmp::Ordering, fmt};

use crdgen_schema::view::{Arena, View};
use k8s_openapi::apimachinery::pkg::api::resource;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::amount::Amount;
use crate::{
    IntOrString,
    value::{Access, Field},
};

/// An amount of a resource, as Kubernetes' `resource.Quantity`: an integer, or a text like `500m` or `1.5Gi`.
///
/// It keeps exactly what was read. The API server stores a quantity of a custom resource as it was written, so equality
/// and hashes look at what is written too: `1` and `1000m` differ. Compare the amounts with [`Quantity::compare`], and
/// calculate with [`Quantity::value`].
///
/// ```
/// use crdgen_runtime::Quantity;
///
/// let requested: Quantity = "1.5Gi".into();
/// assert_eq!(requested.value()?.as_i64(), 1_610_612_736);
/// assert_eq!(Quantity::from("100m").value()?.as_millis(), 100);
/// assert!(requested.compare(&"1536Mi".into())?.is_eq());
/// assert!(Quantity::from("a lot").value().is_err());
/// # Ok::<(), crdgen_runtime::QuantityError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quantity(IntOrString);

/// Why a [`Quantity`] has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuantityError {
    /// The text is not a number with a suffix that Kubernetes knows.
    #[error("not a quantity: {0:?}: expected a number, perhaps with a suffix, like 2, 500m, 1.5Gi or 2e3")]
    Malformed(String),
    /// The number is too large for an [`Amount`].
    #[error("quantity out of range: {0:?}")]
    OutOfRange(String),
}

impl Quantity {
    /// The number that it stands for, as `resource.ParseQuantity` reads it.
    ///
    /// ```
    /// # use crdgen_runtime::Quantity;
    /// assert_eq!(Quantity::from("2k").value()?, Quantity::from(2000).value()?);
    /// # Ok::<(), crdgen_runtime::QuantityError>(())
    /// ```
    pub fn value(&self) -> Result<Amount, QuantityError> {
        match &self.0 {
            IntOrString::Int(number) => Ok((*number).into()),
            IntOrString::String(text) => text.parse(),
        }
    }

    /// Which of two quantities is the larger amount.
    ///
    /// ```
    /// # use crdgen_runtime::Quantity;
    /// assert!(Quantity::from("999Mi").compare(&"1Gi".into())?.is_lt());
    /// # Ok::<(), crdgen_runtime::QuantityError>(())
    /// ```
    pub fn compare(&self, other: &Self) -> Result<Ordering, QuantityError> {
        Ok(self.value()?.cmp(&other.value()?))
    }

    /// The integer or text as it stands in JSON.
    ///
    /// ```
    /// # use crdgen_runtime::{IntOrString, Quantity};
    /// assert_eq!(Quantity::from(2).as_int_or_string(), &IntOrString::Int(2));
    /// ```
    pub const fn as_int_or_string(&self) -> &IntOrString {
        &self.0
    }
}

/// The bare integer or text, without quotes.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<i64> for Quantity {
    fn from(number: i64) -> Self {
        Self(number.into())
    }
}

impl From<&str> for Quantity {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Quantity {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<IntOrString> for Quantity {
    fn from(value: IntOrString) -> Self {
        Self(value)
    }
}

impl From<Quantity> for IntOrString {
    fn from(quantity: Quantity) -> Self {
        quantity.0
    }
}

impl From<resource::Quantity> for Quantity {
    fn from(quantity: resource::Quantity) -> Self {
        quantity.0.into()
    }
}

/// An integer becomes its text, which is what Kubernetes writes for one.
impl From<Quantity> for resource::Quantity {
    fn from(quantity: Quantity) -> Self {
        Self(match quantity.0 {
            IntOrString::Int(number) => number.to_string(),
            IntOrString::String(text) => text,
        })
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IntOrString::deserialize(deserializer).map(Self)
    }
}

impl Field for Quantity {
    type Access = Self;
}

impl Access<Self> for Quantity {
    fn blank() -> Self {
        Self::default()
    }

    fn read<'de, D: Deserializer<'de>>(value: &mut Self, deserializer: D) -> Result<(), D::Error> {
        IntOrString::read(&mut value.0, deserializer)
    }

    fn view<'a>(value: &'a Self, arena: &'a Arena) -> View<'a> {
        IntOrString::view(&value.0, arena)
    }
}
