//! Durations.

use crdgen_cel::Duration;

/// A Go duration, or any text that has a number followed by a unit of time.
pub(super) fn duration(text: &str) -> Option<Duration> {
    Duration::parse(text).or_else(|| amounts_of_time(text))
}

/// Scala's durations as kube-openapi looks for them: anywhere in the text, added up. A number too large spoils all.
fn amounts_of_time(text: &str) -> Option<Duration> {
    let mut sum = None;
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = &rest[start..];
        let after = digits.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = &digits[..digits.len() - after.len()];
        let word = after.trim_start_matches(['\t', '\n', '\u{c}', '\r', ' ']);
        rest = word.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == 'µ');
        let unit = &word[..word.len() - rest.len()];
        if unit.is_empty() {
            continue;
        }
        let number = number.parse::<i64>().ok()?;
        if let Some(unit) = nanoseconds_of(&unit.to_lowercase()) {
            sum = Some(number.wrapping_mul(unit).wrapping_add(sum.unwrap_or(0)));
        }
    }
    sum.map(|nanoseconds| Duration { nanoseconds })
}

/// A unit by one of its names, or by how its long name starts.
fn nanoseconds_of(unit: &str) -> Option<i64> {
    const UNITS: [(&[&str], &str, i64); 8] = [
        (&["ns"], "nano", 1),
        (&["us", "µs"], "micro", 1_000),
        (&["ms"], "milli", 1_000_000),
        (&["s"], "sec", 1_000_000_000),
        (&["m"], "min", 60_000_000_000),
        (&["h", "hr"], "hour", 3_600_000_000_000),
        (&["d"], "day", 86_400_000_000_000),
        (&["w", "wk"], "week", 604_800_000_000_000),
    ];
    let found = UNITS.iter().find(|(names, start, _)| names.contains(&unit) || unit.starts_with(start));
    found.map(|(_, _, nanoseconds)| *nanoseconds)
}
