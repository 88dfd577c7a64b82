//! Times as Go reads and writes them: RFC 3339, for `metav1.MicroTime` with six digits of a second.
//!
//! In: a text. Out: what Go would write for it, in UTC, or Go's error, which says where reading ended.
//!
//! Source: Go's `time.Parse`, `apimachinery/pkg/apis/meta/v1/{time,micro_time}.go`.

use std::{fmt::Write as _, ops::RangeInclusive};

use super::Type;

const SECONDS: &str = "2006-01-02T15:04:05Z07:00";
const MICROS: &str = "2006-01-02T15:04:05.000000Z07:00";
/// The days from March of year 0, in which the calendar below starts, to 1970.
const EPOCH: i64 = 719_468;
/// The days of 400 years.
const ERA: i64 = 146_097;

/// A time of day on a date, somewhere on Earth.
struct Time {
    date: (i64, i64, i64),
    minutes: i64,
    seconds: i64,
    micros: i64,
    /// The minutes by which it is ahead of UTC.
    ahead: i64,
}

/// What Go writes for a time; nothing for the zero time, which is null.
pub(super) fn written(text: &str, kind: &Type) -> Result<Option<String>, String> {
    let is_micro = matches!(kind.unnamed(), Type::MicroTime);
    let time =
        Reader { text, rest: text.as_bytes(), layout: if is_micro { MICROS } else { SECONDS } }.time(is_micro)?;
    let minutes = days(time.date) * 1440 + time.minutes - time.ahead;
    let ((year, month, day), minutes) = (date(minutes.div_euclid(1440)), minutes.rem_euclid(1440));
    if (year, month, day, minutes, time.seconds, time.micros) == (1, 1, 1, 0, 0, 0) {
        return Ok(None);
    }
    let (hour, minute, second) = (minutes / 60, minutes % 60, time.seconds);
    let mut written = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if is_micro {
        let _ = write!(written, ".{:06}", time.micros);
    }
    Ok(Some(written + "Z"))
}

/// The days from 1970 to a date.
fn days((year, month, day): (i64, i64, i64)) -> i64 {
    // Years start in March, so that the day that some of them lack is their last.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * ERA + year * 365 + year / 4 - year / 100 + day_of_year - EPOCH
}

/// The date so many days after 1970.
fn date(days: i64) -> (i64, i64, i64) {
    let (era, day) = ((days + EPOCH).div_euclid(ERA), (days + EPOCH).rem_euclid(ERA));
    let year = (day - day / 1460 + day / 36_524 - day / (ERA - 1)) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let (day, month) = (day_of_year - (153 * month + 2) / 5 + 1, (month + 2) % 12 + 1);
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Reads a text from its start.
struct Reader<'t> {
    text: &'t str,
    rest: &'t [u8],
    layout: &'static str,
}

