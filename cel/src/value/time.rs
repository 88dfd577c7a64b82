//! Points in time and lengths of time.

use std::cmp::Ordering;

use jiff::tz::TimeZone;

const SECOND: i64 = 1_000_000_000;
/// The first second of year 1, and the last of year 9999.
const FIRST: i64 = -62_135_596_800;
const LAST: i64 = 253_402_300_799;

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    /// In nanoseconds; some 292 years at most.
    pub nanoseconds: i64,
}

impl Duration {
    /// Reads what Go's `time.ParseDuration` reads: `1h30m`, `-1.5s`, `0`.
    pub fn parse(text: &str) -> Option<Self> {
        parse_duration(text)
    }

    /// As Go's `Duration.Seconds` computes them.
    #[allow(clippy::cast_precision_loss)] // As in Go.
    pub(crate) fn seconds(self) -> f64 {
        (self.nanoseconds / SECOND) as f64 + (self.nanoseconds % SECOND) as f64 / 1e9
    }

    /// Whole units of so many nanoseconds, computed with floats as Go does.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // As in Go.
    pub(crate) fn units(self, unit: i64) -> i64 {
        ((self.nanoseconds / unit) as f64 + (self.nanoseconds % unit) as f64 / unit as f64) as i64
    }

    /// As `string(duration)` gives it.
    pub(crate) fn text(self) -> String {
        format!("{}s", self.seconds())
    }

    /// As Go's `Duration.String` prints it: `1h2m3.5s`.
    pub fn go_text(self) -> String {
        let sign = if self.nanoseconds < 0 { "-" } else { "" };
        let size = self.nanoseconds.unsigned_abs();
        let second = SECOND.unsigned_abs();
        if size < second {
            let (unit, name) = match size {
                0 => return "0s".to_owned(),
                1..1_000 => (1, "ns"),
                1_000..1_000_000 => (1_000, "µs"),
                _ => (1_000_000, "ms"),
            };
            return format!("{sign}{}{name}", with_fraction(size / unit, size % unit, unit));
        }
        let (minutes, rest) = (size / second / 60, size % (60 * second));
        let seconds = with_fraction(rest / second, rest % second, second);
        match (minutes / 60, minutes % 60) {
            (0, 0) => format!("{sign}{seconds}s"),
            (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
            (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
        }
    }
}

/// A number with the digits of a fraction of `unit` that count.
fn with_fraction(whole: u64, fraction: u64, unit: u64) -> String {
    if fraction == 0 {
        return whole.to_string();
    }
    let width = unit.ilog10() as usize;
    format!("{whole}.{fraction:0width$}").trim_end_matches('0').to_owned()
}

/// Reads what Go's `time.ParseDuration` reads: `1h30m`, `-1.5s`, `0`.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(Duration { nanoseconds: 0 });
    }
    let mut total: u64 = 0;
    // Something must stand there, and so must it after each sign.
    loop {
        let (amount, after) = duration_part(rest)?;
        total = total.checked_add(amount).filter(|total| *total <= 1 << 63)?;
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    let nanoseconds = match (negative, i64::try_from(total)) {
        (true, Ok(total)) => -total,
        (true, Err(_)) => i64::MIN,
        (false, total) => total.ok()?,
    };
    Some(Duration { nanoseconds })
}

/// A number and its unit in nanoseconds, and what stands after them.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // As in Go.
fn duration_part(text: &str) -> Option<(u64, &str)> {
    let (whole, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let (name, rest) = rest.split_at(rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len()));
    let unit: u64 = match name {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok().filter(|whole| *whole <= 1 << 63)? };
    let (mut digits, mut scale) = (0_u64, 1.0);
    for digit in fraction.bytes() {
        // Digits beyond what 63 bits hold do not count.
        let more = digits.checked_mul(10).and_then(|digits| digits.checked_add(u64::from(digit - b'0')));
        let Some(more) = more.filter(|more| *more <= 1 << 63) else { break };
        (digits, scale) = (more, scale * 10.0);
    }
    let part = (digits as f64 * (unit as f64 / scale)) as u64;
    let amount = whole.checked_mul(unit).filter(|amount| *amount <= 1 << 63)?.checked_add(part);
    Some((amount.filter(|amount| *amount <= 1 << 63)?, rest))
}

/// A point in time between the years 1 and 9999, and the offset from UTC that it was written with.
#[derive(Clone, Copy, Debug)]
pub struct Timestamp {
    /// Seconds since 1970.
    pub seconds: i64,
    /// Nanoseconds after that second.
    pub nanoseconds: u32,
    /// Seconds east of UTC. It counts for printing only.
    pub offset: i32,
}

impl Timestamp {
    /// A point in time, if it is between the years 1 and 9999.
    pub fn new(seconds: i64, nanoseconds: u32, offset: i32) -> Option<Self> {
        (FIRST..=LAST).contains(&seconds).then_some(Self { seconds, nanoseconds, offset })
    }

    /// Reads what Go's `time.Parse(time.RFC3339, …)` reads.
    pub fn parse(text: &str) -> Option<Self> {
        parse_timestamp(text).ok()
    }

