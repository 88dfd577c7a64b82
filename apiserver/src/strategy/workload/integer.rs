//! Integers in texts, as Go reads them.
//!
//! Source: `strconv.ParseInt`, `strconv.Atoi`.

use crdgen_schema::go;

/// Why a text is not an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Syntax,
    Range,
}

impl Fault {
    /// Go's words.
    pub(crate) fn of(self, function: &str, text: &str) -> String {
        let why = match self {
            Self::Syntax => "invalid syntax",
            Self::Range => "value out of range",
        };
        format!("strconv.{function}: parsing {}: {why}", go::print_quoted(text))
    }
}

/// Reads a decimal number of 64 bits.
pub(crate) fn parse(text: &str) -> Result<i64, Fault> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::Syntax);
    }
    text.parse().map_err(|_| Fault::Range)
}
