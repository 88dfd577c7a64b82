//! Texts worth trying: for formats and patterns, of every length that a schema speaks of, and odd ones.
//!
//! In: what a text must fulfil. Out: candidates, plain ones first, not checked.

use crate::schema::Schema;

use super::{format, pattern, wanted::Wanted};

/// No text that is made to have a length is longer.
const LONGEST: usize = 65_536;
/// How many texts are made for a pattern.
const PER_PATTERN: usize = 8;
/// Plain and odd texts: what YAML reads as another type, what is not ASCII, spaces, quotes, and nothing at all.
const PLAIN: [&str; 14] = [
    "text",
    "a",
    "Some words",
    "true",
    "1",
    "null",
    "\u{e9}\u{20ac}\u{1f600}",
    "0",
    "~",
    "no",
    " ",
    "a\nb\t\"c\"\\",
    "2024-01-02",
    "",
];

/// Candidates for a text.
pub(crate) fn texts(wanted: &Wanted<'_>) -> Vec<String> {
    let (least, most) = wanted.size(|schema| (schema.constraints.min_length, schema.constraints.max_length));
    let mut texts: Vec<String> = Vec::new();
    let patterns = sources(&wanted.parts);
    texts.extend(patterns.iter().flat_map(|pattern| pattern.texts(least, most, PER_PATTERN)));
    for name in wanted.all().filter_map(|schema| schema.format.as_deref()) {
        texts.extend(format::texts(name).iter().map(|text| (*text).to_owned()));
    }
    texts.extend(PLAIN.map(str::to_owned));
    for length in lengths(wanted) {
        texts.push("x".repeat(length));
        texts.extend(patterns.iter().flat_map(|pattern| pattern.texts(length, length, 1)));
    }
    texts.extend(sources(&wanted.also).iter().flat_map(|pattern| pattern.texts(least, most, PER_PATTERN)));
    let mut seen = std::collections::BTreeSet::new();
    texts.retain(|text| seen.insert(text.clone()));
    texts
}

/// The patterns of schemas.
fn sources(schemas: &[&Schema]) -> Vec<pattern::Source> {
    let patterns = schemas.iter().filter_map(|schema| schema.constraints.pattern.as_deref());
    patterns.filter_map(pattern::Source::new).collect()
}

/// The lengths at every limit and beside it.
fn lengths(wanted: &Wanted<'_>) -> Vec<usize> {
    let limits =
        wanted.all().flat_map(|schema| [schema.constraints.min_length, schema.constraints.max_length]).flatten();
    let around = limits.flat_map(|limit| [limit, limit.saturating_add(1), limit.saturating_sub(1)]);
    let mut lengths: Vec<usize> = around.filter_map(|length| usize::try_from(length).ok()).collect();
    lengths.retain(|length| *length <= LONGEST);
    lengths.dedup();
    lengths
}
