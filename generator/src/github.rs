//! GitHub's workflow commands, which become annotations of a pull request.
//!
//! In: what is found, and where. Out: one line for each.
//! Source: "Workflow commands for GitHub Actions", and `escapeData` and `escapeProperty` of `actions/toolkit`.

use std::fmt;

use crdgen_schema::diagnostic::Position;

/// How GitHub shows an annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Error,
    Warning,
    Notice,
}

/// One annotation, which prints as one line without its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Annotation<'a> {
    pub(crate) level: Level,
    /// The path from the root of the repository; empty for none.
    pub(crate) file: &'a str,
    pub(crate) position: Option<Position>,
    pub(crate) title: &'a str,
    pub(crate) message: &'a str,
}

impl fmt::Display for Annotation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let command = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Notice => "notice",
        };
        write!(f, "::{command} ")?;
        if !self.file.is_empty() {
            write!(f, "file={},", property(self.file))?;
        }
        if let Some(position) = self.position {
            write!(f, "line={},col={},", position.line, position.column)?;
        }
        write!(f, "title={}::{}", property(self.title), data(self.message))
    }
}

/// Text that GitHub shows.
pub(crate) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_message_can_end_it_or_start_another() {
        let annotation = Annotation {
            level: Level::Error,
            file: "a,b:c.yaml",
            position: Some(Position { line: 2, column: 3 }),
            title: "a:b,c%\n",
            message: "50%\r\n::error::",
        };
        assert_eq!(
            annotation.to_string(),
            "::error file=a%2Cb%3Ac.yaml,line=2,col=3,title=a%3Ab%2Cc%25%0A::50%25%0D%0A::error::"
        );
    }
}
