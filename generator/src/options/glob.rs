//! Patterns for places in schemas: `*` is any text without a slash, `**` any number of steps.

use glob::{MatchOptions, Pattern};

/// A pattern for places such as `databases.example.com/v1/spec/engine`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Glob(Pattern);

const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

impl Glob {
    /// Reads a pattern. The error says what is wrong with it.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        Pattern::new(text).map(Self).map_err(|error| format!("invalid pattern `{text}`: {}", error.msg))
    }

    /// Whether a whole place matches.
    pub(crate) fn matches(&self, place: &str) -> bool {
        self.0.matches_with(place, OPTIONS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_step_and_two_are_any() {
        let cases = [
            ("a.b/*/spec/engine", "a.b/v1/spec/engine", true),
            ("a.b/*/engine", "a.b/v1/spec/engine", false),
            ("**/engine", "a.b/v1/spec/engine", true),
            ("*.b/v1", "a.b/v1", true),
            ("**/*Ref", "a.b/v1/spec/secretRef", true),
        ];
        for (glob, place, expected) in cases {
            assert_eq!(Glob::new(glob).unwrap().matches(place), expected, "{glob} {place}");
        }
        assert_eq!(
            Glob::new("a***").unwrap_err(),
            "invalid pattern `a***`: wildcards are either regular `*` or recursive `**`"
        );
    }
}
