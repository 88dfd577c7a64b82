//! Dates, times and durations.

use crdgen_cel::Duration;

/// `2006-01-02`, a day that the Gregorian calendar has.
pub(super) fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// A date, `T`, a time and an offset. Like the server: letters of any case, any character before the fraction, offsets
/// of any size, and nothing after a second `T` matters.
pub(super) fn is_date_time(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut parts = text.split('t');
    let (Some(date), Some(time)) = (parts.next(), parts.next()) else { return false };
    if !is_date(date) {
        return false;
    }
    let Some((clock, rest)) = time.split_at_checked(8) else { return false };
    let units: Vec<Option<u32>> = clock.split(':').map(|unit| number(unit, 2)).collect();
    let [Some(hour), Some(minute), Some(second)] = units.as_slice() else { return false };
    *hour <= 23 && *minute <= 59 && *second <= 59 && (is_zone(rest) || is_zone(without_fraction(rest)))
}

/// What follows a fraction: one character, then digits.
fn without_fraction(rest: &str) -> &str {
    let mut digits = rest.chars();
    match digits.next() {
        Some('\n') | None => "",
        Some(_) => {
            let after = digits.as_str().trim_start_matches(|c: char| c.is_ascii_digit());
            if after.len() < digits.as_str().len() { after } else { "" }
        }
    }
}

fn is_zone(text: &str) -> bool {
    let offset = text.strip_prefix(['+', '-']).and_then(|offset| offset.split_once(':'));
    text == "z" || offset.is_some_and(|(hours, minutes)| number(hours, 2).is_some() && number(minutes, 2).is_some())
}

fn number(digits: &str, length: usize) -> Option<u32> {
    let right = digits.len() == length && digits.bytes().all(|c| c.is_ascii_digit());
    digits.parse().ok().filter(|_| right)
}

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
