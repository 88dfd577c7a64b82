//! `ObjectMeta` as a table of members, and what Go's decoder and encoder make of a `metadata`.
//!
//! In: the JSON of a `metadata`. Out: the same without unknown members and without empty values, or an error about the
//! first member of a wrong type.

use serde_json::{Map, Value, map::Entry};

use super::go_kind;
use crate::{constraint::Numeric, format::Format};

/// The type of a member.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    /// A string that Go writes even if it is empty.
    RequiredText,
    Integer,
    /// An integer behind a pointer: Go writes 0 as well.
    OptionalInteger,
    OptionalFlag,
    Time,
    TextMap,
    TextList,
    /// Any value except null, kept as it is.
    Raw,
    List(&'static [(&'static str, Kind)]),
}

const OWNER_REFERENCE: &[(&str, Kind)] = &[
    ("apiVersion", Kind::RequiredText),
    ("kind", Kind::RequiredText),
    ("name", Kind::RequiredText),
    ("uid", Kind::RequiredText),
    ("controller", Kind::OptionalFlag),
    ("blockOwnerDeletion", Kind::OptionalFlag),
];

const MANAGED_FIELDS: &[(&str, Kind)] = &[
    ("manager", Kind::Text),
    ("operation", Kind::Text),
    ("apiVersion", Kind::Text),
    ("time", Kind::Time),
    ("fieldsType", Kind::Text),
    ("fieldsV1", Kind::Raw),
    ("subresource", Kind::Text),
];

const OBJECT_META: &[(&str, Kind)] = &[
    ("name", Kind::Text),
    ("generateName", Kind::Text),
    ("namespace", Kind::Text),
    ("selfLink", Kind::Text),
    ("uid", Kind::Text),
    ("resourceVersion", Kind::Text),
    ("generation", Kind::Integer),
    ("creationTimestamp", Kind::Time),
    ("deletionTimestamp", Kind::Time),
    ("deletionGracePeriodSeconds", Kind::OptionalInteger),
    ("labels", Kind::TextMap),
    ("annotations", Kind::TextMap),
    ("ownerReferences", Kind::List(OWNER_REFERENCE)),
    ("finalizers", Kind::TextList),
    ("managedFields", Kind::List(MANAGED_FIELDS)),
];

/// Decodes metadata and writes it back. The paths of members that the type does not have, relative to the metadata, are
/// added to `unknown`.
pub(super) fn round_trip(metadata: &Value, unknown: &mut Vec<String>) -> Result<Map<String, Value>, String> {
    match metadata {
        Value::Null => Ok(Map::new()),
        Value::Object(members) => structure(members, OBJECT_META, "ObjectMeta", "", unknown),
        other => Err(mismatch(other, "", "ObjectMeta", "v1.ObjectMeta")),
    }
}

fn structure(
    members: &Map<String, Value>,
    fields: &[(&str, Kind)],
    type_name: &str,
    path: &str,
    unknown: &mut Vec<String>,
) -> Result<Map<String, Value>, String> {
    let mut out = Map::new();
    for (name, value) in members {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let Some((_, kind)) = fields.iter().find(|(field, _)| field == name) else {
            unknown.push(path);
            continue;
        };
        if let Some(value) = member(value, *kind, type_name, &path, unknown)? {
            out.insert(name.clone(), value);
        }
    }
    for (name, _) in fields.iter().filter(|(_, kind)| matches!(kind, Kind::RequiredText)) {
        if let Entry::Vacant(missing) = out.entry(*name) {
            missing.insert(Value::from(""));
        }
    }
    Ok(out)
}

