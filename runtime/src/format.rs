//! Strings in a format: `format: date-time`, `date`, `duration`, `byte`, an address or a network.
//!
//! A property with such a format is a [`Formatted`] with one of the markers here, for example `Formatted<DateTime>`. It
//! holds the text exactly as it was read and gives its value on request, so an object with a text that is not in its
//! format can still be read and written back, as the API server's own storage may hold one.
//!
//! ```
//! use crdgen_runtime::{Formatted, format::{DateTime, Duration}, k8s_openapi::jiff::{SignedDuration, Timestamp}};
//!
//! let timeout: Formatted<Duration> = "1h30m".into();
//! assert_eq!(timeout.parse()?, SignedDuration::from_mins(90));
//!
//! let started = Formatted::<DateTime>::from(Timestamp::UNIX_EPOCH);
//! assert_eq!(started.as_str(), "1970-01-01T00:00:00Z");
//! # Ok::<(), crdgen_runtime::format::FormatError>(())
//! ```

mod address;
mod bytes;
mod duration;
mod formatted;
#[cfg(test)]
mod tests;
mod time;

pub use self::{
    address::{Cidr, Ip},
    bytes::Bytes,
    duration::Duration,
    formatted::Formatted,
    time::{Date, DateTime},
};

/// A format of strings, and the Rust type of its values. The types that implement it are markers without values.
pub trait Format: 'static {
    /// What a text in this format says.
    type Value;

    /// The name in messages.
    const NAME: &'static str;

    /// The value of a text; or, in words, why there is none.
    fn parse(text: &str) -> Result<Self::Value, String>;

    /// The text for a value, as Kubernetes' own types write it.
    fn format(value: &Self::Value) -> String;
}

/// A text is not in its format.
///
/// ```
/// use crdgen_runtime::{Formatted, format::Ip};
///
/// let error = Formatted::<Ip>::from("10.0.0").parse().unwrap_err();
/// assert_eq!(error.to_string(), r#"not an IP address: "10.0.0""#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {format}: {reason}")]
pub struct FormatError {
    format: &'static str,
    reason: String,
}

impl FormatError {
    fn new<F: Format>(reason: String) -> Self {
        Self { format: F::NAME, reason }
    }
}

/// The text in quotes for a message. Of a long text, only the start.
fn quoted(text: &str) -> String {
    const LIMIT: usize = 64;
    if text.len() <= LIMIT {
        return format!("{text:?}");
    }
    format!("{:?}…", &text[..text.floor_char_boundary(LIMIT)])
}
