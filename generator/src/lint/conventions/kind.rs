//! Types that the API conventions advise against.

use crdgen_schema::schema::{AdditionalProperties, Schema, SchemaType};

use super::report;
use crate::lint::{check, finding::Sink, place::Node};

/// Checks a node.
pub(super) fn check(node: &Node<'_>, sink: &mut Sink<'_>) {
    let schema = node.schema;
    let format = schema.format.as_deref().unwrap_or_default();
    let is = |kind| schema.kind == Some(kind);
    let no_size = is(SchemaType::Integer) && !["int32", "int64"].contains(&format);
    let message = "the integer's format is neither int32 nor int64";
    report(node, sink, no_size, check::INTEGER_FORMAT, message, "say how many bits it has");
    let message = "floating-point numbers do not survive every reader and writer unchanged";
    report(
        node,
        sink,
        is(SchemaType::Number),
        check::NO_FLOATS,
        message,
        "use an integer, or a quantity (`x-kubernetes-int-or-string`)",
    );
    let message = "a boolean cannot gain a third state";
    report(node, sink, is(SchemaType::Boolean), check::NO_BOOLS, message, "use a string with an `enum`");
    let is_duration = is(SchemaType::String) && format == "duration";
    let message = "a duration as text is read as Go reads it, which is hard elsewhere";
    report(
        node,
        sink,
        is_duration,
        check::NO_DURATIONS,
        message,
        "use an integer with the unit in its name: `timeoutSeconds`",
    );
    let message = "a map of anything but strings is hard to tell from an object";
    report(
        node,
        sink,
        is_map_of_more_than_strings(schema),
        check::NO_MAPS,
        message,
        "use a list of objects with a name, as a list map",
    );
    let message = "null and absent mean two things, and many clients cannot tell them apart";
    report(
        node,
        sink,
        schema.nullable,
        check::NO_NULLABLE,
        message,
        "delete `nullable`, and leave the property out instead",
    );
    let message = "unknown fields are kept here, and nothing checks them";
    report(node, sink, schema.preserve_unknown_fields, check::UNKNOWN_FIELDS, message, "declare what may stand here");
}

fn is_map_of_more_than_strings(schema: &Schema) -> bool {
    match &schema.additional_properties {
        Some(AdditionalProperties::Any) => true,
        Some(AdditionalProperties::Schema(values)) => values.kind != Some(SchemaType::String),
        None => false,
    }
}
