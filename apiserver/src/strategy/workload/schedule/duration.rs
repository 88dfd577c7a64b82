//! Go's durations: `1h30m`, `1.5s`.
//!
//! Source: `time.ParseDuration`.

use crdgen_schema::go;

/// The units, in nanoseconds.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];
const LIMIT: u64 = 1 << 63;

/// The whole seconds of a duration, or what Go says before the text that is none.
pub(super) fn seconds(text: &str) -> Result<i64, String> {
    let (is_negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    let invalid = || "invalid duration".to_owned();
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (part, left) = part(rest)?;
        total = total.checked_add(part).filter(|total| *total <= LIMIT).ok_or_else(invalid)?;
        rest = left;
    }
    if !is_negative && total == LIMIT {
        return Err(invalid());
    }
    let seconds = i64::try_from(total / 1_000_000_000).map_err(|_| invalid())?;
    Ok(if is_negative { -seconds } else { seconds })
}

/// A number with its unit in nanoseconds, and what comes after.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "Go rounds so too"
)]
fn part(text: &str) -> Result<(u64, &str), String> {
    let invalid = || "invalid duration".to_owned();
    let (whole, rest) = digits(text);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(invalid());
    }
    let end = rest.find(|letter: char| letter == '.' || letter.is_ascii_digit()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(end);
    if unit.is_empty() {
        return Err("missing unit in duration".to_owned());
    }
    let known = UNITS.iter().find(|(name, _)| *name == unit);
    let (_, unit) = known.ok_or_else(|| format!("unknown unit {} in duration", go::print_quoted(unit)))?;
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
    let fraction: f64 = format!("0.{fraction}").parse().unwrap_or(0.0);
    let nanoseconds = whole.checked_mul(*unit).and_then(|whole| whole.checked_add((fraction * *unit as f64) as u64));
    nanoseconds.filter(|part| *part <= LIMIT).map(|part| (part, rest)).ok_or_else(invalid)
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len()))
}
