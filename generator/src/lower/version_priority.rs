//! The order of API versions.
//!
//! Source: `k8s.io/apimachinery/pkg/version.CompareKubeAwareVersionStrings`: GA before beta before alpha, newer before
//! older, and names of any other form last, alphabetically.

use std::cmp::{Ordering, Reverse};

/// Compares two version names; the less one comes first.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    match (parse(a), parse(b)) {
        (Some(a), Some(b)) => Reverse(a).cmp(&Reverse(b)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

/// Stability (alpha 0, beta 1, GA 2), major and minor number.
fn parse(name: &str) -> Option<(u8, u64, u64)> {
    let rest = name.strip_prefix('v')?;
    let (major, rest) = number(rest)?;
    if rest.is_empty() {
        return Some((2, major, 0));
    }
    let (stability, rest) = match (rest.strip_prefix("alpha"), rest.strip_prefix("beta")) {
        (Some(rest), _) => (0, rest),
        (_, Some(rest)) => (1, rest),
        _ => return None,
    };
    match number(rest)? {
        (minor, "") => Some((stability, major, minor)),
        _ => None,
    }
}

/// A number without a leading zero, and what follows it.
fn number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.starts_with('0') {
        return None;
    }
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_in_kubernetes_order() {
        let mut names =
            ["foo10", "v1alpha2", "v11alpha2", "v3beta1", "v1", "foo1", "v10", "v12alpha1", "v2", "v10beta3"];
        names.sort_by(|a, b| compare(a, b));
        let expected =
            ["v10", "v2", "v1", "v10beta3", "v3beta1", "v12alpha1", "v11alpha2", "v1alpha2", "foo1", "foo10"];
        assert_eq!(names, expected);
    }
}
