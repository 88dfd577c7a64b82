//! Values without bounds: they may be as large as a request, and rules that read them cost accordingly.

use crdgen_schema::schema::{Constraints, Schema, SchemaType};

use super::report;
use crate::lint::{check, finding::Sink, place::Node};

/// Checks a node.
pub(super) fn check(node: &Node<'_>, sink: &mut Sink<'_>) {
    let schema = node.schema;
    let is_free = |get: &dyn Fn(&Constraints) -> bool| !is_bounded(schema, get);
    match schema.kind {
        Some(SchemaType::String) => {
            let holds =
                schema.enumeration.is_empty() && !has_length(schema) && is_free(&|known| known.max_length.is_some());
            report(node, sink, holds, check::MAX_LENGTH, "the string has no bound", "add `maxLength`, or an `enum`");
            check_empty(node, sink);
        }
        Some(SchemaType::Array) => {
            let holds = is_free(&|known| known.max_items.is_some());
            report(node, sink, holds, check::MAX_ITEMS, "the list has no bound", "add `maxItems`");
        }
        Some(SchemaType::Object) if schema.additional_properties.is_some() => {
            let holds = is_free(&|known| known.max_properties.is_some());
            report(node, sink, holds, check::MAX_PROPERTIES, "the map has no bound", "add `maxProperties`");
        }
        Some(SchemaType::Integer) if schema.enumeration.is_empty() => {
            let holds = is_free(&|known| known.minimum.is_some()) || is_free(&|known| known.maximum.is_some());
            report(
                node,
                sink,
                holds,
                check::INTEGER_BOUNDS,
                "the integer is not bounded on both sides",
                "add `minimum` and `maximum`",
            );
        }
        _ => {}
    }
}

fn check_empty(node: &Node<'_>, sink: &mut Sink<'_>) {
    let schema = node.schema;
    let says_more = !schema.enumeration.is_empty()
        || schema.format.is_some()
        || is_bounded(schema, &|known| known.min_length.is_some() || known.pattern.is_some());
    let message = "the string must be there, and may be empty";
    report(node, sink, node.is_required() && !says_more, check::MIN_LENGTH, message, "add `minLength: 1`");
}

/// Whether the schema or one of its `allOf` has a constraint.
fn is_bounded(schema: &Schema, has: &dyn Fn(&Constraints) -> bool) -> bool {
    has(&schema.constraints) || schema.branches.all_of.iter().any(|branch| has(&branch.constraints))
}

/// Whether a format says how long a text can be.
fn has_length(schema: &Schema) -> bool {
    const BOUNDED: [&str; 8] = ["date", "date-time", "duration", "ipv4", "ipv6", "mac", "uuid", "cidr"];
    schema.format.as_deref().is_some_and(|format| BOUNDED.contains(&format))
}