impl Reader<'_> {
    fn time(mut self, is_micro: bool) -> Result<Time, String> {
        let year = self.year()?;
        self.literal("-")?;
        let month = self.number("01", true, Some((1..=12, "month")))?;
        self.literal("-")?;
        let day = self.number("02", true, None)?;
        self.literal("T")?;
        let hour = self.number("15", false, Some((0..=23, "hour")))?;
        self.literal(":")?;
        let minute = self.number("04", true, Some((0..=59, "minute")))?;
        self.literal(":")?;
        let seconds = self.number("05", true, Some((0..=59, "second")))?;
        let micros = if is_micro { self.micros()? } else { self.skip_fraction() };
        let ahead = self.zone()?;
        if !self.rest.is_empty() {
            return Err(self.fault(&format!(": extra text: {}", quote(self.rest))));
        }
        let date = (year, month, day);
        // The calendar has another date for a day that the month does not have.
        if self::date(days(date)) != date {
            return Err(self.fault(": day out of range"));
        }
        Ok(Time { date, minutes: hour * 60 + minute, seconds, micros, ahead })
    }

    fn digit(&self, at: usize) -> Option<i64> {
        self.rest.get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| i64::from(byte - b'0'))
    }

    fn digits(&self, places: RangeInclusive<usize>) -> Option<i64> {
        places.into_iter().try_fold(0, |number, at| Some(number * 10 + self.digit(at)?))
    }

    fn skip(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default();
    }

    fn literal(&mut self, expected: &'static str) -> Result<(), String> {
        self.rest = self.rest.strip_prefix(expected.as_bytes()).ok_or_else(|| self.cannot_parse(expected))?;
        Ok(())
    }

    fn year(&mut self) -> Result<i64, String> {
        let year = self.digits(0..=3).ok_or_else(|| self.cannot_parse("2006"))?;
        self.skip(4);
        Ok(year)
    }

    /// Reads two digits, or one where `two` are not needed.
    fn number(&mut self, element: &str, two: bool, bounds: Option<(RangeInclusive<i64>, &str)>) -> Result<i64, String> {
        let (number, length) = match (self.digits(0..=1), self.digit(0)) {
            (Some(number), _) => (number, 2),
            (None, Some(number)) if !two => (number, 1),
            _ => return Err(self.cannot_parse(element)),
        };
        self.skip(length);
        match bounds {
            Some((range, name)) if !range.contains(&number) => Err(self.fault(&format!(": {name} out of range"))),
            _ => Ok(number),
        }
    }

    fn micros(&mut self) -> Result<i64, String> {
        let is_fraction = matches!(self.rest.first(), Some(b'.' | b','));
        let micros = self.digits(1..=6).filter(|_| is_fraction).ok_or_else(|| self.cannot_parse(".000000"))?;
        self.skip(7);
        Ok(micros)
    }

    /// A fraction of any length may follow the seconds. Nobody keeps it.
    fn skip_fraction(&mut self) -> i64 {
        if matches!(self.rest.first(), Some(b'.' | b',')) && self.digit(1).is_some() {
            let length = self.rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            self.skip(1 + length);
        }
        0
    }

    fn zone(&mut self) -> Result<i64, String> {
        if self.rest.first() == Some(&b'Z') {
            self.skip(1);
            return Ok(0);
        }
        let colon = self.rest.get(3) == Some(&b':');
        let (Some(hours), Some(minutes), true) = (self.digits(1..=2), self.digits(4..=5), colon) else {
            return Err(self.cannot_parse("Z07:00"));
        };
        for (number, most, name) in [(hours, 24, "hour"), (minutes, 60, "minute")] {
            if number > most {
                return Err(self.fault(&format!(": time zone offset {name} out of range")));
            }
        }
        let sign = match self.rest.first() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Err(self.cannot_parse("Z07:00")),
        };
        self.skip(6);
        Ok(sign * (hours * 60 + minutes))
    }

    fn cannot_parse(&self, element: &str) -> String {
        let (layout, rest, element) = (self.layout.as_bytes(), quote(self.rest), quote(element.as_bytes()));
        self.fault(&format!(" as {}: cannot parse {rest} as {element}", quote(layout)))
    }

    fn fault(&self, why: &str) -> String {
        format!("parsing time {}{why}", quote(self.text.as_bytes()))
    }
}

