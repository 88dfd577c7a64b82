//! Decodes an object as kube-apiserver decodes a built-in type into its Go struct: unknown fields are dropped, values
//! of the wrong type are errors, and empty values are dropped where the struct says `omitempty`.
//!
//! In: an object and the schema that stands for the struct (see `definitions.yaml`). Out: the object as Go would
//! print it, and the paths that were dropped.

use crdgen_schema::schema::{AdditionalProperties, Schema, SchemaType};
use serde_json::{Map, Value};

use crate::object::go_kind;

/// Decodes all fields except `apiVersion`, `kind` and `metadata`, and returns the paths of the unknown ones.
pub(crate) fn decode(object: &mut Map<String, Value>, schema: &Schema, kind: &str) -> Result<Vec<String>, String> {
    let mut decoder = Decoder { unknown: Vec::new() };
    let kept: Vec<(String, Value)> =
        ["apiVersion", "kind", "metadata"].iter().filter_map(|name| object.remove_entry(*name)).collect();
    decoder.members(object, schema, &Place { path: "", strukt: kind })?;
    object.extend(kept);
    Ok(decoder.unknown)
}

/// A schema for a Go struct that is not the type of a resource.
pub(crate) fn strukt(name: &str, fields: &[(&str, Schema)]) -> Schema {
    let properties = fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    Schema { title: Some(name.to_owned()), properties, ..field(SchemaType::Object) }
}

/// The schema of a field of that type.
pub(crate) fn field(kind: SchemaType) -> Schema {
    Schema { kind: Some(kind), ..Schema::default() }
}

/// The schema of a field that is a pointer in Go: its zero value is kept.
pub(crate) fn pointer(kind: SchemaType) -> Schema {
    Schema { nullable: true, ..field(kind) }
}

/// The position of a value: its JSON path, and the Go struct that it is a field of (error messages name both).
struct Place<'a> {
    path: &'a str,
    strukt: &'a str,
}

struct Decoder {
    unknown: Vec<String>,
}

impl Decoder {
    fn members(&mut self, members: &mut Map<String, Value>, schema: &Schema, place: &Place<'_>) -> Result<(), String> {
        let mut out = Map::new();
        for (name, mut value) in std::mem::take(members) {
            let path = if place.path.is_empty() { name.clone() } else { format!("{}.{name}", place.path) };
            let Some(below) = schema.properties.get(&name) else {
                if schema.preserve_unknown_fields {
                    out.insert(name, value);
                } else {
                    self.unknown.push(path);
                }
                continue;
            };
            self.value(&mut value, below, &Place { path: &path, strukt: place.strukt })?;
            if kept(&value, below) || (schema.required.contains(&name) && !value.is_null()) {
                out.insert(name, value);
            }
        }
        for name in schema.required.iter().filter(|name| !out.contains_key(*name)).cloned().collect::<Vec<_>>() {
            let below = schema.properties.get(&name);
            let mut value = below.and_then(|below| below.default.as_deref().cloned()).unwrap_or(Value::Null);
            if let Some(below) = below {
                self.value(&mut value, below, place)?;
            }
            out.insert(name, value);
        }
        *members = out;
        Ok(())
    }

    fn value(&mut self, value: &mut Value, schema: &Schema, place: &Place<'_>) -> Result<(), String> {
        match (schema.kind, &mut *value) {
            (_, Value::Null) | (Some(SchemaType::Boolean), Value::Bool(_)) => Ok(()),
            (Some(SchemaType::Object), Value::Object(members)) => {
                if let Some(AdditionalProperties::Schema(below)) = &schema.additional_properties {
                    return self.map(members, below, place);
                }
                let strukt = schema.title.as_deref().unwrap_or(place.strukt);
                self.members(members, schema, &Place { path: place.path, strukt })
            }
            (Some(SchemaType::Array), Value::Array(items)) => self.items(items, schema, place),
            (Some(SchemaType::String), Value::String(text)) => check_text(text, schema.format.as_deref()),
            (Some(SchemaType::Integer), Value::Number(number)) if fits(number, schema) => Ok(()),
            (Some(SchemaType::Integer), Value::Number(number)) => {
                let number = format!("number {number}");
                Err(mismatch(&number, schema, place))
            }
            (_, other) => Err(mismatch(go_kind(other), schema, place)),
        }
    }

