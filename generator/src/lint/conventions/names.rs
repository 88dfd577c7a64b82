//! Names of properties.

use super::report;
use crate::lint::{check, finding::Sink, place::Node};

/// Checks a node.
pub(super) fn check(node: &Node<'_>, sink: &mut Sink<'_>) {
    let Some(name) = node.name() else { return };
    let has_word = |word: &str| {
        let capitalized = format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..]);
        name.starts_with(word) || name.contains(&capitalized)
    };
    report(
        node,
        sink,
        !is_camel_case(name),
        check::FIELD_NAME,
        "the property's name is not in camelCase",
        "start with a small letter, and use letters and digits only; a new name is a new property",
    );
    let message = "a phase cannot gain values without breaking clients that know all of them";
    report(node, sink, has_word("phase"), check::NO_PHASE, message, "report conditions instead");
    let message = "the property's name has `Reference` in it";
    report(node, sink, has_word("reference"), check::NO_REFERENCES, message, "write `Ref`");
    let has_timestamp = has_word("timestamp") || has_word("timeStamp");
    let message = "the property's name has `Timestamp` in it";
    report(node, sink, has_timestamp, check::NO_TIMESTAMPS, message, "write `Time`, as in `startTime`");
}

fn is_camel_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camel_case_may_have_acronyms() {
        for name in ["a", "fooBar", "requestTTL", "ipv4"] {
            assert!(is_camel_case(name), "{name}");
        }
        for name in ["", "Foo", "foo_bar", "foo-bar", "4ip", "größe"] {
            assert!(!is_camel_case(name), "{name}");
        }
    }
}
