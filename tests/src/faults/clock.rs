//! Clocks that are set: the times that a candidate writes into a lease come from its clock.

use bytes::Bytes;
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// A lease whose times come from a clock that is so many seconds ahead.
pub(super) fn shift(lease: &Bytes, seconds: i64) -> Bytes {
    let Ok(mut lease_value) = serde_json::from_slice::<Value>(lease) else { return lease.clone() };
    for member in ["acquireTime", "renewTime"] {
        let time = lease_value["spec"][member].as_str().and_then(|text| text.parse::<Timestamp>().ok());
        let time = time.and_then(|time| time.checked_add(SignedDuration::from_secs(seconds)).ok());
        if let Some(time) = time {
            lease_value["spec"][member] = Value::from(format!("{time:.6}"));
        }
    }
    lease_value.to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_of_a_lease_are_moved() {
        let lease = Bytes::from(r#"{"spec":{"renewTime":"2026-01-01T00:00:00.000001Z","holderIdentity":"a"}}"#);
        let expected =
            r#"{"spec":{"acquireTime":null,"holderIdentity":"a","renewTime":"2026-01-01T01:00:00.000001Z"}}"#;
        let moved: Value = serde_json::from_slice(&shift(&lease, 3600)).unwrap();
        let expected: Value = serde_json::from_str(expected).unwrap();
        assert_eq!(moved["spec"]["renewTime"], expected["spec"]["renewTime"]);
        assert_eq!(moved["spec"]["acquireTime"], Value::Null);
    }
}
