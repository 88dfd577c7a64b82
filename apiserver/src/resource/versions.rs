//! The order of API versions: stable before beta before alpha, newer before older, then everything else by name.
//!
//! Source: `k8s.io/apimachinery/pkg/version.CompareKubeAwareVersionStrings`.

use std::cmp::Ordering;

/// Compares two versions; the preferred one is less.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    match (parse(a), parse(b)) {
        (Some(a), Some(b)) => b.cmp(&a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

/// Stability (2 is stable), major, minor.
fn parse(version: &str) -> Option<(u8, u64, u64)> {
    let rest = version.strip_prefix('v')?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let major = number(&rest[..end])?;
    match &rest[end..] {
        "" => Some((2, major, 0)),
        tail => {
            let (stability, minor) = match (tail.strip_prefix("beta"), tail.strip_prefix("alpha")) {
                (Some(minor), _) => (1, minor),
                (_, Some(minor)) => (0, minor),
                _ => return None,
            };
            Some((stability, major, number(minor)?))
        }
    }
}

fn number(text: &str) -> Option<u64> {
    if text.starts_with('0') { None } else { text.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_discovery_lists_them() {
        let mut versions = ["foo10", "v1", "v10alpha1", "v2", "v10", "v11beta2", "foo1", "v11alpha2", "v10beta3"];
        versions.sort_by(|a, b| compare(a, b));
        assert_eq!(versions, ["v10", "v2", "v1", "v11beta2", "v10beta3", "v11alpha2", "v10alpha1", "foo1", "foo10"]);
    }
}
