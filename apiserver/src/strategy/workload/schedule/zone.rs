//! Time zones by their names.
//!
//! Source: `time.LoadLocation`.

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The time zone of that name. Names are compared exactly, as the names of Go's files are.
pub(crate) fn zone(name: &str) -> Result<TimeZone, String> {
    if matches!(name, "" | "UTC" | "Local") {
        return Ok(TimeZone::UTC);
    }
    if name.contains("..") || name.starts_with(['/', '\\']) {
        return Err("time: invalid location name".to_owned());
    }
    let found = TimeZoneDatabase::bundled().get(name).ok().filter(|zone| zone.iana_name() == Some(name));
    found.ok_or_else(|| format!("unknown time zone {name}"))
}
