//! The schedules of cron jobs.
//!
//! In: a text. Out: a [`Schedule`], or why it is none, in the words of the library that Kubernetes uses; and when it is next due.
//! Go's library accepts texts that crates for the purpose refuse, and the other way round.
//!
//! Source: `github.com/robfig/cron/v3` (`ParseStandard`, `SpecSchedule.Next`).

mod duration;
mod field;
mod next;
#[cfg(test)]
mod tests;
mod zone;

use crdgen_schema::go;
use field::{DAY, HOUR, MINUTE, MONTH, WEEKDAY};
use jiff::tz::TimeZone;

pub(crate) use zone::zone;

/// When something is due.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Schedule {
    /// At the minutes that have all these properties.
    Calendar(Calendar),
    /// Every so many seconds.
    Every(i64),
}

/// A set of minutes. Each number is a set of bits, one for each value; [`field::STAR`] says that no value was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Calendar {
    minute: u64,
    hour: u64,
    day: u64,
    month: u64,
    weekday: u64,
    /// Where the text says it; otherwise it is said elsewhere.
    zone: Option<TimeZone>,
}

impl Schedule {
    /// Reads a schedule of five fields, or a name such as `@hourly`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("empty spec string".to_owned());
        }
        let (zone, rest) = split_zone(text)?;
        if rest.starts_with('@') {
            return named(rest, zone);
        }
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let &[minute, hour, day, month, weekday] = fields.as_slice() else {
            return Err(format!("expected exactly 5 fields, found {}: [{}]", fields.len(), fields.join(" ")));
        };
        Ok(Self::Calendar(Calendar {
            minute: MINUTE.read(minute)?,
            hour: HOUR.read(hour)?,
            day: DAY.read(day)?,
            month: MONTH.read(month)?,
            weekday: WEEKDAY.read(weekday)?,
            zone,
        }))
    }
}

/// The time zone that a text starts with, and the rest of it.
fn split_zone(text: &str) -> Result<(Option<TimeZone>, &str), String> {
    let Some(named) = text.strip_prefix("TZ=").or_else(|| text.strip_prefix("CRON_TZ=")) else {
        return Ok((None, text));
    };
    let Some((name, rest)) = named.split_once(' ') else {
        // Go's library fails here, and Kubernetes says so.
        return Err("invalid schedule format: runtime error: slice bounds out of range [:-1]".to_owned());
    };
    let zone = zone(name).map_err(|why| format!("provided bad location {name}: {why}"))?;
    Ok((Some(zone), rest.trim()))
}

fn named(text: &str, zone: Option<TimeZone>) -> Result<Schedule, String> {
    let (minute, hour) = (MINUTE.first(), HOUR.first());
    let all = Calendar { minute, hour, day: DAY.all(), month: MONTH.all(), weekday: WEEKDAY.all(), zone };
    Ok(Schedule::Calendar(match text {
        "@yearly" | "@annually" => Calendar { day: DAY.first(), month: MONTH.first(), ..all },
        "@monthly" => Calendar { day: DAY.first(), ..all },
        "@weekly" => Calendar { weekday: WEEKDAY.first(), ..all },
        "@daily" | "@midnight" => all,
        "@hourly" => Calendar { hour: HOUR.all(), ..all },
        _ => {
            let Some(every) = text.strip_prefix("@every ") else {
                return Err(format!("unrecognized descriptor: {text}"));
            };
            let seconds = duration::seconds(every)
                .map_err(|why| format!("failed to parse duration {text}: time: {why} {}", go::print_quoted(every)));
            return Ok(Schedule::Every(seconds?.max(1)));
        }
    }))
}
