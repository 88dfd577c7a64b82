//! Bytes in base64.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{GeneralPurpose, GeneralPurposeConfig},
};

use super::{Format, Formatted};

/// `format: byte`: bytes in base64, with the standard alphabet and padding. The value is a `Vec<u8>`.
///
/// Messages never quote the text, which may be a secret.
///
/// ```
/// use crdgen_runtime::{Formatted, format::Bytes};
///
/// let text = Formatted::<Bytes>::from(&b"hi"[..]);
/// assert_eq!(text.as_str(), "aGk=");
/// assert_eq!(text.parse()?, b"hi");
/// # Ok::<(), crdgen_runtime::format::FormatError>(())
/// ```
#[derive(Debug)]
pub enum Bytes {}

/// Go's `base64.StdEncoding` does not look at the bits behind the last byte either.
const ENGINE: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

impl Format for Bytes {
    type Value = Vec<u8>;

    const NAME: &'static str = "base64";

    fn parse(text: &str) -> Result<Vec<u8>, String> {
        ENGINE.decode(text).map_err(|error| error.to_string())
    }

    fn format(value: &Vec<u8>) -> String {
        ENGINE.encode(value)
    }
}

impl From<Vec<u8>> for Formatted<Bytes> {
    fn from(value: Vec<u8>) -> Self {
        Self::of(&value)
    }
}

impl From<&[u8]> for Formatted<Bytes> {
    fn from(value: &[u8]) -> Self {
        ENGINE.encode(value).into()
    }
}
