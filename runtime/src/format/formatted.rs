//! A string with a format.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
};

use crdgen_schema::view::{Arena, View};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Format, FormatError};
use crate::value::{Access, Field};

/// A string in the format `F`: the exact text, and its value on request.
///
/// Every JSON string can be read, whether it is in the format or not; `validate` reports one that is not, and
/// [`Formatted::parse`] is an error for it. Comparing, ordering and hashing look at the text, so two texts for one value
/// (`60s` and `1m`) differ; compare the parsed values where that matters.
///
/// It is made from a text or from a value: `"1h".into()`, `Formatted::from(Timestamp::now())`.
///
/// ```
/// use crdgen_runtime::{Formatted, format::Cidr};
///
/// let network: Formatted<Cidr> = serde_json::from_str(r#""10.1.2.3/8""#)?;
/// assert_eq!(network.as_str(), "10.1.2.3/8");
/// assert_eq!(network.parse()?.network().to_string(), "10.0.0.0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Formatted<F> {
    text: String,
    format: PhantomData<fn() -> F>,
}

impl<F> Formatted<F> {
    /// The text as it stands in JSON.
    ///
    /// ```
    /// # use crdgen_runtime::{Formatted, format::Date};
    /// assert_eq!(Formatted::<Date>::from("2024-02-29").as_str(), "2024-02-29");
    /// ```
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<F: Format> Formatted<F> {
    /// The value that the text stands for, or why it stands for none.
    ///
    /// ```
    /// # use crdgen_runtime::{Formatted, format::Date};
    /// assert_eq!(Formatted::<Date>::from("2024-02-29").parse()?.month(), 2);
    /// assert!(Formatted::<Date>::from("2023-02-29").parse().is_err());
    /// # Ok::<(), crdgen_runtime::format::FormatError>(())
    /// ```
    pub fn parse(&self) -> Result<F::Value, FormatError> {
        F::parse(&self.text).map_err(FormatError::new::<F>)
    }

    /// The text of `value`. `From` of each type of value is this.
    pub(super) fn of(value: &F::Value) -> Self {
        F::format(value).into()
    }
}

impl<F> From<String> for Formatted<F> {
    fn from(text: String) -> Self {
        Self { text, format: PhantomData }
    }
}

impl<F> From<&str> for Formatted<F> {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// The text, without a copy.
impl<F> From<Formatted<F>> for String {
    fn from(value: Formatted<F>) -> Self {
        value.text
    }
}

impl<F> AsRef<str> for Formatted<F> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl<F> fmt::Display for Formatted<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl<F> fmt::Debug for Formatted<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

/// The empty text, as Go's zero value.
impl<F> Default for Formatted<F> {
    fn default() -> Self {
        String::new().into()
    }
}

// Derives would ask the same of the marker.

impl<F> Clone for Formatted<F> {
    fn clone(&self) -> Self {
        self.text.clone().into()
    }
}

impl<F> PartialEq for Formatted<F> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<F> Eq for Formatted<F> {}

impl<F> Hash for Formatted<F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<F> PartialOrd for Formatted<F> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<F> Ord for Formatted<F> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl<F> Serialize for Formatted<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, F> Deserialize<'de> for Formatted<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl<F> Field for Formatted<F> {
    type Access = Self;
}

impl<F> Access<Self> for Formatted<F> {
    fn blank() -> Self {
        Self::default()
    }

    #[inline]
    fn read<'de, D: Deserializer<'de>>(value: &mut Self, deserializer: D) -> Result<(), D::Error> {
        String::read(&mut value.text, deserializer)
    }

    fn view<'a>(value: &'a Self, _: &'a Arena) -> View<'a> {
        View::Text(&value.text)
    }
}
