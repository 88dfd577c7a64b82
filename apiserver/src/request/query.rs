//! The query of a request, with Kubernetes' ways of reading numbers and booleans.
//!
//! Source: `k8s.io/apimachinery/pkg/runtime/conversion.go`, `strconv`.

use crate::status::{Result, Status};

/// The parameters in the order sent, names and values percent-decoded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Decodes the part of a URI after `?`.
    pub(crate) fn parse(text: &str) -> Self {
        // Like Go, it skips parameters that are not properly encoded.
        let proper = text.split('&').filter(|pair| !pair.contains(';') && is_encoded(pair));
        Self(proper.flat_map(|pair| form_urlencoded::parse(pair.as_bytes()).into_owned()).collect())
    }

    /// The first value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value of a name, or the empty text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// All values of a name.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// A boolean: every value except `false` and `0` means true.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).map(|value| !(value.eq_ignore_ascii_case("false") || value == "0"))
    }

    /// A 64-bit integer; `None` if it is absent or empty.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>> {
        match self.get(name) {
            None | Some("") => Ok(None),
            Some(text) => parse_int(text).map(Some).map_err(Status::bad_request),
        }
    }
}

/// Whether two hexadecimal digits follow every `%`.
fn is_encoded(pair: &str) -> bool {
    let hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let bytes = pair.as_bytes();
    bytes.iter().enumerate().all(|(at, byte)| *byte != b'%' || (hex(bytes.get(at + 1)) && hex(bytes.get(at + 2))))
}

/// `strconv.ParseInt`, with its error texts.
fn parse_int(text: &str) -> std::result::Result<i64, String> {
    text.parse().map_err(|_| {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let why = if number { "value out of range" } else { "invalid syntax" };
        format!("strconv.ParseInt: parsing {text:?}: {why}")
    })
}

/// Reads a resource version as Go's `strconv.ParseUint` does, with its error texts. The empty text is 0.
pub(crate) fn parse_resource_version(text: &str) -> std::result::Result<u64, String> {
    if text.is_empty() {
        return Ok(0);
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or_else(|| {
        let why = if digits { "value out of range" } else { "invalid syntax" };
        format!("strconv.ParseUint: parsing {text:?}: {why}")
    })
}

/// The same, with the error text of the storage layer.
pub(crate) fn parse_stored_version(text: &str) -> std::result::Result<u64, String> {
    parse_resource_version(text).map_err(|why| format!("resourceVersion: Invalid value: {text:?}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_but_false_and_0_is_true() {
        let query = Query::parse("a=nope&b=False&c=0&d=&e");
        let read = |name| query.flag(name);
        assert_eq!([read("a"), read("b"), read("c")], [Some(true), Some(false), Some(false)]);
        assert_eq!([read("d"), read("e"), read("f")], [Some(true), Some(true), None]);
    }

    #[test]
    fn numbers_that_do_not_parse_are_refused_with_gos_words() {
        let why = |text: &str| Query::parse(text).number("limit").unwrap_err().message;
        assert_eq!(why("limit=abc"), "strconv.ParseInt: parsing \"abc\": invalid syntax");
        assert_eq!(
            why("limit=99999999999999999999"),
            "strconv.ParseInt: parsing \"99999999999999999999\": value out of range"
        );
    }

    #[test]
    fn a_resource_version_has_digits_only() {
        assert_eq!(parse_resource_version(""), Ok(0));
        assert_eq!(parse_resource_version("7"), Ok(7));
        assert!(parse_resource_version("+7").is_err());
        assert!(parse_resource_version("1.5").is_err());
    }
}