/// The value of a member as Go writes it back; `None` if Go leaves it out because it is empty.
fn member(
    value: &Value,
    kind: Kind,
    type_name: &str,
    path: &str,
    unknown: &mut Vec<String>,
) -> Result<Option<Value>, String> {
    let wrong = |go_type: &str| mismatch(value, path, type_name, go_type);
    if value.is_null() {
        return Ok(None);
    }
    Ok(match kind {
        Kind::Text => Some(as_text(value, path, type_name, "string")?).filter(|text| !text.is_empty()).map(Value::from),
        Kind::RequiredText => Some(Value::from(as_text(value, path, type_name, "string")?)),
        Kind::Integer | Kind::OptionalInteger => {
            let number = integer(value).ok_or_else(|| wrong("int64"))?;
            Some(Value::from(number)).filter(|_| number != 0 || matches!(kind, Kind::OptionalInteger))
        }
        Kind::OptionalFlag => Some(Value::Bool(value.as_bool().ok_or_else(|| wrong("bool"))?)),
        Kind::Time => {
            let text = as_text(value, path, type_name, "string")?;
            if !is_rfc3339(text) {
                return Err(format!("parsing time {text:?} as \"2006-01-02T15:04:05Z07:00\": cannot parse it"));
            }
            Some(value.clone())
        }
        Kind::TextMap => {
            let members = value.as_object().ok_or_else(|| wrong("map[string]string"))?;
            let texts = members.iter().map(|(name, value)| Ok((name.clone(), text_or_empty(value, path, type_name)?)));
            let texts = texts.collect::<Result<Map<_, _>, String>>()?;
            Some(Value::Object(texts)).filter(|_| !members.is_empty())
        }
        Kind::TextList => {
            let items = value.as_array().ok_or_else(|| wrong("[]string"))?;
            let texts = items.iter().map(|item| text_or_empty(item, path, type_name)).collect::<Result<Vec<_>, _>>()?;
            Some(Value::Array(texts)).filter(|_| !items.is_empty())
        }
        Kind::Raw => Some(value.clone()),
        Kind::List(fields) => {
            let items = value.as_array().ok_or_else(|| wrong("[]struct"))?;
            Some(Value::Array(list(items, fields, type_name, path, unknown)?)).filter(|_| !items.is_empty())
        }
    })
}

fn list(
    items: &[Value],
    fields: &[(&str, Kind)],
    type_name: &str,
    path: &str,
    unknown: &mut Vec<String>,
) -> Result<Vec<Value>, String> {
    let empty = Map::new();
    let mut out = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let members = match item {
            Value::Null => &empty,
            other => other.as_object().ok_or_else(|| mismatch(other, path, type_name, "struct"))?,
        };
        out.push(Value::Object(structure(members, fields, type_name, &format!("{path}[{index}]"), unknown)?));
    }
    Ok(out)
}

fn as_text<'v>(value: &'v Value, path: &str, type_name: &str, go_type: &str) -> Result<&'v str, String> {
    value.as_str().ok_or_else(|| mismatch(value, path, type_name, go_type))
}

/// A string in a map or list. Go reads null there as the empty string.
fn text_or_empty(value: &Value, path: &str, type_name: &str) -> Result<Value, String> {
    if value.is_null() {
        return Ok(Value::from(""));
    }
    as_text(value, path, type_name, "string").map(Value::from)
}

/// An integer. It may be written as a float (`1.0`), because kube-apiserver encodes the value again before Go decodes
/// it into the struct.
fn integer(value: &Value) -> Option<i64> {
    match Numeric::from(value.as_number()?) {
        Numeric::Int(number) => Some(number),
        Numeric::Float(number) => crate::field::print_json(&Value::from(number)).parse().ok(),
    }
}

/// Whether Go parses the text as RFC 3339. Unlike the format `date-time`, it needs a capital `T` and `Z`.
fn is_rfc3339(text: &str) -> bool {
    let strict = text.as_bytes().get(10) == Some(&b'T') && !text.contains(['z', 't']);
    let fraction = text.as_bytes().get(19);
    strict && Format::DateTime.matches(text) && matches!(fraction, Some(b'.' | b',' | b'Z' | b'+' | b'-'))
}

fn mismatch(value: &Value, path: &str, type_name: &str, go_type: &str) -> String {
    let found = go_kind(value);
    let place = if path.is_empty() { "value".to_owned() } else { format!("struct field {type_name}.{path}") };
    format!("json: cannot unmarshal {found} into Go {place} of type {go_type}")
}
