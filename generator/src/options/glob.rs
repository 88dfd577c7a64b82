//! Patterns for places in schemas: `*` is any text without a slash, `**` any number of steps.

use std::sync::atomic::{AtomicBool, Ordering};

use glob::{MatchOptions, Pattern};

/// A pattern for places such as `databases.example.com/v1/spec/engine`.
#[derive(Debug)]
pub(crate) struct Glob {
    pattern: Pattern,
    /// Whether it has matched a place.
    is_used: AtomicBool,
}

const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

impl Glob {
    /// Reads a pattern. The error says what is wrong with it.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let pattern = Pattern::new(text).map_err(|error| format!("invalid pattern `{text}`: {}", error.msg))?;
        Ok(Self { pattern, is_used: AtomicBool::new(false) })
    }

    /// Whether a whole place matches.
    pub(crate) fn matches(&self, place: &str) -> bool {
        let matches = self.pattern.matches_with(place, OPTIONS);
        if matches {
            self.is_used.store(true, Ordering::Relaxed);
        }
        matches
    }

    /// The pattern, if no place that it was asked about has matched.
    pub(crate) fn unused(&self) -> Option<&str> {
        (!self.is_used.load(Ordering::Relaxed)).then(|| self.pattern.as_str())
    }
}

/// A copy has matched nothing yet.
impl Clone for Glob {
    fn clone(&self) -> Self {
        Self { pattern: self.pattern.clone(), is_used: AtomicBool::new(false) }
    }
}

impl PartialEq for Glob {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern
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
