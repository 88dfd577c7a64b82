//! Dates, times and durations.

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
pub(super) fn is_duration(text: &str) -> bool {
    is_go_duration(text) || has_amount_of_time(text)
}

/// `time.ParseDuration`.
fn is_go_duration(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned == "0" {
        return true;
    }
    let (mut rest, mut total) = (unsigned, 0_u64);
    while !rest.is_empty() {
        let Some((amount, after)) = go_amount(rest) else { return false };
        let Some(sum) = total.checked_add(amount).filter(|sum| *sum <= 1 << 63) else { return false };
        (rest, total) = (after, sum);
    }
    !unsigned.is_empty() && (text.starts_with('-') || total < 1 << 63)
}

/// One number and unit of a Go duration, in nanoseconds.
fn go_amount(text: &str) -> Option<(u64, &str)> {
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let whole = &text[..text.len() - after.len()];
    let (fraction, after) = match after.strip_prefix('.') {
        Some(rest) => {
            let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            (&rest[..rest.len() - after.len()], after)
        }
        None => ("", after),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
    let unit: u64 = match &after[..end] {
        "ns" => 1,
        "us" | "µs" | "μs" => 1000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().ok()? };
    let nanoseconds = whole.checked_mul(unit).filter(|amount| *amount <= 1 << 63)?;
    // A fraction adds less than one unit, so its precision decides only beside the limit, three centuries away.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let part = (format!("0.{fraction}").parse::<f64>().unwrap_or(0.0) * unit as f64) as u64;
    Some((nanoseconds.checked_add(part)?, &after[end..]))
}

/// Scala's durations as kube-openapi looks for them: anywhere in the text. A number too large spoils all.
fn has_amount_of_time(text: &str) -> bool {
    let mut found = false;
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
        if number.parse::<i64>().is_err() {
            return false;
        }
        found |= is_unit(&unit.to_lowercase());
    }
    found
}

fn is_unit(unit: &str) -> bool {
    const WHOLE: [&str; 11] = ["ns", "us", "µs", "ms", "s", "m", "h", "hr", "d", "w", "wk"];
    const STARTS: [&str; 8] = ["nano", "micro", "milli", "sec", "min", "hour", "day", "week"];
    WHOLE.contains(&unit) || STARTS.iter().any(|start| unit.starts_with(start))
}
