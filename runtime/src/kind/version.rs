//! The order of resource versions: they are decimal numbers of any length (KEP-5504). What another server sends as a version
//! is opaque, and can only be equal.

use std::cmp::Ordering;

/// Which of two versions is the later one; none if they are not numbers and not equal.
pub(crate) fn compare_versions(one: &str, other: &str) -> Option<Ordering> {
    let number = |version: &str| !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    if !number(one) || !number(other) {
        return (one == other).then_some(Ordering::Equal);
    }
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    Some((one.len(), one).cmp(&(other.len(), other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers_if_they_are_numbers() {
        for (one, other, expected) in [
            ("9", "9", Some(Ordering::Equal)),
            ("9", "10", Some(Ordering::Less)),
            ("10", "9", Some(Ordering::Greater)),
            (
                "99999999999999999999999999999999999999999",
                "100000000000000000000000000000000000000000",
                Some(Ordering::Less),
            ),
            ("007", "7", Some(Ordering::Equal)),
            ("a1", "a1", Some(Ordering::Equal)),
            ("a1", "a2", None),
            ("", "7", None),
            ("7", "a", None),
        ] {
            assert_eq!(compare_versions(one, other), expected, "{one} {other}");
        }
    }
}
