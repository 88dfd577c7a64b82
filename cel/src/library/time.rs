//! What a timestamp or a duration consists of.

use super::{Function, Overload};
use crate::{
    fault::{Fault, Outcome},
    value::{Arena, Civil, Value},
};

/// One part of timestamps, in UTC or in a zone; some are parts of durations as well.
macro_rules! part {
    ($name:literal, $body:ident, $id:literal, $zoned:literal $(, $of_duration:literal)?) => {
        Function::new(
            $name,
            &[
                Overload::new($id, concat!("timestamp.", $name, "() -> int"), $body),
                Overload::new($zoned, concat!("timestamp.", $name, "(string) -> int"), $body),
                $(Overload::new($of_duration, concat!("duration.", $name, "() -> int"), $body),)?
            ],
        )
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    part!("getFullYear", full_year, "timestamp_to_year", "timestamp_to_year_with_tz"),
    part!("getMonth", month, "timestamp_to_month", "timestamp_to_month_with_tz"),
    part!("getDayOfYear", day_of_year, "timestamp_to_day_of_year", "timestamp_to_day_of_year_with_tz"),
    part!("getDayOfMonth", day_of_month, "timestamp_to_day_of_month", "timestamp_to_day_of_month_with_tz"),
    part!("getDate", date, "timestamp_to_day_of_month_1_based", "timestamp_to_day_of_month_1_based_with_tz"),
    part!("getDayOfWeek", day_of_week, "timestamp_to_day_of_week", "timestamp_to_day_of_week_with_tz"),
    part!("getHours", hours, "timestamp_to_hours", "timestamp_to_hours_with_tz", "duration_to_hours"),
    part!("getMinutes", minutes, "timestamp_to_minutes", "timestamp_to_minutes_with_tz", "duration_to_minutes"),
    part!("getSeconds", seconds, "timestamp_to_seconds", "timestamp_to_seconds_tz", "duration_to_seconds"),
    part!(
        "getMilliseconds",
        milliseconds,
        "timestamp_to_milliseconds",
        "timestamp_to_milliseconds_with_tz",
        "duration_to_milliseconds"
    ),
];

/// A part of a timestamp, in UTC unless a zone is given.
fn part<'a>(arena: &'a Arena, arguments: &[Value<'a>], part: impl Fn(Civil) -> i64) -> Outcome<'a> {
    let Value::Timestamp(time) = arguments[0] else { return Err(Fault::NO_SUCH_OVERLOAD) };
    let offset = match arguments.get(1) {
        None => 0,
        Some(zone) => time.offset_in(zone.string()?).map_err(|message| Fault::new(arena, &message))?,
    };
    Ok(Value::Int(part(time.civil(offset))))
}

/// A part of a timestamp, or a duration in units of so many nanoseconds.
fn part_or_units<'a>(
    arena: &'a Arena,
    arguments: &[Value<'a>],
    unit: i64,
    of_time: impl Fn(Civil) -> i64,
) -> Outcome<'a> {
    match arguments[0] {
        Value::Duration(duration) => Ok(Value::Int(duration.units(unit))),
        _ => part(arena, arguments, of_time),
    }
}

fn full_year<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    part(arena, arguments, |civil| civil.year)
}

fn month<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    part(arena, arguments, |civil| civil.month - 1)
}

fn day_of_year<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    part(arena, arguments, |civil| civil.day_of_year)
}

fn day_of_month<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    part(arena, arguments, |civil| civil.day - 1)
}

fn date<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    part(arena, arguments, |civil| civil.day)
}

fn day_of_week<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    part(arena, arguments, |civil| civil.weekday)
}

fn hours<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    part_or_units(arena, arguments, 3_600_000_000_000, |civil| civil.hour)
}

fn minutes<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    part_or_units(arena, arguments, 60_000_000_000, |civil| civil.minute)
}

fn seconds<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    part_or_units(arena, arguments, 1_000_000_000, |civil| civil.second)
}

fn milliseconds<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments[0] {
        // Go divides integers here.
        Value::Duration(duration) => Ok(Value::Int(duration.nanoseconds / 1_000_000)),
        Value::Timestamp(time) => part(arena, arguments, |_| i64::from(time.nanoseconds / 1_000_000)),
        _ => Err(Fault::NO_SUCH_OVERLOAD),
    }
}
