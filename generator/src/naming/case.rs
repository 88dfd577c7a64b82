//! Words → Rust identifiers: fields and modules in snake case, types and variants in upper camel case.
//!
//! In: text and a [`Level`]. Out: an identifier that compiles in editions 2021 and 2024; a keyword has no `r#` yet.

use std::borrow::Cow;

use super::{
    singular::singular,
    word::{Level, words},
};

/// Words that cannot be identifiers, not even raw ones.
const FORBIDDEN: &[&str] = &["Self", "crate", "self", "super"];

/// The stem of module files that mean something to Cargo, to Rust or to Windows, sorted.
const RESERVED_STEMS: &[&str] = &["aux", "con", "lib", "main", "mod", "nul", "prn"];

/// A field for a JSON key: `storageSize` is `storage_size`, `self` is `self_`.
pub(super) fn field(key: &str, level: Level) -> String {
    let name = snake(key, level);
    if FORBIDDEN.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// A module for a group, a version, a kind or a property. Never a name that would land outside its folder or that a
/// file system refuses.
pub(super) fn module(text: &str, level: Level) -> String {
    let name = field(text, level);
    if RESERVED_STEMS.binary_search(&name.as_str()).is_ok() || is_device(&name) { format!("{name}_") } else { name }
}

/// A type for a property; the singular where many of them are held and the level allows it.
pub(super) fn ty(key: &str, collection: bool, level: Level) -> String {
    let mut words = words(key, level.max(Level::Plain));
    if let (Level::Singular, true, Some(last)) = (level, collection, words.last_mut()) {
        *last = singular(&last.to_ascii_lowercase()).into();
    }
    camel(&words, "N")
}

/// A type for a kind: itself, where it is an identifier in upper camel case.
pub(super) fn kind(kind: &str, level: Level) -> String {
    let plain = kind.starts_with(|c: char| c.is_ascii_uppercase()) && kind.chars().all(|c| c.is_ascii_alphanumeric());
    if plain && kind != "Self" { kind.to_owned() } else { camel(&words(kind, level), "N") }
}

/// A variant for a value: itself, where it is an identifier in upper camel case (`PostgreSQL`), otherwise in that case
/// (`TCP` is `Tcp`, `1.2` is `V1_2`).
pub(super) fn variant(value: &str, level: Level) -> String {
    if level <= Level::Plain && is_upper_camel(value) && !FORBIDDEN.contains(&value) {
        return value.to_owned();
    }
    let is_version = value.contains('.') && value.chars().all(|c| c.is_ascii_digit() || c == '.');
    // A sign makes a number of its own.
    let words = match value.strip_prefix('-') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => {
            let mut spelled: Vec<Cow<'_, str>> = vec!["minus".into()];
            spelled.extend(words(rest, level));
            spelled
        }
        _ => words(value, level),
    };
    camel(&words, if is_version { "V" } else { "N" })
}

/// Whether `value` may stand as a variant without a change.
pub(super) fn is_upper_camel(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_uppercase())
        && value.chars().all(|c| c.is_ascii_alphanumeric())
        && value.contains(|c: char| c.is_ascii_lowercase())
}

fn snake(text: &str, level: Level) -> String {
    let mut name = String::with_capacity(text.len() + 8);
    for word in words(text, level) {
        if !name.is_empty() {
            name.push('_');
        }
        name.push_str(&word);
    }
    name.make_ascii_lowercase();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("n{name}") } else { name }
}

/// Joins words; digits that would run together are kept apart. `Self` is the one keyword in this case.
fn camel(words: &[Cow<'_, str>], digit_prefix: &str) -> String {
    let mut name = String::new();
    for word in words {
        let digits_meet =
            name.ends_with(|c: char| c.is_ascii_digit()) && word.starts_with(|c: char| c.is_ascii_digit());
        if digits_meet {
            name.push('_');
        }
        let mut letters = word.chars();
        name.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        name.extend(letters.map(|c| c.to_ascii_lowercase()));
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert_str(0, digit_prefix);
    }
    if name == "Self" { "SelfValue".to_owned() } else { name }
}

/// Windows' devices: `com1` to `com9` and `lpt1` to `lpt9`, with any extension.
fn is_device(name: &str) -> bool {
    let digit = name.strip_prefix("com").or_else(|| name.strip_prefix("lpt"));
    digit.is_some_and(|digit| digit.len() == 1 && digit.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_for_the_search() {
        assert!(RESERVED_STEMS.is_sorted());
    }

    #[test]
    fn a_field_is_snake_case_and_never_a_keyword() {
        let pairs = [
            ("storageSize", "storage_size"),
            ("type", "type"),
            ("self", "self_"),
            ("Self", "self_"),
            ("crate", "crate_"),
            ("_", "underscore"),
            ("", "empty"),
            ("3dModel", "n3d_model"),
            ("x-forwarded-for", "x_forwarded_for"),
            ("$ref", "dollar_ref"),
        ];
        for (key, expected) in pairs {
            assert_eq!(field(key, Level::Plain), expected, "{key}");
        }
    }

    #[test]
    fn a_module_is_a_file_that_every_system_accepts() {
        let pairs = [
            ("mod", "mod_"),
            ("CON", "con_"),
            ("lpt1", "lpt1_"),
            ("../../etc", "etc"),
            ("/", "slash"),
            ("type", "type"),
        ];
        for (text, expected) in pairs {
            assert_eq!(module(text, Level::Plain), expected, "{text}");
        }
    }

    #[test]
    fn a_variant_keeps_what_is_already_an_identifier() {
        let pairs = [
            ("PostgreSQL", "PostgreSQL"),
            ("ClusterIP", "ClusterIP"),
            ("TCP", "Tcp"),
            ("h2c", "H2c"),
            ("HTTP/3", "Http3"),
            ("", "Empty"),
            ("=~", "EqualTilde"),
            ("1.2", "V1_2"),
            ("10", "N10"),
            ("-1", "Minus1"),
            ("Self", "SelfValue"),
            ("VersionTLS12", "VersionTLS12"),
        ];
        for (value, expected) in pairs {
            assert_eq!(variant(value, Level::Singular), expected, "{value}");
        }
    }

    #[test]
    fn an_item_is_named_in_the_singular() {
        assert_eq!(ty("tlsPolicies", true, Level::Singular), "TlsPolicy");
        assert_eq!(ty("tlsPolicies", true, Level::Plain), "TlsPolicies");
        assert_eq!(ty("tlsPolicies", false, Level::Singular), "TlsPolicies");
    }
}
