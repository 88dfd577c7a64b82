//! What identifies an item of a list.
//!
//! Source: `listItemToPathElement` in `structured-merge-diff/typed/helpers.go`.

use serde_json::Value;

use crate::managed_fields::path::PathElement;
use crate::managed_fields::shape::{Items, Shape};

/// The path element of an item, or why it has none.
pub(super) fn element(items: &Items<'_>, of: Shape<'_>, item: &Value) -> Result<PathElement, String> {
    match items {
        Items::Whole => Err("invalid indexing of non-associative list".to_owned()),
        Items::Map(keys) if !keys.is_empty() => keyed(keys, of, item),
        Items::Map(_) | Items::Set => in_set(item),
    }
}

fn keyed(keys: &[&str], of: Shape<'_>, item: &Value) -> Result<PathElement, String> {
    let members = match item {
        Value::Object(members) => members,
        Value::Null => return Err("associative list with keys may not have a null element".to_owned()),
        _ => return Err("associative list with keys may not have non-map elements".to_owned()),
    };
    let value = |name: &&str| {
        let value = members.get(*name).cloned().or_else(|| of.default_of(name))?;
        Some(((*name).to_owned(), value))
    };
    let mut found: Vec<(String, Value)> = keys.iter().filter_map(value).collect();
    if found.is_empty() {
        let names: Vec<String> = keys.iter().map(|name| crdgen_schema::go::print_quoted(name)).collect();
        let names = names.join(" ");
        return Err(format!(
            "associative list with keys has an element that omits all key fields [{names}] (and doesn't have default \
             values for any key fields)"
        ));
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(PathElement::Key(found))
}

fn in_set(item: &Value) -> Result<PathElement, String> {
    let why = match item {
        Value::Object(_) => "associative list without keys has an element that's a map type",
        Value::Array(_) => "not supported: associative list with lists as elements",
        Value::Null => "associative list without keys has an element that's an explicit null",
        scalar => return Ok(PathElement::Value(scalar.clone())),
    };
    Err(why.to_owned())
}