    pub(crate) fn is_zero(self) -> bool {
        (self.seconds, self.nanoseconds) == (FIRST, 0)
    }

    pub(crate) fn cmp(&self, other: &Self) -> Ordering {
        (self.seconds, self.nanoseconds).cmp(&(other.seconds, other.nanoseconds))
    }

    /// So much later, with the same offset.
    pub(crate) fn plus(self, duration: Duration) -> Option<Self> {
        let nanoseconds = i64::from(self.nanoseconds) + duration.nanoseconds % SECOND;
        let seconds =
            self.seconds.checked_add(duration.nanoseconds / SECOND)?.checked_add(nanoseconds.div_euclid(SECOND))?;
        Self::new(seconds, u32::try_from(nanoseconds.rem_euclid(SECOND)).ok()?, self.offset)
    }

    /// The time that has passed since another, if a duration holds it.
    pub(crate) fn since(self, other: Self) -> Option<Duration> {
        let seconds = self.seconds.checked_sub(other.seconds)?.checked_mul(SECOND)?;
        let nanoseconds = seconds.checked_add(i64::from(self.nanoseconds) - i64::from(other.nanoseconds))?;
        Some(Duration { nanoseconds })
    }

    /// As `time.RFC3339Nano` formats it.
    pub fn rfc3339(self) -> String {
        let civil = self.civil(self.offset);
        let fraction = match self.nanoseconds {
            0 => String::new(),
            nanoseconds => format!(".{nanoseconds:09}").trim_end_matches('0').to_owned(),
        };
        let zone = match self.offset / 60 {
            0 if self.offset == 0 => "Z".to_owned(),
            minutes => {
                let sign = if self.offset < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        };
        let Civil { year, month, day, hour, minute, second, .. } = civil;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}")
    }

    /// The date and the time of day so many seconds east of UTC.
    pub(crate) fn civil(self, offset: i32) -> Civil {
        let seconds = self.seconds + i64::from(offset);
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = date(days);
        Civil {
            year,
            month,
            day,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            // 1970 began on a Thursday.
            weekday: (days + 4).rem_euclid(7),
            day_of_year: days - days_since_1970(year, 1, 1),
        }
    }

    /// How far a zone is east of UTC at this time: the name of a zone, or an offset such as `-07:30`.
    pub(crate) fn offset_in(self, zone: &str) -> Result<i32, String> {
        let Some((hours, minutes)) = zone.split_once(':') else { return self.offset_in_named(zone) };
        let number = |text: &str| {
            let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
            let valid = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
            let number = text.parse::<i32>().ok().filter(|_| valid);
            number.ok_or_else(|| format!("strconv.Atoi: parsing {}: invalid syntax", crate::go::quoted(text)))
        };
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        let minutes = if zone.starts_with('-') { -minutes } else { minutes };
        Ok(hours.saturating_mul(60).saturating_add(minutes).saturating_mul(60))
    }

    fn offset_in_named(self, zone: &str) -> Result<i32, String> {
        if matches!(zone, "" | "UTC") {
            return Ok(0);
        }
        if zone.contains("..") || zone.starts_with('/') || zone.contains('\\') {
            return Err("time: invalid location name".to_owned());
        }
        let unknown = || format!("unknown time zone {zone}");
        let found = TimeZone::get(zone).map_err(|_| unknown())?;
        // Names have their case in Go.
        if found.iana_name().is_some_and(|name| name != zone) {
            return Err(unknown());
        }
        // The last hours of year 9999 are beyond what is known of zones.
        let latest = jiff::Timestamp::MAX.as_second();
        let at = jiff::Timestamp::from_second(self.seconds.min(latest)).map_err(|_| unknown())?;
        Ok(found.to_offset(at).seconds())
    }
}

/// A date and a time of day.
pub(crate) struct Civil {
    pub(crate) year: i64,
    /// From 1 to 12.
    pub(crate) month: i64,
    /// From 1 to 31.
    pub(crate) day: i64,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
    /// 0 is Sunday.
    pub(crate) weekday: i64,
    /// From 0 on.
    pub(crate) day_of_year: i64,
}

/// Days between 1970 and a date of the Gregorian calendar.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March end with the day that leap years add.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days_of_months = (153 * month + 2) / 5;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + days_of_months + day - 719_469
}

/// The date so many days after 1970.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let (day, month) =
        (day_of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// Why a text does not name a point in time.
pub(crate) enum NoTimestamp {
    /// It is not written as one.
    Malformed,
    /// It is before year 1 or after year 9999.
    OutOfRange,
}

/// Reads what Go's `time.Parse(time.RFC3339, …)` reads: hours may have one digit, and a comma may stand before a fraction.
pub(crate) fn parse_timestamp(text: &str) -> Result<Timestamp, NoTimestamp> {
    let mut reader = Reader(text);
    let (seconds, nanoseconds, offset) = reader.timestamp().ok_or(NoTimestamp::Malformed)?;
    Timestamp::new(seconds, nanoseconds, offset).ok_or(NoTimestamp::OutOfRange)
}

struct Reader<'t>(&'t str);

