//! Other spellings of a name: those that Rust's names do not tell apart, or only just.

/// Gives another spelling of a text.
pub(super) type Spelling = fn(&str) -> String;

/// `fooBar` → `FooBar`, and back.
pub(super) fn other_first_letter(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = match letters.next() {
        Some(c) if c.is_uppercase() => c.to_lowercase().collect(),
        Some(c) => c.to_uppercase().collect(),
        None => String::new(),
    };
    first + letters.as_str()
}

/// `fooBar` → `foobar`
pub(super) fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// `fooBar` → `FOOBAR`
pub(super) fn upper(text: &str) -> String {
    text.to_uppercase()
}

/// `fooBar` → `foo-bar`; one word → `foo-`
pub(super) fn dashed(text: &str) -> String {
    let joined = words(text).join("-");
    if joined == text { format!("{text}-") } else { joined }
}

/// `fooBar` → `foo_bar`; one word → `_foo`
pub(super) fn underscored(text: &str) -> String {
    let joined = words(text).join("_");
    if joined == text { format!("_{text}") } else { joined }
}

/// `foo-bar` → `fooBar`; one word → `Foo`
pub(super) fn camel(text: &str) -> String {
    let mut words = words(text).into_iter();
    let first = words.next().unwrap_or_default();
    let joined = first + &words.map(|word| other_first_letter(&word)).collect::<String>();
    if joined == text { other_first_letter(text) } else { joined }
}

/// `fooBar` → `$fooBar`
pub(super) fn with_dollar(text: &str) -> String {
    format!("${text}")
}

/// `policy` → `policies`, `policies` → `policy`
pub(super) fn other_number(text: &str) -> String {
    match (text.strip_suffix("ies"), text.strip_suffix('s'), text.strip_suffix('y')) {
        (Some(stem), _, _) => format!("{stem}y"),
        (_, Some(stem), _) => stem.to_owned(),
        (_, _, Some(stem)) => format!("{stem}ies"),
        _ => format!("{text}s"),
    }
}

/// The words of a text in lower case.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for c in text.chars() {
        let separates = matches!(c, '-' | '_' | '.' | ' ' | '/');
        if (separates || after_lower && c.is_uppercase()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (false, Some(word)) = (separates, words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        after_lower = c.is_lowercase() || c.is_ascii_digit();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_is_another_one() {
        let cases: [(Spelling, &str, &str); 14] = [
            (other_first_letter, "fooBar", "FooBar"),
            (other_first_letter, "Foo", "foo"),
            (lower, "fooBar", "foobar"),
            (upper, "fooBar", "FOOBAR"),
            (dashed, "fooBar", "foo-bar"),
            (dashed, "foo", "foo-"),
            (underscored, "foo-bar", "foo_bar"),
            (underscored, "foo", "_foo"),
            (camel, "foo-bar", "fooBar"),
            (camel, "foo", "Foo"),
            (with_dollar, "ref", "$ref"),
            (other_number, "listeners", "listener"),
            (other_number, "policy", "policies"),
            (other_number, "port", "ports"),
        ];
        for (spelling, text, expected) in cases {
            assert_eq!(spelling(text), expected, "{text}");
        }
    }
}
