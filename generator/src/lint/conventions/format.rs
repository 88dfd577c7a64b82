//! Formats that nobody checks.

use crdgen_schema::{diagnostic::quote, format::Format, schema::SchemaType};

use crate::lint::{check, finding::Sink, place::Node};

/// Checks a node.
pub(super) fn check(node: &Node<'_>, sink: &mut Sink<'_>) {
    let schema = node.schema;
    let format = schema.format.as_deref().unwrap_or_default();
    if !format.is_empty() && !is_known(schema.kind, format) {
        let of = schema.kind.map_or_else(String::new, |kind| format!(" of {}", named(kind)));
        let message = format!("the API server does not check the format {}{of}", quote(format));
        sink.push(
            check::UNKNOWN_FORMAT,
            node.spot(),
            message,
            "delete it, or add a `pattern`, bounds or a rule that checks it",
        );
    }
}

/// Whether the API server checks a format of values of a type.
fn is_known(kind: Option<SchemaType>, format: &str) -> bool {
    match kind {
        None | Some(SchemaType::String) => Format::from_name(format).is_some(),
        Some(SchemaType::Integer) => ["int32", "int64"].contains(&format),
        Some(SchemaType::Number) => ["float", "double"].contains(&format),
        _ => false,
    }
}

fn named(kind: SchemaType) -> &'static str {
    match kind {
        SchemaType::Array => "lists",
        SchemaType::Boolean => "booleans",
        SchemaType::Integer => "integers",
        SchemaType::Number => "numbers",
        SchemaType::Object => "objects",
        SchemaType::String => "strings",
    }
}
