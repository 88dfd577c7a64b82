//! Times as Go writes them: in UTC, in whole seconds or with six digits.
//!
//! In: a text that Go's decoder has accepted. Out: the text that Go would write; nothing for the zero time, which is null.

use super::Type;

/// The time that Go counts from.
const ZERO: &str = "0001-01-01T00:00:00";

/// What Go writes for a time.
pub(super) fn written(text: &str, kind: &Type) -> Option<String> {
    let seconds = in_utc(text).unwrap_or_else(|| text.get(..19).unwrap_or(text).to_owned());
    let digits = match kind {
        Type::MicroTime => text.get(19..26).filter(|fraction| fraction.starts_with('.')).unwrap_or(".000000"),
        _ => "",
    };
    let is_zero = seconds == ZERO && digits.trim_matches(['.', '0']).is_empty();
    (!is_zero).then(|| format!("{seconds}{digits}Z"))
}

/// Date and time in UTC, without what follows the seconds; nothing if the year would have more than four digits.
fn in_utc(text: &str) -> Option<String> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (day, minute) = (days(number(0, 4)?, number(5, 7)?, number(8, 10)?), number(11, 13)? * 60 + number(14, 16)?);
    let minutes = day * 1440 + minute - offset(text)?;
    let (year, month, day) = date(minutes.div_euclid(1440));
    let minute = minutes.rem_euclid(1440);
    let in_range = (0..=9999).contains(&year);
    let second = text.get(17..19)?;
    in_range.then(|| format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{second}", minute / 60, minute % 60))
}

/// The minutes by which the text's time is ahead of UTC.
fn offset(text: &str) -> Option<i64> {
    let Some(at) = text.get(19..)?.find(['+', '-']) else { return Some(0) };
    let (sign, zone) = text.get(19 + at..)?.split_at(1);
    let (hours, minutes) = zone.split_once(':')?;
    let ahead = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
    Some(if sign == "-" { -ahead } else { ahead })
}

/// The days from 1970 to a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years start in March, so that the day that some of them lack is their last.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year * 365 + year / 4 - year / 100 + day_of_year - 719_468
}

/// The date so many days after 1970.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let (day, month) = (day_of_year - (153 * month + 2) / 5 + 1, (month + 2) % 12 + 1);
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        for (text, seconds) in [
            ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
            ("2024-01-02T03:04:05.123+02:00", "2024-01-02T01:04:05Z"),
            ("2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00Z"),
            ("1999-12-31T23:59:59-00:30", "2000-01-01T00:29:59Z"),
            ("1900-02-28T23:00:00-01:00", "1900-03-01T00:00:00Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ] {
            assert_eq!(written(text, &Type::Time).as_deref(), Some(seconds));
        }
        let micro = written("2024-01-02T03:04:05.123456+02:00", &Type::MicroTime);
        assert_eq!(micro.as_deref(), Some("2024-01-02T01:04:05.123456Z"));
    }

    #[test]
    fn the_zero_time_is_none() {
        assert_eq!(written("0001-01-01T00:00:00Z", &Type::Time), None);
        assert_eq!(written("0001-01-01T01:00:00.000000+01:00", &Type::MicroTime), None);
        assert!(written("0001-01-01T00:00:00.000001Z", &Type::MicroTime).is_some());
    }
}
