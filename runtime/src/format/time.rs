//! Points in time and days.

use crdgen_schema::calendar;
use jiff::{Timestamp, civil};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{Format, FormatError, Formatted, quoted};

/// `format: date-time`, an RFC 3339 time with any offset: `2024-01-02T03:04:05.678+01:00`.
///
/// The value is a [`Timestamp`], which does not keep the offset. Its text is in UTC, with as many digits of a second as it
/// has. What Kubernetes accepts and no calendar has, for example an offset of 99 hours, is an error.
///
/// ```
/// use crdgen_runtime::{Formatted, format::DateTime};
///
/// let time: Formatted<DateTime> = "2024-01-02T03:04:05+01:00".into();
/// assert_eq!(time.parse()?.to_string(), "2024-01-02T02:04:05Z");
/// # Ok::<(), crdgen_runtime::format::FormatError>(())
/// ```
#[derive(Debug)]
pub enum DateTime {}

/// `format: date`, a day of the Gregorian calendar: `2024-02-29`. The value is a [`civil::Date`].
///
/// ```
/// use crdgen_runtime::{Formatted, format::Date, k8s_openapi::jiff::civil};
///
/// assert_eq!(Formatted::<Date>::from(civil::date(2024, 2, 29)).as_str(), "2024-02-29");
/// ```
#[derive(Debug)]
pub enum Date {}

impl Format for DateTime {
    type Value = Timestamp;

    const NAME: &'static str = "a date-time of RFC 3339 like 2024-01-02T03:04:05Z";

    /// jiff alone would take more forms of ISO 8601 than Kubernetes does.
    fn parse(text: &str) -> Result<Timestamp, String> {
        if !calendar::is_date_time(text) {
            return Err(quoted(text));
        }
        text.parse().map_err(|error| format!("{}: {error}", quoted(text)))
    }

    fn format(value: &Timestamp) -> String {
        value.to_string()
    }
}

impl Format for Date {
    type Value = civil::Date;

    const NAME: &'static str = "a date like 2024-01-02";

    fn parse(text: &str) -> Result<civil::Date, String> {
        if !calendar::is_date(text) {
            return Err(quoted(text));
        }
        text.parse().map_err(|error| format!("{}: {error}", quoted(text)))
    }

    fn format(value: &civil::Date) -> String {
        value.to_string()
    }
}

impl From<Timestamp> for Formatted<DateTime> {
    fn from(value: Timestamp) -> Self {
        Self::of(&value)
    }
}

/// Whole seconds, as Kubernetes writes its `Time`.
impl From<Time> for Formatted<DateTime> {
    fn from(time: Time) -> Self {
        time.0.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into()
    }
}

impl TryFrom<&Formatted<DateTime>> for Time {
    type Error = FormatError;

    fn try_from(text: &Formatted<DateTime>) -> Result<Self, FormatError> {
        text.parse().map(Self)
    }
}

impl From<civil::Date> for Formatted<Date> {
    fn from(value: civil::Date) -> Self {
        Self::of(&value)
    }
}
