//! The parts of a value, each beside its schema.
//!
//! In: a value and its schema. Out: the schema of a member, and a walk over everything that has one, under the paths that
//! `field.Path` would give it: declared members by their names, others as keys.

use serde_json::Value;

use crate::{
    field::Path,
    schema::{AdditionalProperties, Schema},
};

/// What a schema says about a member.
pub(crate) enum Member<'a> {
    /// The schema allows it, and says this about its value; nothing if any value is allowed.
    Known(Option<&'a Schema>),
    /// The schema does not mention it: the server prunes such a member.
    Unknown,
}

/// The schema of the member of that name.
pub(crate) fn member_schema<'a>(schema: &'a Schema, name: &str) -> Member<'a> {
    match (schema.properties.get(name), &schema.additional_properties) {
        (Some(property), _) => Member::Known(Some(property)),
        (None, Some(AdditionalProperties::Schema(schema))) => Member::Known(Some(schema)),
        (None, Some(AdditionalProperties::Any)) => Member::Known(None),
        (None, None) if schema.forbids_additional => Member::Known(None),
        (None, None) => Member::Unknown,
    }
}

/// The path of the member of that name.
pub(crate) fn member_path<'b>(path: &'b Path<'_>, schema: &Schema, name: &'b str) -> Path<'b> {
    if schema.properties.contains_key(name) { path.child(name) } else { path.key(name) }
}

/// Calls `take` with the value and everything in it that has a schema, parents first.
pub(crate) fn visit(
    value: &Value,
    schema: &Schema,
    path: &Path<'_>,
    take: &mut impl FnMut(&Value, &Schema, &Path<'_>),
) {
    take(value, schema, path);
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let Member::Known(Some(inner)) = member_schema(schema, name) {
                    visit(member, inner, &member_path(path, schema, name), take);
                }
            }
        }
        Value::Array(items) => {
            let Some(schema) = schema.items.as_deref() else { return };
            for (index, item) in items.iter().enumerate() {
                visit(item, schema, &path.index(index), take);
            }
        }
        _ => {}
    }
}
