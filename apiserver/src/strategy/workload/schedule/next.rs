//! When a schedule is next due.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::field::STAR;
use super::{Calendar, Schedule};

/// After so many days without a match there is none, as in Go's library (five years).
const DAYS: usize = 5 * 366;

impl Schedule {
    /// The first time after `after` at which it is due. `zone` is where its hours are, unless it says so itself.
    pub(crate) fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Every(seconds) => {
                let whole = Timestamp::from_second(after.as_second()).ok()?;
                whole.checked_add(SignedDuration::from_secs(*seconds)).ok()
            }
            Self::Calendar(calendar) => calendar.next(after, calendar.zone.as_ref().unwrap_or(zone)),
        }
    }
}

impl Calendar {
    fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut date = after.to_zoned(zone.clone()).date();
        for _ in 0..DAYS {
            if self.has_date(date)
                && let Some(time) = self.first_of(date, after, zone)
            {
                return Some(time);
            }
            date = date.checked_add(1.day()).ok()?;
        }
        None
    }

    /// The first time of that day after `after`. A time that the zone skips is left out.
    fn first_of(&self, date: Date, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        for hour in (0..24).filter(|hour| has(self.hour, i64::from(*hour))) {
            for minute in (0..60).filter(|minute| has(self.minute, i64::from(*minute))) {
                let civil = date.at(hour, minute, 0, 0);
                let zoned = zone.to_ambiguous_zoned(civil).compatible().ok()?;
                if zoned.datetime() == civil && zoned.timestamp() > after {
                    return Some(zoned.timestamp());
                }
            }
        }
        None
    }

    /// If both kinds of day are asked for, one of them is enough.
    fn has_date(&self, date: Date) -> bool {
        let day = has(self.day, i64::from(date.day()));
        let weekday = has(self.weekday, i64::from(date.weekday().to_sunday_zero_offset()));
        let is_open = (self.day | self.weekday) & STAR != 0;
        has(self.month, i64::from(date.month())) && if is_open { day && weekday } else { day || weekday }
    }
}

fn has(bits: u64, value: i64) -> bool {
    bits & (1 << value) != 0
}
