//! The Go structs of the built-in kinds.
//!
//! In: a schema of `definitions.yaml`, which says what is a pointer and what is always written. Out: the table of the struct.
//! Tables live as long as the program, like the text that they come from.

use crdgen_schema::go::{Field, Struct, Tags, Type, field};
use crdgen_schema::metadata::OBJECT_META;
use crdgen_schema::schema::{AdditionalProperties, Schema, SchemaType};

/// The struct of a kind.
pub(super) fn of(kind: &str, schema: &Schema) -> &'static Struct {
    let mut all =
        vec![field("apiVersion", Type::Text), field("kind", Type::Text), field("metadata", Type::Struct(&OBJECT_META))];
    all.extend(fields(kind, schema));
    structure(kind, all)
}

fn structure(name: &str, fields: Vec<Field>) -> &'static Struct {
    Box::leak(Box::new(Struct { name: name.to_owned().leak(), atomic: false, fields: fields.leak() }))
}

fn fields(owner: &str, schema: &Schema) -> Vec<Field> {
    let field = |(name, below): (&String, &Schema)| {
        let omit_empty = !schema.required.contains(name);
        Field { name: name.clone().leak(), kind: type_of(owner, below), omit_empty, tags: &Tags::NONE }
    };
    schema.properties.iter().map(field).collect()
}

/// The type that a schema stands for. A struct without a title is called like the one around it.
fn type_of(owner: &str, schema: &Schema) -> Type {
    let below = |schema: &Schema| -> &'static Type { Box::leak(Box::new(type_of(owner, schema))) };
    let plain = match (schema.kind, schema.format.as_deref()) {
        _ if schema.preserve_unknown_fields => Type::Any,
        (Some(SchemaType::Boolean), _) => Type::Flag,
        (Some(SchemaType::Integer), Some("int32")) => Type::Int32,
        (Some(SchemaType::Integer), _) => Type::Int64,
        (Some(SchemaType::Number), _) => Type::Float64,
        (Some(SchemaType::Array), _) => Type::List(schema.items.as_deref().map_or(&Type::Any, below)),
        (Some(SchemaType::Object), _) => {
            if let Some(AdditionalProperties::Schema(values)) = &schema.additional_properties {
                Type::Map(below(values))
            } else {
                let name = schema.title.as_deref().unwrap_or(owner);
                Type::Struct(structure(name, fields(name, schema)))
            }
        }
        (_, Some("byte")) => Type::Bytes,
        (_, Some("date-time")) => Type::Time,
        (_, Some("micro-time")) => Type::MicroTime,
        (Some(SchemaType::String) | None, _) => Type::Text,
    };
    if schema.nullable { Type::Pointer(Box::leak(Box::new(plain))) } else { plain }
}
