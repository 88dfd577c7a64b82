//! How two values differ, for people.
//!
//! In: two values of a struct. Out: the lines that were and that are, as the server's own type shows them.
//!
//! Source: `apimachinery/pkg/util/diff`.

use crdgen_schema::go::Type;
use serde_json::Value;
use similar::TextDiff;

use super::internal;
use crate::kind::table;

/// The lines in which two values of a struct differ, which has that name in the table.
pub(crate) fn between(structure: &str, old: &Value, new: &Value) -> String {
    let pretty = |value: &Value| match table::named(structure) {
        Some(of) => internal::pretty(Some(value), &Type::Struct(of)),
        None => serde_json::to_string_pretty(value).unwrap_or_default(),
    };
    let (old, new) = (pretty(old), pretty(new));
    TextDiff::from_lines(&old, &new).unified_diff().context_radius(3).missing_newline_hint(false).to_string()
}
