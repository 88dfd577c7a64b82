//! How two values differ, for people.
//!
//! In: two values. Out: a line for each member that differs, `-` before what was and `+` before what is.

use std::collections::BTreeSet;

use crdgen_schema::go;
use serde_json::Value;

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
