//! The schema of a built-in kind, from its Go struct.
//!
//! In: the struct. Out: its schema with those of all parts in their places. A struct inside itself is an object of which nothing
//! more is said.

use crdgen_schema::go::{Field, Struct, Type};
use crdgen_schema::schema::ListType;
use serde_json::{Map, Value, json};

/// The schema of a kind.
pub(super) fn schema(of: &'static Struct) -> Value {
    structure(of, &mut Vec::new())
}

fn structure(of: &'static Struct, open: &mut Vec<&'static Struct>) -> Value {
    if open.iter().any(|open| std::ptr::eq(*open, of)) {
        return json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    }
    open.push(of);
    let properties: Map<String, Value> =
        of.fields().iter().map(|field| (field.name.to_owned(), property(field, open))).collect();
    open.pop();
    let required: Vec<&str> = of.fields().iter().filter(|field| field.tags.required).map(|field| field.name).collect();
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    if of.atomic {
        schema["x-kubernetes-map-type"] = Value::from("atomic");
    }
    schema
}

fn property(field: &Field, open: &mut Vec<&'static Struct>) -> Value {
    let (mut schema, tags) = (value(&field.kind, open), field.tags);
    match tags.list {
        ListType::Atomic => {}
        ListType::Set => schema["x-kubernetes-list-type"] = Value::from("set"),
        ListType::Map => {
            schema["x-kubernetes-list-type"] = Value::from("map");
            schema["x-kubernetes-list-map-keys"] = json!(tags.keys);
        }
    }
    if tags.atomic {
        schema["x-kubernetes-map-type"] = Value::from("atomic");
    }
    if let Ok(default) = serde_json::from_str::<Value>(tags.default) {
        schema["default"] = default;
    }
    if !tags.values.is_empty() {
        // Those of a list or map are the values of what is in it.
        let part = ["items", "additionalProperties"].into_iter().find(|part| schema.get(part).is_some());
        let values = json!(tags.values);
        match part {
            Some(part) => schema[part]["enum"] = values,
            None => schema["enum"] = values,
        }
    }
    schema
}

fn value(kind: &Type, open: &mut Vec<&'static Struct>) -> Value {
    match kind.unnamed() {
        Type::Text => json!({"type": "string"}),
        Type::Flag => json!({"type": "boolean"}),
        Type::Int32 => json!({"type": "integer", "format": "int32"}),
        Type::Int64 | Type::WholeNumber => json!({"type": "integer", "format": "int64"}),
        Type::Float64 => json!({"type": "number", "format": "double"}),
        Type::Bytes => json!({"type": "string", "format": "byte"}),
        Type::Time | Type::MicroTime => json!({"type": "string", "format": "date-time"}),
        Type::Quantity => json!({"oneOf": [{"type": "string"}, {"type": "number"}]}),
        Type::IntOrString => {
            json!({"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]})
        }
        Type::Pointer(inner) | Type::Named(_, inner) => value(inner, open),
        Type::List(item) => json!({"type": "array", "items": value(item, open)}),
        Type::Map(item) => json!({"type": "object", "additionalProperties": value(item, open)}),
        Type::Struct(of) => structure(of, open),
        Type::Any | Type::OneOf(..) => json!({"x-kubernetes-preserve-unknown-fields": true}),
    }
}
