//! The differences that have a reason: `tests/twins/known.toml`.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{Place, Request};

const TEXT: &str = include_str!("../../twins/known.toml");

/// All differences that are known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    known: Vec<Entry>,
}

/// One class of differences. In each pattern `*` stands for any text; a pattern that is not there matches everything.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Why it stays; `docs/built-in-kinds.md` has the same words.
    reason: String,
    /// Plurals of resources.
    resources: Option<Vec<String>>,
    /// The method and the path.
    request: Option<String>,
    /// The place.
    place: Option<String>,
    /// What the real server says there.
    real: Option<String>,
    /// What the embedded server says there.
    ours: Option<String>,
}

impl Known {
    /// Reads the list.
    ///
    /// # Errors
    /// It is not what it must be.
    pub fn read() -> Result<Self> {
        toml::from_str(TEXT).context("tests/twins/known.toml cannot be read")
    }

    /// The reasons, in the order of the list.
    pub fn reasons(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(|entry| entry.reason.as_str())
    }

    /// Why a difference stays; none if it is not known.
    pub(super) fn reason(&self, request: &Request, place: &Place) -> Option<&str> {
        let asked = format!("{} {}", request.method, request.path);
        let fits = |pattern: &Option<String>, text: &str| pattern.as_ref().is_none_or(|pattern| matches(pattern, text));
        let entry = self.known.iter().find(|entry| {
            entry.resources.as_ref().is_none_or(|names| names.iter().any(|name| name == request.resource()))
                && fits(&entry.request, &asked)
                && fits(&entry.place, &place.path)
                && fits(&entry.real, &place.real)
                && fits(&entry.ours, &place.ours)
        })?;
        Some(&entry.reason)
    }
}

/// Whether a text fits a pattern in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, mut pattern)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    while let Some((part, rest)) = pattern.split_once('*') {
        let Some(at) = text.find(part) else { return false };
        (text, pattern) = (&text[at + part.len()..], rest);
    }
    text.ends_with(pattern)
}

#[cfg(test)]
mod tests {
    use super::{Known, matches};

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches("a*c*e", "abcde") && matches("*", "") && matches("ab", "ab") && matches("a*", "a"));
        assert!(!matches("a*c", "abcd") && !matches("b*", "ab") && !matches("a*a", "a"));
    }

    /// Who meets a difference looks for it on the page.
    #[test]
    fn every_reason_stands_on_the_page_of_the_built_in_kinds() -> anyhow::Result<()> {
        let page = include_str!("../../../docs/built-in-kinds.md").split_whitespace().collect::<Vec<_>>().join(" ");
        for reason in Known::read()?.reasons() {
            assert!(page.contains(reason), "docs/built-in-kinds.md does not say: {reason}");
        }
        Ok(())
    }
}
