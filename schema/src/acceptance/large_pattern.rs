//! Patterns that take too much memory to be compiled.
//!
//! In: a schema that is accepted otherwise. Out: a field error for each pattern that could not be enforced here. Go has such a
//! limit as well, which does not lie in quite the same place.

use super::raw_schema::RawSchema;
use crdgen_cel::re2;

use crate::field::{Error, Errors, Path};

/// Checks the patterns of a schema and of all in it.
pub(super) fn check(schema: RawSchema<'_>, path: &Path<'_>, errors: &mut Errors) {
    let source = schema.text("pattern");
    // Of wrong patterns the rules of structural schemas tell; an old CRD that breaks them may have such a pattern.
    let is_right = !source.is_empty() && re2::check(source).is_ok();
    if let (true, Err(error)) = (is_right, re2::cached(source)) {
        let detail = format!("must be a valid regular expression, but isn't: {error}");
        errors.push(Error::invalid_text(path.child("pattern"), source, detail));
    }
    let properties = path.child("properties");
    for (name, property) in schema.properties() {
        check(property, &properties.key(name), errors);
    }
    let single = [
        ("items", schema.items()),
        ("additionalProperties", schema.additional_schema()),
        ("not", schema.get("not").map(RawSchema::new)),
    ];
    for (keyword, schema) in single {
        if let Some(schema) = schema {
            check(schema, &path.child(keyword), errors);
        }
    }
    for combinator in ["allOf", "anyOf", "oneOf"] {
        for (index, branch) in schema.branches(combinator).enumerate() {
            check(branch, &path.child(combinator).index(index), errors);
        }
    }
}
