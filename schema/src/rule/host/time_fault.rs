//! Why Go cannot read a time that the format `date-time` allows.
//!
//! In: the text. Out: the words of Go's `time.Parse` for the last of the layouts that the API server tries, which has no zone.

use std::fmt::Write as _;

/// The layout.
const LAYOUT: &str = "2006-01-02T15:04:05";
/// How long a date is, and a date with a time.
const DATE: usize = 10;
const DATE_AND_TIME: usize = 19;

/// The error about a text.
pub(super) fn why(text: &str) -> String {
    let given = quoted(text);
    let split = |at: usize| text.split_at_checked(at);
    match (split(DATE), split(DATE_AND_TIME)) {
        (Some((_, rest)), _) if !rest.starts_with('T') => {
            format!("parsing time {given} as {}: cannot parse {} as \"T\"", quoted(LAYOUT), quoted(rest))
        }
        (_, Some((_, rest))) => format!("parsing time {given}: extra text: {}", quoted(without_fraction(rest))),
        _ => format!("parsing time {given} as {}: cannot parse {given} as \"2006\"", quoted(LAYOUT)),
    }
}

/// What follows a fraction of a second, which needs no place in the layout.
fn without_fraction(rest: &str) -> &str {
    let digits = rest.strip_prefix(['.', ',']).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    digits.map_or(rest, |digits| digits.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// A text as errors about times quote it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            b' '..=b'~' | 0x7f => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_go() {
        for (text, told) in [
            (
                "2020-01-01t00:00:00Z",
                r#"parsing time "2020-01-01t00:00:00Z" as "2006-01-02T15:04:05": cannot parse "t00:00:00Z" as "T""#,
            ),
            ("2020-01-01T00:00:00z", r#"parsing time "2020-01-01T00:00:00z": extra text: "z""#),
            ("2020-01-01T00:00:00.5+99:00", r#"parsing time "2020-01-01T00:00:00.5+99:00": extra text: "+99:00""#),
            ("2020-01-01T00:00:00x5Z", r#"parsing time "2020-01-01T00:00:00x5Z": extra text: "x5Z""#),
            (
                "2020-01-01T00:00:00\u{e9}5Z",
                r#"parsing time "2020-01-01T00:00:00\xc3\xa95Z": extra text: "\xc3\xa95Z""#,
            ),
        ] {
            assert_eq!(why(text), told);
        }
    }
}
