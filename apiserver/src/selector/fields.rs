//! Field selectors: `metadata.name=a,spec.color!=red`.
//!
//! In: the text. Out: [`FieldSelector`], or the error text of `k8s.io/apimachinery/pkg/fields`. The caller looks up the
//! values of fields.

/// Terms that must all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldSelector(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    name: String,
    value: String,
    equal: bool,
}

/// Why a selector was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid selector: '{selector}'; can't understand '{term}'")]
pub(crate) struct ParseError {
    selector: String,
    term: String,
}

impl FieldSelector {
    /// Reads a selector; the empty text matches everything.
    pub(crate) fn parse(selector: &str) -> Result<Self, ParseError> {
        let mut terms = Vec::new();
        for part in split(selector).into_iter().filter(|part| !part.is_empty()) {
            let term = term(part).ok_or_else(|| ParseError { selector: selector.to_owned(), term: part.to_owned() })?;
            terms.push(term);
        }
        Ok(Self(terms))
    }

    /// The value that a field must have.
    pub(crate) fn exact(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|term| term.equal && term.name == name).map(|term| term.value.as_str())
    }

    /// The same selector with one more term.
    pub(crate) fn and_equal(mut self, name: &str, value: &str) -> Self {
        self.0.push(Term { name: name.to_owned(), value: value.to_owned(), equal: true });
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields it selects by.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|term| term.name.as_str())
    }

    /// Whether all terms hold, given the value of a field.
    pub(crate) fn matches(&self, value: impl Fn(&str) -> String) -> bool {
        self.0.iter().all(|term| (value(&term.name) == term.value) == term.equal)
    }
}

/// Splits at commas that are not escaped by a backslash.
fn split(selector: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, character) in selector.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => {
                parts.push(&selector[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&selector[start..]);
    parts
}

/// Reads one term, which its first operator divides into field and value.
fn term(part: &str) -> Option<Term> {
    for (at, _) in part.char_indices() {
        for (operator, equal) in [("!=", false), ("==", true), ("=", true)] {
            if let Some(value) = part[at..].strip_prefix(operator) {
                return Some(Term { name: part[..at].to_owned(), value: unescape(value)?, equal });
            }
        }
    }
    None
}

fn unescape(value: &str) -> Option<String> {
    let mut out = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.push(characters.next().filter(|next| matches!(next, '\\' | ',' | '='))?),
            ',' | '=' => return None,
            other => out.push(other),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(selector: &str, expected: bool) {
        let value = |name: &str| if name == "metadata.name" { "a,b".to_owned() } else { String::new() };
        assert_eq!(FieldSelector::parse(selector).unwrap().matches(value), expected, "{selector}");
    }

    #[test]
    fn terms_compare_texts_and_absent_fields_are_empty() {
        check("", true);
        check("metadata.name=a\\,b", true);
        check("metadata.name==a\\,b,other=", true);
        check("metadata.name!=a\\,b", false);
        check("other!=x", true);
    }

    #[test]
    fn what_does_not_parse_is_refused_with_kubernetes_words() {
        let error = |text| FieldSelector::parse(text).unwrap_err().to_string();
        assert_eq!(error("foo"), "invalid selector: 'foo'; can't understand 'foo'");
        assert_eq!(error("a=b,!!"), "invalid selector: 'a=b,!!'; can't understand '!!'");
    }
}
