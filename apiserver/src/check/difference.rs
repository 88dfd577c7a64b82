//! How two values differ, for people.
//!
//! In: two values of a struct. Out: the lines that were and that are, as the server's own type shows them.
//!
//! Source: `apimachinery/pkg/util/diff`.

use crdgen_schema::go::Type;
use serde_json::Value;
use similar::TextDiff;

use super::counterpart;
use crate::kind::table;

/// The lines in which two values of a struct differ, which has that name in the table.
pub(crate) fn between(structure: &str, old: &Value, new: &Value) -> String {
    lines(old, new, |value| Some(counterpart::text(Some(value), &Type::Struct(table::named(structure)?))))
}

/// The same for the members that stand in a struct embedded in it.
pub(crate) fn between_embedded(structure: &str, embedded: &str, old: &Value, new: &Value) -> String {
    lines(old, new, |value| Some(counterpart::embedded(value, table::named(structure)?, embedded)))
}

fn lines(old: &Value, new: &Value, text: impl Fn(&Value) -> Option<String>) -> String {
    let pretty = |value| counterpart::pretty(&text(value).unwrap_or_default());
    let (old, new) = (pretty(old), pretty(new));
    TextDiff::from_lines(&old, &new).unified_diff().context_radius(3).missing_newline_hint(false).to_string()
}
