use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::*;

#[track_caller]
fn check(text: &str, fault: &str) {
    assert_eq!(Schedule::parse(text).err().unwrap_or_default(), fault, "{text}");
}

#[test]
fn schedules_that_the_real_server_takes_are_taken() {
    for text in ["* * * * ?", "*/5 0-6/2 1,15 jan-MAR mon", "@every 1h30m", "@midnight", "CRON_TZ=Asia/Tokyo 0 0 * * *"]
    {
        check(text, "");
    }
    check(",,, 0 * * *", "");
    check("5/15 * * * *", "");
}

#[test]
fn a_schedule_that_is_none_is_refused_with_the_words_of_the_library() {
    check("* * * *", "expected exactly 5 fields, found 4: [* * * *]");
    check("61 * * * *", "end of range (61) above maximum (59): 61");
    check("* * 0 * *", "beginning of range (0) below minimum (1): 0");
    check("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1");
    check("*/0 * * * *", "step of range should be a positive number: */0");
    check("1-2-3 * * * *", "too many hyphens: 1-2-3");
    check("*/1/2 * * * *", "too many slashes: */1/2");
    check("*/-1 * * * *", "negative number (-1) not allowed: -1");
    check("x * * * *", "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax");
    check("* * * * sunday", "failed to parse int from sunday: strconv.Atoi: parsing \"sunday\": invalid syntax");
    check("@reboot", "unrecognized descriptor: @reboot");
    check("@every x", "failed to parse duration @every x: time: invalid duration \"x\"");
    check("@every 1", "failed to parse duration @every 1: time: missing unit in duration \"1\"");
    check("@every 1d", "failed to parse duration @every 1d: time: unknown unit \"d\" in duration \"1d\"");
    check("TZ=Mars 0 0 * * *", "provided bad location Mars: unknown time zone Mars");
    check("TZ=0", "invalid schedule format: runtime error: slice bounds out of range [:-1]");
}

#[track_caller]
fn check_next(text: &str, zone: &str, after: &str, expected: &str) {
    let (after, zone): (Timestamp, TimeZone) = (after.parse().unwrap(), super::zone(zone).unwrap());
    let next = Schedule::parse(text).unwrap().next(after, &zone);
    assert_eq!(next.map(|time| time.to_string()).unwrap_or_default(), expected, "{text}");
}

#[test]
fn the_next_time_follows_the_calendar_of_the_zone() {
    check_next("*/15 * * * *", "UTC", "2030-01-01T10:15:00Z", "2030-01-01T10:30:00Z");
    check_next("0 0 * * *", "Europe/Berlin", "2030-01-01T10:00:00Z", "2030-01-01T23:00:00Z");
    check_next("0 12 1 * mon", "UTC", "2030-01-02T00:00:00Z", "2030-01-07T12:00:00Z");
    check_next("0 12 1 * *", "UTC", "2030-01-02T00:00:00Z", "2030-02-01T12:00:00Z");
    check_next("0 0 30 2 *", "UTC", "2030-01-01T00:00:00Z", "");
    check_next("@every 90s", "UTC", "2030-01-01T00:00:00Z", "2030-01-01T00:01:30Z");
}

#[test]
fn a_time_that_the_zone_skips_is_left_out() {
    check_next("30 2 * * *", "Europe/Berlin", "2030-03-31T00:00:00Z", "2030-04-01T00:30:00Z");
}

#[test]
fn names_of_time_zones_are_compared_exactly() {
    assert_eq!(super::zone("europe/berlin").unwrap_err(), "unknown time zone europe/berlin");
    assert!(super::zone("Europe/Berlin").is_ok());
    assert_eq!(super::zone("a..b").unwrap_err(), "time: invalid location name");
}
