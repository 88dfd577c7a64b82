//! Rust identifiers.

use std::fmt;

/// Keywords of any edition that may be raw identifiers, sorted.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// An identifier that compiles in editions 2021 and 2024. It prints as code needs it: raw where it is a keyword.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ident(String);

impl Ident {
    /// `name` must be an identifier, without `r#`.
    pub(crate) fn new(name: String) -> Self {
        Self(name)
    }

    /// The identifier without `r#`, as a file is called.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `text` can be an identifier, raw or not. Rust allows more letters than these.
    pub(crate) fn is_valid(text: &str) -> bool {
        let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        starts
            && text != "_"
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !["Self", "self", "super", "crate"].contains(&text)
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if KEYWORDS.binary_search(&self.0.as_str()).is_ok() {
            f.write_str("r#")?;
        }
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn a_keyword_is_raw_in_code_and_plain_as_a_file() {
        let ident = Ident::new("type".to_owned());
        assert_eq!((ident.to_string().as_str(), ident.as_str()), ("r#type", "type"));
        assert_eq!(Ident::new("kind".to_owned()).to_string(), "kind");
    }

    #[test]
    fn only_identifiers_are_valid() {
        for (text, expected) in
            [("a_1", true), ("_", false), ("1a", false), ("self", false), ("type", true), ("a-b", false), ("", false)]
        {
            assert_eq!(Ident::is_valid(text), expected, "{text:?}");
        }
    }
}