    fn map(&mut self, members: &mut Map<String, Value>, below: &Schema, place: &Place<'_>) -> Result<(), String> {
        for value in members.values_mut() {
            if value.is_null() {
                *value = Value::String(String::new());
            }
            self.value(value, below, place)?;
        }
        Ok(())
    }

    fn items(&mut self, items: &mut [Value], schema: &Schema, place: &Place<'_>) -> Result<(), String> {
        let Some(below) = schema.items.as_deref() else { return Ok(()) };
        for (index, item) in items.iter_mut().enumerate() {
            let path = format!("{}[{index}]", place.path);
            self.value(item, below, &Place { path: &path, strukt: place.strukt })?;
        }
        Ok(())
    }
}

/// Whether Go writes the value of an `omitempty` field: a pointer that is set, or a value that is not zero.
fn kept(value: &Value, schema: &Schema) -> bool {
    match value {
        Value::Null => false,
        _ if schema.nullable => true,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

fn fits(number: &serde_json::Number, schema: &Schema) -> bool {
    let small = schema.format.as_deref() == Some("int32");
    number.as_i64().is_some_and(|number| !small || i32::try_from(number).is_ok())
}

fn mismatch(found: &str, schema: &Schema, place: &Place<'_>) -> String {
    let expected = match schema.kind {
        Some(SchemaType::Array) => "[]string",
        Some(SchemaType::Boolean) => "bool",
        Some(SchemaType::Integer) => schema.format.as_deref().unwrap_or("int64"),
        Some(SchemaType::Number) => "float64",
        Some(SchemaType::Object) if schema.additional_properties.is_some() => "map[string]string",
        Some(SchemaType::Object) => schema.title.as_deref().unwrap_or("struct"),
        Some(SchemaType::String) | None => "string",
    };
    format!("json: cannot unmarshal {found} into Go struct field {}.{} of type {expected}", place.strukt, place.path)
}

fn check_text(text: &str, format: Option<&str>) -> Result<(), String> {
    match format {
        Some("byte") => check_base64(text),
        Some("date-time") if text.parse::<jiff::Timestamp>().is_err() => {
            Err(format!("parsing time {text:?} as \"2006-01-02T15:04:05Z07:00\": cannot parse {text:?} as \"2006\""))
        }
        Some("micro-time") => check_micro_time(text),
        _ => Ok(()),
    }
}

/// Checks that a time has exactly six digits after the point, as `metav1.MicroTime` requires.
fn check_micro_time(text: &str) -> Result<(), String> {
    const LAYOUT: &str = "2006-01-02T15:04:05.000000Z07:00";
    let fraction = text.get(19..26).unwrap_or_default();
    let six = fraction.starts_with('.') && fraction[1..].bytes().all(|byte| byte.is_ascii_digit());
    if text.parse::<jiff::Timestamp>().is_err() {
        Err(format!("parsing time {text:?} as {LAYOUT:?}: cannot parse {text:?} as \"2006\""))
    } else if !six {
        let rest = text.get(19..).unwrap_or_default();
        Err(format!("parsing time {text:?} as {LAYOUT:?}: cannot parse {rest:?} as \".000000\""))
    } else {
        Ok(())
    }
}

fn check_base64(text: &str) -> Result<(), String> {
    use base64::{DecodeError, Engine, engine::general_purpose::STANDARD};
    STANDARD.decode(text).map(|_| ()).map_err(|error| {
        let at = match error {
            DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol(at, _) => at,
            DecodeError::InvalidLength(_) | DecodeError::InvalidPadding => text.len(),
        };
        format!("illegal base64 data at input byte {at}")
    })
}
