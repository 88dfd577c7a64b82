//! Lengths of time.

use jiff::SignedDuration;

use super::{Format, Formatted, quoted};

/// `format: duration`: a Go duration like `1h30m` or `-1.5h`, or words like `3 weeks`.
///
/// Texts are read as kube-openapi's `strfmt.ParseDuration` reads them. What Go's `time.ParseDuration` takes is that. In any
/// other text, whole numbers with a unit after them are looked for and added up, and the rest is not looked at: `2 days 4
/// hours` is 52 hours, but `1.5 days` is five days. The limit is Go's, 292 years.
///
/// The value is a [`SignedDuration`], and is written as Go's `Duration.String` writes it.
///
/// ```
/// use crdgen_runtime::{Formatted, format::Duration, k8s_openapi::jiff::SignedDuration};
///
/// assert_eq!(Formatted::<Duration>::from("-1.5h").parse()?, SignedDuration::from_mins(-90));
/// assert_eq!(Formatted::<Duration>::from("3 weeks").parse()?, SignedDuration::from_hours(3 * 7 * 24));
/// assert_eq!(Formatted::from(SignedDuration::from_secs(90)).as_str(), "1m30s");
/// # Ok::<(), crdgen_runtime::format::FormatError>(())
/// ```
#[derive(Debug)]
pub enum Duration {}

impl Format for Duration {
    type Value = SignedDuration;

    const NAME: &'static str = "a duration like 1h30m or 3 weeks";

    fn parse(text: &str) -> Result<SignedDuration, String> {
        let nanoseconds = go_duration(text).or_else(|| amounts_of_time(text)).ok_or_else(|| quoted(text))?;
        match i64::try_from(nanoseconds) {
            Ok(nanoseconds) => Ok(SignedDuration::from_nanos(nanoseconds)),
            Err(_) => Err(format!("{} is longer than 292 years", quoted(text))),
        }
    }

    fn format(value: &SignedDuration) -> String {
        let sign = if value.is_negative() { "-" } else { "" };
        let seconds = value.as_secs().unsigned_abs();
        let nanoseconds = value.subsec_nanos().unsigned_abs();
        if seconds == 0 {
            return format!("{sign}{}", part_of_second(nanoseconds));
        }
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        let rest = decimal(seconds % 60, nanoseconds, 9);
        match (hours, minutes) {
            (0, 0) => format!("{sign}{rest}s"),
            (0, _) => format!("{sign}{minutes}m{rest}s"),
            _ => format!("{sign}{hours}h{minutes}m{rest}s"),
        }
    }
}

impl From<SignedDuration> for Formatted<Duration> {
    fn from(value: SignedDuration) -> Self {
        Self::of(&value)
    }
}

/// Less than a second, in the largest unit of which there is one at least.
fn part_of_second(nanoseconds: u32) -> String {
    match nanoseconds {
        0 => "0s".to_owned(),
        1..1_000 => format!("{nanoseconds}ns"),
        1_000..1_000_000 => format!("{}µs", decimal((nanoseconds / 1_000).into(), nanoseconds % 1_000, 3)),
        _ => format!("{}ms", decimal((nanoseconds / 1_000_000).into(), nanoseconds % 1_000_000, 6)),
    }
}

/// `whole.part`, without the zeros at the end of a part that has so many digits.
fn decimal(whole: u64, part: u32, digits: usize) -> String {
    if part == 0 {
        return whole.to_string();
    }
    format!("{whole}.{part:0digits$}").trim_end_matches('0').to_owned()
}

/// The nanoseconds of what Go's `time.ParseDuration` takes, whatever their number.
fn go_duration(text: &str) -> Option<i128> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned == "0" {
        return Some(0);
    }
    let (mut rest, mut total) = (unsigned, 0_i128);
    while !rest.is_empty() {
        let (amount, after) = go_amount(rest)?;
        total = total.checked_add(amount)?;
        rest = after;
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    (!unsigned.is_empty()).then_some(sign * total)
}

/// One number and its unit, in nanoseconds, and the text after them.
fn go_amount(text: &str) -> Option<(i128, &str)> {
    let (whole, after) = digits(text);
    let (fraction, after) = after.strip_prefix('.').map_or(("", after), digits);
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
    let unit = match &after[..end] {
        "ns" => NANOSECOND,
        "us" | "µs" | "μs" => MICROSECOND,
        "ms" => MILLISECOND,
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        _ => return None,
    };
    let whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().ok()? };
    // Digits beyond the 18th are far below a nanosecond, even of an hour.
    let fraction = &fraction[..fraction.len().min(18)];
    let part = format!("{fraction:0<18}").parse::<i128>().ok()? * unit / 10_i128.pow(18);
    Some((i128::from(whole) * unit + part, &after[end..]))
}

/// The sum of all whole numbers with a unit of time, if there is one at all. A number too large spoils everything.
fn amounts_of_time(text: &str) -> Option<i128> {
    let (mut rest, mut total) = (text, None);
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (number, after) = digits(&rest[start..]);
        let word = after.trim_start_matches(['\t', '\n', '\u{c}', '\r', ' ']);
        rest = word.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == 'µ');
        let name = &word[..word.len() - rest.len()];
        if name.is_empty() {
            continue;
        }
        let number: i64 = number.parse().ok()?;
        if let Some(unit) = unit(&name.to_lowercase()) {
            total = Some(total.unwrap_or(0_i128).checked_add(i128::from(number) * unit)?);
        }
    }
    total
}

const NANOSECOND: i128 = 1;
const MICROSECOND: i128 = 1_000 * NANOSECOND;
const MILLISECOND: i128 = 1_000 * MICROSECOND;
const SECOND: i128 = 1_000 * MILLISECOND;
const MINUTE: i128 = 60 * SECOND;
const HOUR: i128 = 60 * MINUTE;
const DAY: i128 = 24 * HOUR;
const WEEK: i128 = 7 * DAY;

/// The unit with this name in lower case. Of the last name of a unit, the start is enough: `seconds`.
fn unit(name: &str) -> Option<i128> {
    const UNITS: [(&[&str], &str, i128); 8] = [
        (&["ns"], "nano", NANOSECOND),
        (&["us", "µs"], "micro", MICROSECOND),
        (&["ms"], "milli", MILLISECOND),
        (&["s"], "sec", SECOND),
        (&["m"], "min", MINUTE),
        (&["h", "hr"], "hour", HOUR),
        (&["d"], "day", DAY),
        (&["w", "wk"], "week", WEEK),
    ];
    let unit = UNITS.iter().find(|(short, long, _)| short.contains(&name) || name.starts_with(long))?;
    Some(unit.2)
}

/// The digits that the text starts with, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    text.split_at(text.len() - rest.len())
}
