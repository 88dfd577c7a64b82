//! `selectableFields`: the fields of an object that field selectors may name.
//!
//! In: the list and the schema beside it. Out: field errors: each names a scalar of the schema, and none twice.

use std::collections::BTreeSet;

use super::raw_schema::RawSchema;
use crate::{
    field::{Error, Errors, Path},
    field_path,
    node::Node,
};

/// How many fields of a version may be selectable.
pub(super) const MAX: usize = 8;

/// Checks `selectableFields` against the schema that is kept beside them; there may be more than [`MAX`] if that is allowed.
pub(super) fn check(fields: &Node<'_>, schema: &Node<'_>, may_be_many: bool, path: &Path<'_>, errors: &mut Errors) {
    let mut seen = BTreeSet::new();
    for (index, selectable) in fields.items().iter().enumerate() {
        let item = path.index(index);
        let path = item.child("jsonPath");
        let given = selectable["jsonPath"].as_str().unwrap_or_default();
        if given.is_empty() {
            errors.push(Error::required(path, ""));
            continue;
        }
        let (steps, found) = match field_path::resolve(given, RawSchema::new(schema), false, RawSchema::member) {
            Ok(resolved) => resolved,
            Err(told) => {
                errors.push(Error::invalid_text(path, given, format!("is an invalid path: {told}")));
                continue;
            }
        };
        if steps.first().is_some_and(|step| step == "metadata") {
            errors.push(Error::invalid_text(path, given, "must not point to fields in metadata"));
        }
        if !matches!(found.text("type"), "string" | "boolean" | "integer") {
            let detail = "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.";
            errors.push(Error::invalid_text(path, given, detail));
        }
        if !seen.insert(steps) {
            errors.push(Error::duplicate(path, &given.into()));
        }
    }
    if seen.len() > MAX && !may_be_many {
        errors.push(Error::too_many(path, seen.len(), 8));
    }
}
