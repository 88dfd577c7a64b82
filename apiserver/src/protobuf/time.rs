//! Times, which are seconds and nanoseconds in protobuf and texts in JSON.

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimeParser;
use serde_json::Value;

use crate::object::generate;

/// Seconds and nanoseconds of a time as Go reads it from JSON; none for a text that is not a time.
pub(super) fn seconds(text: &str) -> Option<(i64, i32)> {
    static PARSER: DateTimeParser = DateTimeParser::new();
    let time = PARSER.parse_timestamp(text).ok()?;
    Some((time.as_second(), time.subsec_nanosecond()))
}

/// A time as `metav1.Time` is written.
pub(super) fn time(seconds: i64) -> Value {
    Timestamp::from_second(seconds).map_or(Value::Null, |time| generate::time(time).into())
}

/// A time with six digits of a second, as `metav1.MicroTime` is written.
pub(super) fn micro_time(seconds: i64, nanoseconds: i32) -> Value {
    let time = Timestamp::new(seconds, nanoseconds);
    time.map_or(Value::Null, |time| time.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string().into())
}
