//! Checks of numbers and ports.
//!
//! Source: `ValidateNonnegativeField`, `IsInRange`, `IsValidPortNum`, `IsValidPortName`.

use super::Field;

impl Field<'_> {
    /// The number must not be negative.
    pub(crate) fn not_negative(self) {
        if self.int() < 0 {
            self.invalid("must be greater than or equal to 0");
        }
    }

    /// The number must be above 0 (`ValidatePositiveField` of the core group).
    pub(crate) fn positive(self) {
        if self.int() <= 0 {
            self.invalid_number("must be greater than zero");
        }
    }

    /// The number must be in a range, whose ends are part of it.
    pub(crate) fn in_range(self, least: i64, most: i64) {
        if !(least..=most).contains(&self.int()) {
            self.invalid_number(format!("must be between {least} and {most}, inclusive"));
        }
    }

    /// The number must be that of a port.
    pub(crate) fn port_number(self) {
        self.in_range(1, 65535);
    }

    /// The text must be the name of a port.
    pub(crate) fn port_name(self) {
        self.invalid_for(port_name(self.text()));
    }

    /// The text must be the name of a protocol.
    pub(crate) fn protocol(self) {
        self.require_one_of(&["SCTP", "TCP", "UDP"]);
    }

    /// The number or name must be that of a port (`ValidatePortNumOrName`).
    pub(crate) fn port_number_or_name(self) {
        if self.value().is_string() { self.port_name() } else { self.port_number() }
    }
}

/// `IsValidPortName`: an IANA service name.
fn port_name(name: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if name.len() > 15 {
        faults.push("must be no more than 15 characters".to_owned());
    }
    if name.is_empty() || !name.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit() || byte.is_ascii_lowercase()) {
        faults.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".to_owned());
    }
    if !name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        faults.push("must contain at least one letter (a-z)".to_owned());
    }
    if name.contains("--") {
        faults.push("must not contain consecutive hyphens".to_owned());
    }
    if name.starts_with('-') || name.ends_with('-') {
        faults.push("must not begin or end with a hyphen".to_owned());
    }
    faults
}
