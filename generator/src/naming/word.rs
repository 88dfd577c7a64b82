//! Text of a schema → words that identifiers are made of.
//!
//! In: any text. Out: ASCII words, capitalised as the text has them. How much of the text they tell apart depends on the
//! [`Level`]: names get longer only where shorter ones collide.

use std::borrow::Cow;

/// How much of a text its words tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// The short form of an array's or map's items: the singular.
    Singular,
    /// Letters and digits; `-`, `_`, `.`, `/`, `:` and spaces only separate.
    Plain,
    /// Separators are spelled out too.
    Symbols,
    /// How it is capitalised is appended.
    Case,
    /// Every code point: no two texts are the same.
    Exact,
}

impl Level {
    /// The next more telling level; none after the last.
    pub(super) fn next(self) -> Option<Self> {
        match self {
            Self::Singular => Some(Self::Plain),
            Self::Plain => Some(Self::Symbols),
            Self::Symbols => Some(Self::Case),
            Self::Case => Some(Self::Exact),
            Self::Exact => None,
        }
    }
}

/// Longer words than this are abbreviated (file systems end at 255 bytes a name), except at the last level.
const LONGEST: usize = 100;

/// The words of `text`: at least one, each of `[A-Za-z0-9]+`.
pub(super) fn words(text: &str, level: Level) -> Vec<Cow<'_, str>> {
    if level == Level::Exact {
        return text.chars().map(|c| format!("u{:x}", u32::from(c)).into()).chain(["text".into()]).collect();
    }
    let spell_separators = level >= Level::Symbols || !text.contains(|c: char| c.is_ascii_alphanumeric());
    let mut words = split(text, spell_separators);
    if level == Level::Case {
        words.push(capitalization(text).into());
    }
    if words.is_empty() {
        words.push("empty".into());
    }
    abbreviate(words, text)
}

fn split(text: &str, spell_separators: bool) -> Vec<Cow<'_, str>> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_alphanumeric() {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            split_case(&rest[..end], &mut words);
            rest = &rest[end..];
        } else {
            let separates = matches!(c, '-' | '_' | '.' | '/' | ':' | ' ');
            if spell_separators || !separates {
                words.push(symbol(c));
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    words
}

/// Splits where the case changes: `podCIDRs` is pod, cidrs; `HTTPRoute` is http, route; `IPv4Address` is ipv4, address.
fn split_case<'a>(run: &'a str, words: &mut Vec<Cow<'a, str>>) {
    let bytes = run.as_bytes();
    let upper = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
    let lower = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    // A plural or version letter after an acronym belongs to it.
    let suffix = |at: usize| match bytes.get(at) {
        Some(b's') => at + 1 == bytes.len() || upper(at + 1),
        Some(b'v') => digit(at + 1),
        _ => false,
    };
    let mut start = 0;
    for at in 1..bytes.len() {
        // A single capital after a digit does not begin a word: `K8S`, `2D`.
        let after_lower = upper(at) && !upper(at - 1) && !(digit(at - 1) && at + 1 == bytes.len());
        let acronym_ends = upper(at) && upper(at - 1) && lower(at + 1) && !suffix(at + 1);
        if after_lower || acronym_ends {
            words.push(run[start..at].into());
            start = at;
        }
    }
    words.push(run[start..].into());
}

fn symbol(c: char) -> Cow<'static, str> {
    let name = match c {
        '-' => "dash",
        '_' => "underscore",
        '.' => "dot",
        '/' => "slash",
        ':' => "colon",
        ' ' => "space",
        '+' => "plus",
        '*' => "star",
        '=' => "equal",
        '!' => "not",
        '<' => "less",
        '>' => "greater",
        '~' => "tilde",
        '&' => "and",
        '|' => "or",
        '%' => "percent",
        '#' => "hash",
        '@' => "at",
        '$' => "dollar",
        '^' => "caret",
        '?' => "question",
        ';' => "semicolon",
        ',' => "comma",
        '\'' => "apostrophe",
        '"' => "quote",
        '`' => "backtick",
        '\\' => "backslash",
        '(' => "open",
        ')' => "close",
        '[' => "left",
        ']' => "right",
        '{' => "begin",
        '}' => "end",
        '\n' => "newline",
        '\t' => "tab",
        _ => return format!("u{:x}", u32::from(c)).into(),
    };
    name.into()
}

fn capitalization(text: &str) -> &'static str {
    let first = text.chars().find(char::is_ascii_alphabetic);
    let has_upper = text.contains(|c: char| c.is_ascii_uppercase());
    let has_lower = text.contains(|c: char| c.is_ascii_lowercase());
    match (has_upper, has_lower) {
        (false, _) => "lowercase",
        (true, false) => "uppercase",
        (true, true) if first.is_some_and(|c| c.is_ascii_uppercase()) => "capitalized",
        (true, true) => "camelcase",
    }
}

/// Keeps the first words of a very long text, and a hash of it instead of the others.
fn abbreviate<'a>(mut words: Vec<Cow<'a, str>>, text: &str) -> Vec<Cow<'a, str>> {
    if text.len() < LONGEST / 12 {
        return words;
    }
    let mut length = 0;
    let fits = words.iter().take_while(|word| {
        length += word.len() + 1;
        length <= LONGEST
    });
    let kept = fits.count();
    if kept < words.len() {
        words.truncate(kept.max(1));
        words[0].to_mut().truncate(LONGEST);
        words.push(format!("h{:016x}", fnv1a(text)).into());
    }
    words
}

/// FNV-1a: the same on every machine and in every release of Rust.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, level: Level, expected: &[&str]) {
        let found: Vec<String> = words(text, level).iter().map(|word| word.to_ascii_lowercase()).collect();
        assert_eq!(found, expected, "{text:?} at {level:?}");
    }

    #[test]
    fn words_end_where_the_case_changes() {
        check("storageSize", Level::Plain, &["storage", "size"]);
        check("HTTPRoute", Level::Plain, &["http", "route"]);
        check("podCIDRs", Level::Plain, &["pod", "cidrs"]);
        check("IPv4Address", Level::Plain, &["ipv4", "address"]);
        check("IPsPerNode", Level::Plain, &["ips", "per", "node"]);
        check("x-forwarded-for", Level::Plain, &["x", "forwarded", "for"]);
        check("s3Bucket", Level::Plain, &["s3", "bucket"]);
        check("outputS3URI", Level::Plain, &["output", "s3", "uri"]);
        check("K8S-logging", Level::Plain, &["k8s", "logging"]);
    }

    #[test]
    fn symbols_are_spelled_where_they_carry_meaning() {
        check("$action", Level::Plain, &["dollar", "action"]);
        check("!=", Level::Plain, &["not", "equal"]);
        check("-", Level::Plain, &["dash"]);
        check("", Level::Plain, &["empty"]);
        check("é", Level::Plain, &["ue9"]);
        check("foo_bar", Level::Symbols, &["foo", "underscore", "bar"]);
    }

    #[test]
    fn case_is_spelled_where_nothing_else_differs() {
        check("ACCEPT", Level::Case, &["accept", "uppercase"]);
        check("accept", Level::Case, &["accept", "lowercase"]);
        check("ab", Level::Exact, &["u61", "u62", "text"]);
    }

    #[test]
    fn a_long_text_is_abbreviated_to_something_stable() {
        let long = "very-".repeat(100);
        let joined = |text: &str| words(text, Level::Plain).join("_");
        let name = joined(&long);
        assert!(name.len() < 130, "{name}");
        assert!(name.starts_with("very_very_"), "{name}");
        assert_ne!(name, joined(&format!("{long}x")));
    }
}
