//! Days and times in the forms that the API server takes for the formats `date` and `date-time`.
//!
//! ```
//! use crdgen_schema::calendar;
//!
//! assert!(calendar::is_date("2024-02-29") && !calendar::is_date("2023-02-29"));
//! assert!(calendar::is_date_time("2024-02-29T12:00:00+01:00"));
//! ```

/// `2006-01-02`, a day that the Gregorian calendar has.
pub fn is_date(text: &str) -> bool {
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
pub fn is_date_time(text: &str) -> bool {
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
