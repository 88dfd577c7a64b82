//! What Kubernetes allows as a name: DNS labels and subdomains, label keys and values, path segments.
//!
//! In: a text. Out: what is wrong with it, in Kubernetes' words; nothing if it is allowed.
//! Source: `k8s.io/apimachinery/pkg/util/validation`.

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const LABEL_1035: &str = "[a-z]([-a-z0-9]*[a-z0-9])?";
const LABEL_KEY: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE: &str = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
const LONGEST_LABEL: usize = 63;
const LONGEST_SUBDOMAIN: usize = 253;

/// `IsDNS1123Label`: of lower-case letters, digits and `-`, at most 63 bytes.
pub fn dns_label(text: &str) -> Vec<String> {
    let mut faults = too_long(text, LONGEST_LABEL, "characters");
    if !is_label(text) {
        faults.push(if is_subdomain(text) {
            "must not contain dots".to_owned()
        } else {
            explain(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an \
                 alphanumeric character",
                LABEL,
                &["my-name", "123-abc"],
            )
        });
    }
    faults
}

/// `IsDNS1123Subdomain`: labels joined by dots, at most 253 bytes.
pub fn dns_subdomain(text: &str) -> Vec<String> {
    subdomain(text, "characters")
}

/// `IsDNS1123SubdomainWithUnderscore`: the same where labels may also have `_` within and one at their start.
pub fn dns_subdomain_with_underscore(text: &str) -> Vec<String> {
    const RULE: &str = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*";
    let is_end = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_part = |part: &str| {
        let bytes = part.strip_prefix('_').unwrap_or(part).as_bytes();
        let inner = bytes.iter().all(|byte| is_end(Some(byte)) || b"-_".contains(byte));
        is_end(bytes.first()) && is_end(bytes.last()) && inner
    };
    let mut faults = too_long(text, LONGEST_SUBDOMAIN, "characters");
    if !text.split('.').all(is_part) {
        faults.push(explain(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end \
             with an alphanumeric character",
            RULE,
            &["example.com"],
        ));
    }
    faults
}

/// A text that others are made from by adding to it: it may end in a dash. Go allows that by replacing its last two bytes with an `a`.
pub fn as_prefix(text: &str) -> std::borrow::Cow<'_, str> {
    if text.len() > 1 && text.ends_with('-') && text.is_ascii() {
        return (text[..text.len() - 2].to_owned() + "a").into();
    }
    text.into()
}

/// `IsDNS1035Label`: a DNS label that starts with a letter.
pub fn dns_1035_label(text: &str) -> Vec<String> {
    let mut faults = too_long(text, LONGEST_LABEL, "characters");
    if !is_label(text) || text.starts_with(|c: char| c.is_ascii_digit()) {
        faults.push(explain(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end \
             with an alphanumeric character",
            LABEL_1035,
            &["my-name", "abc-123"],
        ));
    }
    faults
}

/// `IsQualifiedName`: the key of a label, with an optional subdomain and `/` before it.
pub fn label_key(text: &str) -> Vec<String> {
    const RULE: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    let explain = |start: &str| explain(&format!("{start}{RULE}"), LABEL_KEY, &["MyName", "my.name", "123-abc"]);
    let mut faults = Vec::new();
    let name = match text.split_once('/') {
        None => text,
        Some((_, rest)) if rest.contains('/') => {
            let hint = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            return vec![explain("a valid label key ") + hint];
        }
        Some(("", name)) => {
            faults.push("prefix part must be non-empty".to_owned());
            name
        }
        Some((prefix, name)) => {
            faults.extend(subdomain(prefix, "bytes").into_iter().map(|fault| format!("prefix part {fault}")));
            name
        }
    };
    if name.is_empty() {
        faults.push("name part must be non-empty".to_owned());
    }
    faults.extend(too_long(name, LONGEST_LABEL, "bytes").into_iter().map(|fault| format!("name part {fault}")));
    if !is_qualified(name) {
        faults.push(explain("name part "));
    }
    faults
}

/// `IsValidLabelValue`: empty, or like the last part of a label's key.
pub fn label_value(text: &str) -> Vec<String> {
    let mut faults = too_long(text, LONGEST_LABEL, "bytes");
    if !text.is_empty() && !is_qualified(text) {
        faults.push(explain(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end \
             with an alphanumeric character",
            LABEL_VALUE,
            &["MyValue", "my_value", "12345"],
        ));
    }
    faults
}

/// `IsValidPathSegmentName`: anything that is one segment of a URL path.
pub fn path_segment(text: &str) -> Vec<String> {
    if text == "." || text == ".." {
        return vec![format!("may not be '{text}'")];
    }
    let found = ["/", "%"].into_iter().filter(|part| text.contains(part));
    found.map(|part| format!("may not contain '{part}'")).collect()
}

fn subdomain(text: &str, unit: &str) -> Vec<String> {
    let mut faults = too_long(text, LONGEST_SUBDOMAIN, unit);
    if !is_subdomain(text) {
        faults.push(explain(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end \
             with an alphanumeric character",
            SUBDOMAIN,
            &["example.com"],
        ));
    }
    faults
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_label)
}

fn is_label(text: &str) -> bool {
    let inner = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    !text.is_empty() && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_qualified(text: &str) -> bool {
    let ends = |c: Option<u8>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'))
        && ends(text.bytes().next())
        && ends(text.bytes().next_back())
}

fn too_long(text: &str, limit: usize, unit: &str) -> Vec<String> {
    if text.len() > limit { vec![format!("must be no more than {limit} {unit}")] } else { Vec::new() }
}

fn explain(rule: &str, regex: &str, examples: &[&str]) -> String {
    let examples: Vec<String> = examples.iter().map(|example| format!("'{example}', ")).collect();
    format!("{rule} (e.g. {}regex used for validation is '{regex}')", examples.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: fn(&str) -> Vec<String>, good: &[&str], bad: &[&str]) {
        for text in good {
            assert_eq!(rule(text), Vec::<String>::new(), "{text:?}");
        }
        for text in bad {
            assert_ne!(rule(text), Vec::<String>::new(), "{text:?}");
        }
    }

    #[test]
    fn labels_are_lower_case_and_short() {
        let long = "a".repeat(64);
        check(dns_label, &["a", "a-b", "1a", &long[1..]], &["", "-a", "a-", "A", "a.b", "a_b", "é", &long]);
        check(dns_1035_label, &["a", "a1-b"], &["", "1a", "-a", "a.b", &long]);
        assert_eq!(dns_label("a.b"), ["must not contain dots"]);
    }

    #[test]
    fn subdomains_are_labels_and_dots() {
        check(dns_subdomain, &["a", "a.b-c.1"], &["", "a..b", ".a", "a.", "A.b", &"a".repeat(254)]);
        assert_eq!(
            dns_subdomain("A"),
            [
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with \
              an alphanumeric character (e.g. 'example.com', regex used for validation is \
              '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
            ]
        );
    }

    #[test]
    fn label_keys_may_have_a_prefix() {
        check(label_key, &["a", "A_b.c", "example.com/a"], &["", "a/", "/a", "a/b/c", "A/b", "-a", "a b"]);
        check(label_value, &["", "a", "A_b.c"], &["-a", "a b", "a/b", &"a".repeat(64)]);
        assert_eq!(label_key("/a"), ["prefix part must be non-empty"]);
    }

    #[test]
    fn path_segments_are_nearly_anything() {
        check(path_segment, &["", "a b", "...", "é"], &[".", "..", "a/b", "50%"]);
    }
}
