//! How two values differ, for people.
//!
//! In: two values of a struct. Out: the lines that were and that are, as the server's own type shows them.
//!
//! Source: `apimachinery/pkg/util/diff`.

use crdgen_schema::go::Type;
use serde_json::Value;
use similar::TextDiff;

/// The members in which two objects differ.
pub(crate) fn between(old: &Value, new: &Value) -> String {
    let names: BTreeSet<&String> =
        [old, new].into_iter().filter_map(Value::as_object).flat_map(|it| it.keys()).collect();
    let mut out = String::new();
    for name in names
        .into_iter()
        .filter(|name| old.get(*name).unwrap_or(&Value::Null) != new.get(*name).unwrap_or(&Value::Null))
    {
        for (sign, value) in [('-', old.get(name)), ('+', new.get(name))] {
            if let Some(value) = value.filter(|value| !value.is_null()) {
                out.extend([&format!("{sign} {name}: "), &*go::print_json(value), "\n"]);
            }
        }
    }
    out
}
