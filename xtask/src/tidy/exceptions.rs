//! The places that may break a house rule, each with a limit and a reason.
//!
//! An exception that excuses nothing any more is itself a finding, so the list only holds what is true.

use serde::Deserialize;
use toml::Spanned;

use super::finding::{Finding, Measure};

/// Where the list is.
const PATH: &str = "xtask/src/tidy/exceptions.toml";

/// The whole list.
#[derive(Debug)]
pub(super) struct Exceptions {
    entries: Vec<Entry>,
}

/// One exception, with the line that it stands on.
#[derive(Debug)]
struct Entry {
    check: String,
    path: String,
    limit: usize,
    reason: String,
    line: usize,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    group: Vec<Group>,
}

/// Exceptions that share a reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    reason: String,
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    check: String,
    path: Spanned<String>,
    limit: usize,
}

impl Exceptions {
    /// Reads the list.
    pub(super) fn read(text: &str) -> Result<Self, toml::de::Error> {
        let written: Written = toml::from_str(text)?;
        let entries = written.group.into_iter().flat_map(|group| {
            group.exceptions.into_iter().map(move |exception| Entry {
                check: exception.check,
                line: text[..exception.path.span().start].lines().count(),
                path: exception.path.into_inner(),
                limit: exception.limit,
                reason: group.reason.clone(),
            })
        });
        Ok(Self { entries: entries.collect() })
    }

    /// Exceptions from checks that do not exist.
    pub(super) fn with_unknown_check(&self, known: &[&str]) -> Vec<Finding> {
        let unknown = self.entries.iter().filter(|entry| !known.contains(&entry.check.as_str()));
        let finding = |entry: &Entry| {
            let what = format!("an exception from the check {:?}, which does not exist", entry.check);
            Finding::new(PATH, entry.line, what, format!("write one of {}", known.join(", ")))
        };
        unknown.map(finding).collect()
    }

    /// What is left of a check's findings, and the exceptions from it that excuse nothing.
    pub(super) fn apply(&self, check: &str, measure: Measure, found: &[Finding]) -> Vec<Finding> {
        let entries: Vec<&Entry> = self.entries.iter().filter(|entry| entry.check == check).collect();
        let mut left = Vec::new();
        for entry in &entries {
            if !found.iter().any(|finding| finding.path == entry.path) {
                let what = format!("the exception of {} from {check:?} excuses nothing any more", entry.path);
                left.push(Finding::new(PATH, entry.line, what, "delete it"));
            }
        }
        for finding in found {
            let Some(entry) = entries.iter().find(|entry| entry.path == finding.path) else {
                left.push(named(check, finding, ""));
                continue;
            };
            let size = match measure {
                Measure::Size => finding.size,
                Measure::Count => found.iter().filter(|other| other.path == finding.path).count(),
            };
            if size > entry.limit {
                let excused = format!(" (the exception allows {}, because {})", entry.limit, entry.reason);
                left.push(named(check, finding, &excused));
            }
        }
        left
    }
}

fn named(check: &str, finding: &Finding, more: &str) -> Finding {
    Finding { what: format!("[{check}] {}{more}", finding.what), ..finding.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "
[[group]]
reason = \"a table\"
exceptions = [
    { check = \"file-size\", path = \"long.rs\", limit = 500 },
    { check = \"panic\", path = \"panics.rs\", limit = 2 },
]
";

    fn apply(check: &str, measure: Measure, found: &[(&str, usize)]) -> Vec<String> {
        let finding = |(path, size): &(&str, usize)| Finding { size: *size, ..Finding::new(path, 1, "it", "mend it") };
        let left =
            Exceptions::read(LIST).unwrap().apply(check, measure, &found.iter().map(finding).collect::<Vec<_>>());
        left.iter().map(Finding::to_string).collect()
    }

    #[test]
    fn a_size_is_compared_with_the_limit() {
        assert!(apply("file-size", Measure::Size, &[("long.rs", 500)]).is_empty());
        let expected = ["long.rs:1: [file-size] it (the exception allows 500, because a table): mend it"];
        assert_eq!(apply("file-size", Measure::Size, &[("long.rs", 501)]), expected);
    }

    #[test]
    fn findings_in_a_file_are_counted() {
        assert!(apply("panic", Measure::Count, &[("panics.rs", 1), ("panics.rs", 1)]).is_empty());
        assert_eq!(apply("panic", Measure::Count, &[("panics.rs", 1); 3]).len(), 3);
    }

    #[test]
    fn what_has_no_exception_stays() {
        let left = apply("panic", Measure::Count, &[("panics.rs", 1), ("other.rs", 1)]);
        assert_eq!(left, ["other.rs:1: [panic] it: mend it"]);
    }

    #[test]
    fn an_exception_that_excuses_nothing_is_a_finding() {
        let left = apply("panic", Measure::Count, &[]);
        let expected = "the exception of panics.rs from \"panic\" excuses nothing any more: delete it";
        assert_eq!(left, [format!("{PATH}:6: {expected}")]);
    }

    #[test]
    fn an_exception_from_an_unknown_check_is_a_finding() {
        let exceptions = Exceptions::read(LIST).unwrap();
        assert_eq!(exceptions.with_unknown_check(&["panic"])[0].line, 5);
        assert!(exceptions.with_unknown_check(&["panic", "file-size"]).is_empty());
    }

    #[test]
    fn every_exception_needs_a_reason() {
        assert!(Exceptions::read("[[group]]\nexceptions = []").is_err());
    }
}