/// A text in double quotes, in which all but ASCII is written in hexadecimal digits.
fn quote(text: &[u8]) -> String {
    let mut quoted = "\"".to_owned();
    for byte in text {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(*byte)]),
            b' '..0x80 => quoted.push(char::from(*byte)),
            _ => {
                let _ = write!(quoted, "\\x{byte:02x}");
            }
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        for (text, seconds) in [
            ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
            ("2024-01-02T3:04:05,5Z", "2024-01-02T03:04:05Z"),
            ("2024-01-02T03:04:05.123+02:00", "2024-01-02T01:04:05Z"),
            ("2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00Z"),
            ("1999-12-31T23:59:59-00:30", "2000-01-01T00:29:59Z"),
            ("1900-02-28T23:00:00-01:00", "1900-03-01T00:00:00Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ] {
            assert_eq!(written(text, &Type::Time), Ok(Some(seconds.to_owned())));
        }
        let micro = written("2024-01-02T03:04:05.123456+02:00", &Type::MicroTime);
        assert_eq!(micro, Ok(Some("2024-01-02T01:04:05.123456Z".to_owned())));
    }

    #[test]
    fn the_zero_time_is_none() {
        assert_eq!(written("0001-01-01T00:00:00Z", &Type::Time), Ok(None));
        assert_eq!(written("0001-01-01T01:00:00.000000+01:00", &Type::MicroTime), Ok(None));
        assert!(written("0001-01-01T00:00:00.000001Z", &Type::MicroTime).is_ok_and(|written| written.is_some()));
    }

    /// Texts, and where Go stops.
    const WRONG: &[(&str, &str)] = &[
        ("", "parsing time \"\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"2006\""),
        (
            "yesterday",
            "parsing time \"yesterday\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"yesterday\" as \"2006\"",
        ),
        ("1000m", "parsing time \"1000m\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"m\" as \"-\""),
        (
            "20a4-01-02",
            "parsing time \"20a4-01-02\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"20a4-01-02\" as \"2006\"",
        ),
        ("2024", "parsing time \"2024\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"-\""),
        (
            "2024-1-02T03:04:05Z",
            "parsing time \"2024-1-02T03:04:05Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"1-02T03:04:05Z\" as \"01\"",
        ),
        ("2024-13-02T03:04:05Z", "parsing time \"2024-13-02T03:04:05Z\": month out of range"),
        ("2024-01-02", "parsing time \"2024-01-02\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"T\""),
        (
            "2024-01-02 03:04:05Z",
            "parsing time \"2024-01-02 03:04:05Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \" 03:04:05Z\" as \"T\"",
        ),
        ("2024-02-30T03:04:05Z", "parsing time \"2024-02-30T03:04:05Z\": day out of range"),
        ("2024-01-00T03:04:05Z", "parsing time \"2024-01-00T03:04:05Z\": day out of range"),
        ("2024-01-02T24:04:05Z", "parsing time \"2024-01-02T24:04:05Z\": hour out of range"),
        (
            "2024-01-02Tx",
            "parsing time \"2024-01-02Tx\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"x\" as \"15\"",
        ),
        ("2024-01-02T03:60:05Z", "parsing time \"2024-01-02T03:60:05Z\": minute out of range"),
        ("2024-01-02T03:04:60Z", "parsing time \"2024-01-02T03:04:60Z\": second out of range"),
        (
            "2024-01-02T03:04:5Z",
            "parsing time \"2024-01-02T03:04:5Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"5Z\" as \"05\"",
        ),
        (
            "2024-01-02T03:04:05",
            "parsing time \"2024-01-02T03:04:05\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"Z07:00\"",
        ),
        (
            "2024-01-02T03:04:05z",
            "parsing time \"2024-01-02T03:04:05z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"z\" as \"Z07:00\"",
        ),
        (
            "2024-01-02T03:04:05.Z",
            "parsing time \"2024-01-02T03:04:05.Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \".Z\" as \"Z07:00\"",
        ),
        (
            "2024-01-02T03:04:05+0100",
            "parsing time \"2024-01-02T03:04:05+0100\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"+0100\" as \"Z07:00\"",
        ),
        ("2024-01-02T03:04:05+25:00", "parsing time \"2024-01-02T03:04:05+25:00\": time zone offset hour out of range"),
        (
            "2024-01-02T03:04:05+01:61",
            "parsing time \"2024-01-02T03:04:05+01:61\": time zone offset minute out of range",
        ),
        (
            "2024-01-02T03:04:05*01:00",
            "parsing time \"2024-01-02T03:04:05*01:00\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"*01:00\" as \"Z07:00\"",
        ),
        (
            "2024-01-02T03:04:05Zé\"",
            "parsing time \"2024-01-02T03:04:05Z\\xc3\\xa9\\\"\": extra text: \"\\xc3\\xa9\\\"\"",
        ),
        (
            "2024-01-02t03:04:05Z",
            "parsing time \"2024-01-02t03:04:05Z\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"t03:04:05Z\" as \"T\"",
        ),
    ];

    #[test]
    fn errors_say_where_go_stops() {
        for (text, why) in WRONG {
            assert_eq!(written(text, &Type::Time), Err((*why).to_owned()));
        }
    }
}