impl Reader<'_> {
    fn timestamp(&mut self) -> Option<(i64, u32, i32)> {
        let year = self.digits(4)?;
        self.skip('-')?;
        let month = self.digits(2).filter(|month| (1..=12).contains(month))?;
        self.skip('-')?;
        let day = self.digits(2)?;
        self.skip('T')?;
        let hour = self.digits(2).or_else(|| self.digits(1)).filter(|hour| *hour < 24)?;
        self.skip(':')?;
        let minute = self.digits(2).filter(|minute| *minute < 60)?;
        self.skip(':')?;
        let second = self.digits(2).filter(|second| *second < 60)?;
        let nanoseconds = self.fraction();
        let offset = self.zone()?;
        let days = days_since_1970(year, month, day);
        // A day that the month does not have is another date.
        let valid = self.0.is_empty() && date(days) == (year, month, day);
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - i64::from(offset);
        valid.then_some((seconds, nanoseconds, offset))
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let number = digits.bytes().all(|c| c.is_ascii_digit()).then(|| digits.parse().ok())??;
        self.0 = rest;
        Some(number)
    }

    fn skip(&mut self, expected: char) -> Option<()> {
        self.0 = self.0.strip_prefix(expected)?;
        Some(())
    }

    /// Nanoseconds; digits after the ninth do not count.
    fn fraction(&mut self) -> u32 {
        let Some(rest) = self.0.strip_prefix(['.', ',']) else { return 0 };
        let (digits, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        if digits.is_empty() {
            return 0;
        }
        self.0 = rest;
        format!("{:0<9}", digits.get(..9).unwrap_or(digits)).parse().unwrap_or(0)
    }

    fn zone(&mut self) -> Option<i32> {
        if self.skip('Z').is_some() {
            return Some(0);
        }
        let sign = if self.skip('-').is_some() { -1 } else { self.skip('+').map(|()| 1)? };
        let hours = self.digits(2).filter(|hours| *hours <= 24)?;
        self.skip(':')?;
        let minutes = self.digits(2).filter(|minutes| *minutes <= 60)?;
        Some(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_printed_as_in_go() {
        for (text, nanoseconds, printed) in [
            ("1h30m", 5_400_000_000_000, "1h30m0s"),
            ("-1.5s", -1_500_000_000, "-1.5s"),
            ("0", 0, "0s"),
            ("1us", 1_000, "1µs"),
            ("2.5ms", 2_500_000, "2.5ms"),
            ("+.5s", 500_000_000, "500ms"),
            ("1.s", 1_000_000_000, "1s"),
            ("-9223372036854775808ns", i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            let parsed = parse_duration(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(parsed.nanoseconds, nanoseconds, "{text}");
            assert_eq!(parsed.go_text(), printed, "{text}");
        }
        for text in ["", "1", ".s", "-", "1d", "1s ", "s", "9223372036854775808ns", "3000000h"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn timestamps_are_read_and_printed_as_in_go() {
        for (text, seconds, printed) in [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            ("2009-02-13T23:31:30.5+01:30", 1_234_562_490, "2009-02-13T23:31:30.5+01:30"),
            ("0001-01-01T00:00:00Z", FIRST, "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999999Z", LAST, "9999-12-31T23:59:59.999999999Z"),
            ("2024-02-29T5:04:05,25Z", 1_709_183_045, "2024-02-29T05:04:05.25Z"),
            ("1969-12-31T23:59:59-00:30", 1_799, "1969-12-31T23:59:59-00:30"),
        ] {
            let parsed = parse_timestamp(text).ok().unwrap_or_else(|| panic!("{text}"));
            assert_eq!(parsed.seconds, seconds, "{text}");
            assert_eq!(parsed.rfc3339(), printed, "{text}");
        }
        for text in [
            "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-01-01t00:00:00Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01",
        ] {
            assert!(matches!(parse_timestamp(text), Err(NoTimestamp::Malformed)), "{text}");
        }
        assert!(matches!(parse_timestamp("0000-01-01T00:00:00Z"), Err(NoTimestamp::OutOfRange)));
    }

    #[test]
    fn every_day_is_its_own_date() {
        for days in (-719_162..2_932_896).step_by(97) {
            let (year, month, day) = date(days);
            assert_eq!(days_since_1970(year, month, day), days);
        }
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(19_782), (2024, 2, 29));
    }

    #[test]
    fn zones_are_names_or_offsets() {
        let time = parse_timestamp("2024-07-01T12:00:00Z").ok().unwrap();
        for (zone, offset) in
            [("", 0), ("UTC", 0), ("America/New_York", -14_400), ("-07:30", -27_000), ("02:00", 7_200)]
        {
            assert_eq!(time.offset_in(zone), Ok(offset), "{zone}");
        }
        for (zone, message) in [
            ("Bad/Zone", "unknown time zone Bad/Zone"),
            ("../etc", "time: invalid location name"),
            ("a:00", "strconv.Atoi: parsing \"a\": invalid syntax"),
        ] {
            assert_eq!(time.offset_in(zone), Err(message.to_owned()), "{zone}");
        }
    }
}
