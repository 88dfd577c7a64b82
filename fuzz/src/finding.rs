//! What can be wrong with an input, and how a process that tried it shows that.

use std::process::Output;

/// Something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) kind: Kind,
    /// What was said about it.
    pub(crate) text: String,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A panic at a place in the source.
    Panic(String),
    /// The stack did not suffice.
    StackOverflow,
    /// More memory was asked for than may be.
    Memory,
    /// It did not end in time.
    Slow,
    /// Something does not hold.
    Wrong,
    /// The process ended in another way.
    Other,
}

impl Finding {
    /// An input that did not end in time.
    pub(crate) fn slow(seconds: u64) -> Self {
        Self { kind: Kind::Slow, text: format!("it did not end within {seconds} seconds") }
    }

    /// What the end of a process means; none if all went well.
    pub(crate) fn of(output: &Output) -> Option<Self> {
        if output.status.success() {
            return None;
        }
        let text = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let kind = if text.contains("has overflowed its stack") {
            Kind::StackOverflow
        } else if text.contains("memory allocation of") {
            Kind::Memory
        } else if let Some((_, place)) = text.split_once(" panicked at ") {
            Kind::Panic(place.lines().next().unwrap_or_default().to_owned())
        } else if text.contains("wrong: ") {
            Kind::Wrong
        } else {
            Kind::Other
        };
        Some(Self { kind, text: format!("{text}\n({})", output.status) })
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus};

    use super::*;

    fn check(status: i32, text: &str, expected: Option<&Kind>) {
        let output = Output { status: ExitStatus::from_raw(status), stdout: Vec::new(), stderr: text.into() };
        assert_eq!(Finding::of(&output).map(|finding| finding.kind).as_ref(), expected, "{text}");
    }

    #[test]
    fn the_end_of_a_process_shows_what_was_wrong() {
        check(0, "anything", None);
        check(
            256,
            "thread 'main' (7) panicked at cel/src/a.rs:1:2:\nwhy",
            Some(&Kind::Panic("cel/src/a.rs:1:2:".to_owned())),
        );
        check(6, "thread '<unnamed>' (7) has overflowed its stack", Some(&Kind::StackOverflow));
        check(6, "memory allocation of 120000 bytes failed", Some(&Kind::Memory));
        check(256, "wrong: checked twice", Some(&Kind::Wrong));
        check(9, "", Some(&Kind::Other));
    }
}
