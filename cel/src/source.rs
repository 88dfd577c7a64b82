//! The text of an expression, places in it, and what is wrong there.
//!
//! In: byte offsets of an expression's text. Out: [`Issues`], printed as cel-go prints them, with the line at fault.

use std::{fmt, sync::Arc};

/// Longer lines are not shown, as in cel-go.
const LONGEST_SHOWN: usize = 16_384;
/// How many issues are kept; the rest is counted.
const MOST_ISSUES: usize = 100;

/// Something that is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Where, as a byte offset; none if the expression as a whole is at fault.
    pub offset: Option<u32>,
    /// What is wrong, in cel-go's words.
    pub message: String,
}

/// Everything that is wrong with an expression, first things first.
///
/// `Display` prints what cel-go's `Issues.String()` prints:
///
/// ```
/// let environment = crdgen_cel::Environment::standard();
/// let issues = environment.compile("1 + 'a'").unwrap_err();
/// assert_eq!(
///     issues.to_string(),
///     "ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'\n | 1 + 'a'\n | ..^"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issues {
    text: Arc<str>,
    list: Vec<Issue>,
    dropped: usize,
}

impl Issues {
    pub(crate) fn new(source: &str) -> Self {
        Self { text: source.into(), list: Vec::new(), dropped: 0 }
    }

    pub(crate) fn report(&mut self, offset: Option<u32>, message: impl Into<String>) {
        if self.list.len() < MOST_ISSUES {
            self.list.push(Issue { offset, message: message.into() });
        } else {
            self.dropped += 1;
        }
    }

    /// `Ok` if nothing was reported; otherwise the issues in the order of their places.
    pub(crate) fn into_result(mut self) -> Result<(), Self> {
        if self.list.is_empty() {
            return Ok(());
        }
        self.list.sort_by_key(|issue| issue.offset);
        Err(self)
    }

    /// The issues, in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = &Issue> {
        self.list.iter()
    }
}

impl std::error::Error for Issues {}

impl fmt::Display for Issues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, issue) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write_issue(f, &self.text, issue)?;
        }
        match self.dropped {
            0 => Ok(()),
            dropped => write!(f, "\n{dropped} more errors were truncated"),
        }
    }
}

fn write_issue(f: &mut fmt::Formatter<'_>, source: &str, issue: &Issue) -> fmt::Result {
    // cel-go numbers "nowhere" -1, and adds one to the column.
    let Some(offset) = issue.offset else { return write!(f, "ERROR: <input>:-1:0: {}", issue.message) };
    let offset = offset as usize;
    let before = &source[..offset];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = source[start..].split('\n').next().unwrap_or_default();
    let (number, column) = (before.matches('\n').count() + 1, source[start..offset].chars().count());
    write!(f, "ERROR: <input>:{number}:{}: {}", column + 1, issue.message)?;
    if line.len() > LONGEST_SHOWN {
        return Ok(());
    }
    write!(f, "\n | {}\n | ", line.replace('\t', " "))?;
    // What takes more than one byte is taken for a wide character.
    for c in line.chars().take(column) {
        f.write_str(if c.len_utf8() > 1 { "\u{ff0e}" } else { "." })?;
    }
    let wide = line.chars().nth(column).is_some_and(|c| c.len_utf8() > 1);
    f.write_str(if wide { "\u{ff3e}" } else { "^" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, offset: Option<u32>, expected: &str) {
        let mut issues = Issues::new(source);
        issues.report(offset, "no");
        assert_eq!(issues.into_result().unwrap_err().to_string(), expected);
    }

    #[test]
    fn the_line_at_fault_is_shown_with_a_mark() {
        check("a\n\tb c", Some(5), "ERROR: <input>:2:4: no\n |  b c\n | ...^");
        check("é é", Some(3), "ERROR: <input>:1:3: no\n | é é\n | ．.＾");
        check("a", Some(1), "ERROR: <input>:1:2: no\n | a\n | .^");
        check("a", None, "ERROR: <input>:-1:0: no");
        check(&"a".repeat(LONGEST_SHOWN + 1), Some(0), "ERROR: <input>:1:1: no");
    }

    #[test]
    fn the_hundredth_issue_is_the_last_one_shown() {
        let mut issues = Issues::new("a");
        for _ in 0..105 {
            issues.report(None, "no");
        }
        let text = issues.into_result().unwrap_err().to_string();
        assert!(text.ends_with("\n5 more errors were truncated"), "{text}");
        assert_eq!(text.lines().count(), 101);
    }
}
