//! What a check has found, as it is printed.

use std::fmt;

/// One place that breaks a house rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// The file, from the project's root.
    pub(super) path: String,
    /// The line, counted from 1.
    pub(super) line: usize,
    /// What is there.
    pub(super) what: String,
    /// What to do about it.
    pub(super) remedy: String,
    /// How large it is, where the rule is about a size; else 1.
    pub(super) size: usize,
}

/// What the limit of an exception is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// The size of each finding.
    Size,
    /// How many findings there are in the file.
    Count,
}

impl Finding {
    /// A finding without a size.
    pub(super) fn new(path: &str, line: usize, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), remedy: remedy.into(), size: 1 }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.path, self.line, self.what, self.remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_printed_as_editors_and_terminals_link_it() {
        let finding = Finding::new("a/b.rs", 7, "a `panic!`", "return an error");
        assert_eq!(finding.to_string(), "a/b.rs:7: a `panic!`: return an error");
    }
}
