//! Values as rules see them: JSON, read where it is, with what the schema says of it.
//!
//! In: a [`View`] and its schema. Out: a CEL value; what the schema does not allow is a fault.
//!
//! Source: `k8s.io/apiserver/pkg/cel/common/valuesunstructured.go`.

mod list;
mod object;
mod plain;
mod raw;
mod time_fault;

use base64::{
    Engine as _, alphabet,
    engine::{GeneralPurpose, GeneralPurposeConfig},
};
use crdgen_cel::{Arena, Fault, List, Map, Outcome, Timestamp, Value};

use self::{list::SchemaList, object::SchemaObject, raw::Raw};
use crate::{
    format,
    schema::{Schema, SchemaType},
    view::View,
};

/// Go's `base64.URLEncoding`, which kube-openapi reads the format `byte` with.
const URL_BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::URL_SAFE, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// The value as a rule sees it. `is_root` says whether this is the root of a resource.
pub(super) fn value<'a>(view: View<'a>, schema: &'a Schema, is_root: bool, arena: &'a Arena) -> Outcome<'a> {
    match (view, schema.kind.filter(|_| !schema.int_or_string)) {
        // What most values are, and all that there is to it.
        (View::Int(number), Some(SchemaType::Integer)) => Ok(Value::Int(number)),
        (View::Bool(flag), Some(SchemaType::Boolean)) => Ok(Value::Bool(flag)),
        (View::Text(text), Some(SchemaType::String)) if schema.format.is_none() => Ok(Value::String(text)),
        _ => of_raw(Raw::Json(view), schema, is_root, arena),
    }
}

fn of_raw<'a>(raw: Raw<'a>, schema: &'a Schema, is_root: bool, arena: &'a Arena) -> Outcome<'a> {
    if let Raw::Json(View::Null) = raw {
        let fault = Fault::plain("invalid data, got null for schema with nullable=false");
        return if schema.nullable { Ok(Value::Null) } else { Err(fault) };
    }
    if schema.int_or_string {
        return match raw {
            Raw::Json(View::Int(number)) => Ok(Value::Int(number)),
            Raw::Json(View::Text(text)) => Ok(Value::String(text)),
            _ => Err(Fault::plain("invalid data, expected XIntOrString value to be either a string or integer")),
        };
    }
    let expected =
        |wanted: &str| Err(Fault::new(arena, &format!("invalid data, expected {wanted}, got {}", raw.go_type())));
    match (schema.kind, raw) {
        (Some(SchemaType::Object), Raw::Json(View::Object(members))) => {
            Ok(Value::Map(Map::Host(arena.place(SchemaObject { members, schema, is_root }))))
        }
        (Some(SchemaType::Object), _) => {
            Err(Fault::plain("invalid data, expected a map for the provided schema with type=object"))
        }
        (Some(SchemaType::Array), Raw::Json(View::List(items))) => SchemaList::new(items, schema)
            .map(|list| Value::List(List::Host(arena.place(list))))
            .ok_or(Fault::plain("invalid array type, expected Items with a non-empty Schema")),
        (Some(SchemaType::Array), _) => {
            Err(Fault::plain("invalid data, expected an array for the provided schema with type=array"))
        }
        (Some(SchemaType::String), Raw::Json(View::Text(text))) => self::text(text, schema, arena),
        (Some(SchemaType::String), _) => expected("string"),
        #[allow(clippy::cast_precision_loss)] // As in Go.
        (Some(SchemaType::Number), Raw::Json(View::Int(number))) => Ok(Value::Double(number as f64)),
        (Some(SchemaType::Number), Raw::Json(View::Float(number))) => Ok(Value::Double(number)),
        (Some(SchemaType::Number), _) => expected("float"),
        (Some(SchemaType::Integer), Raw::Json(View::Int(number))) => Ok(Value::Int(number)),
        (Some(SchemaType::Integer), _) => expected("int"),
        (Some(SchemaType::Boolean), Raw::Json(View::Bool(flag))) => Ok(Value::Bool(flag)),
        (Some(SchemaType::Boolean), _) => expected("bool"),
        (None, raw) if schema.preserve_unknown_fields => plain::value(raw, arena),
        (None, _) => Err(Fault::plain(
            "invalid type, expected object, array, number, integer, boolean or string, or no type with x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields is true, got ",
        )),
    }
}

/// A text in the type that its format stands for.
fn text<'a>(text: &'a str, schema: &Schema, arena: &'a Arena) -> Outcome<'a> {
    let fault = |what: &str, why: &str| Fault::new(arena, &format!("Invalid {what} {text}: {why}"));
    match schema.format.as_deref() {
        Some("duration") => format::duration(text)
            .map(Value::Duration)
            .ok_or_else(|| fault("duration", &format!("unable to parse {text} as duration"))),
        Some("date") => Timestamp::parse(&format!("{text}T00:00:00Z"))
            .map(Value::Timestamp)
            .ok_or_else(|| fault("date formatted string", "expected a day such as 2026-01-31")),
        Some("date-time") => {
            // An empty text stands for the beginning of 1970, and a time without an offset is in UTC.
            let epoch = || text.is_empty().then(|| Timestamp::new(0, 0, 0)).flatten();
            let found = Timestamp::parse(text).or_else(|| Timestamp::parse(&format!("{text}Z"))).or_else(epoch);
            found.map(Value::Timestamp).ok_or_else(|| fault("date-time formatted string", &time_fault::why(text)))
        }
        Some("byte") => {
            let digits = text.replace(['\n', '\r'], "");
            let bytes = URL_BASE64.decode(digits).map_err(|_| {
                // The format allows the standard alphabet, of which two characters stand in no URL.
                let at = text.find(['+', '/']).unwrap_or(text.len());
                fault("byte formatted string", &format!("illegal base64 data at input byte {at}"))
            })?;
            Ok(Value::Bytes(arena.bytes(&bytes)))
        }
        _ => Ok(Value::String(text)),
    }
}
