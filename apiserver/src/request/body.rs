//! The body of a request as one JSON value, with the fields that it sets twice.
//!
//! In: bytes and a content type. Out: [`Decoded`], or [`Unreadable`]. As kube-apiserver does it: the last of duplicate
//! fields wins, integers beyond 64 bits become floats, and of several YAML documents the first counts.

use std::borrow::Cow;
use std::fmt;

use crdgen_schema::go::{self, Struct, Type};
use crdgen_schema::{json, yaml};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::Request;
use super::accept::PROTOBUF;
use super::duplicates::{Duplicates, Fields};
use crate::protobuf;
use crate::status::Status;

/// The media types of an object in a request body.
pub(crate) const OBJECTS: &str = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

/// A body that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Decoded {
    pub(crate) value: Value,
    /// The fields that appear more than once.
    pub(crate) duplicates: Duplicates,
}

/// Why a body was not read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Unreadable {
    /// Nothing here reads its content type.
    MediaType(Box<Status>),
    /// Its text or bytes are broken, or nested too deeply: Go's text.
    Malformed(String),
    /// It is JSON with a number that is larger than any float.
    Number(String),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MediaType(status) => f.write_str(&status.message),
            Self::Malformed(why) => f.write_str(why),
            Self::Number(text) => write!(f, "json: cannot unmarshal number {text} into Go value of type float64"),
        }
    }
}

/// Reads the body of a request by its content type. Without one it is JSON.
pub(crate) fn decode(request: &Request, accepted: &str) -> std::result::Result<Decoded, Unreadable> {
    match request.content_type().as_deref() {
        None | Some("application/json") => decode_json(&request.body).map_err(|why| match why {
            Unreadable::Malformed(why) => {
                Unreadable::Malformed(format!("couldn't get version/kind; json parse error: {why}"))
            }
            other => other,
        }),
        Some("application/yaml") => decode_yaml(&request.body).map_err(Unreadable::Malformed),
        Some(PROTOBUF) => {
            let value = protobuf::read(&request.body).map_err(|error| Unreadable::Malformed(error.to_string()))?;
            Ok(Decoded { value, duplicates: Duplicates::default() })
        }
        Some(_) => Err(Unreadable::MediaType(Status::unsupported_media_type(accepted))),
    }
}

/// The text of a body that is JSON.
pub(crate) fn json_text(request: &Request) -> Option<Cow<'_, str>> {
    matches!(request.content_type().as_deref(), None | Some("application/json")).then(|| lenient(&request.body))
}

/// Checks that a body says of what type it is, or nothing. `text` is its text if it is JSON.
pub(crate) fn check_type_meta(value: &Value, text: Option<&str>) -> std::result::Result<(), String> {
    static TYPE_META: Struct =
        Struct::new("", "", &[go::field("apiVersion", Type::Text), go::field("kind", Type::Text)]);
    const GO_TYPE: &str =
        r#"struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }"#;
    let checked = match value {
        Value::Null => Ok(()),
        Value::Object(_) => go::check(value, &TYPE_META),
        _ => Err(go::cannot_unmarshal(value, GO_TYPE)),
    };
    let first = |why: String| match text.and_then(|text| go::strict(text, &TYPE_META)) {
        Some(Err(first)) if value.is_object() => first,
        _ => why,
    };
    checked.map_err(|why| format!("couldn't get version/kind; json parse error: {}", first(why)))?;
    match value.get("apiVersion").and_then(Value::as_str) {
        Some(version) if version.matches('/').count() > 1 => Err(format!("unexpected GroupVersion string: {version}")),
        _ => Ok(()),
    }
}

/// Reads JSON.
pub(crate) fn decode_json(bytes: &[u8]) -> std::result::Result<Decoded, Unreadable> {
    let mut fields = Fields::default();
    let without_signs = json::without_negative_zeros(bytes);
    let text = lenient(&without_signs);
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    let seed = Reader { path: &Path::Root, fields: &mut fields };
    let value = seed.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    match value {
        Ok(value) => Ok(Decoded { value, duplicates: fields.into_duplicates() }),
        Err(error) => Err(unreadable(bytes, &error)),
    }
}

/// Why Go does not read a JSON text that was not read here.
fn unreadable(bytes: &[u8], error: &serde_json::Error) -> Unreadable {
    if let Some(why) = json::syntax_error(bytes) {
        return Unreadable::Malformed(why);
    }
    let text = lenient(bytes);
    let document = json::Document::read(&text);
    match document.as_ref().and_then(json::Document::number_out_of_range) {
        Some(number) => Unreadable::Number(number.to_owned()),
        None => Unreadable::Malformed(error.to_string()),
    }
}

/// The text with U+FFFD in place of everything that is not Unicode, as Go reads it: invalid UTF-8, and escapes of half
/// a surrogate pair.
pub(crate) fn lenient(bytes: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(bytes);
    if !text.contains("\\ud") && !text.contains("\\uD") {
        return text;
    }
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(next) = text[at..].find('\\').map(|offset| at + offset) {
        out.push_str(&text[at..next]);
        let width = match (unit(next), unit(next + 6)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => 12,
            (Some(0xd800..0xe000), _) => 0,
            (Some(_), _) => 6,
            // An escaped backslash or quote is two bytes, whatever follows.
            (None, _) => 1 + text[next + 1..].chars().next().map_or(0, char::len_utf8),
        };
        out.push_str(if width == 0 { "\\ufffd" } else { &text[next..next + width] });
        at = next + if width == 0 { 6 } else { width };
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

/// Reads the first document of a YAML text.
pub(crate) fn decode_yaml(bytes: &[u8]) -> std::result::Result<Decoded, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "yaml: invalid UTF-8".to_owned())?;
    let first = yaml::parse_first(text)?;
    let duplicates = Duplicates::of_yaml(&first.duplicates);
    Ok(Decoded { value: json::narrowed(first.document.to_value()), duplicates })
}

/// The path of the value that is being read, as a chain of borrowed links, so that it costs no allocation.
enum Path<'a> {
    Root,
    Field(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(Self::Root, name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

struct Reader<'a> {
    path: &'a Path<'a>,
    fields: &'a mut Fields,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(Value::Number(json::narrow(Number::from(value))))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> std::result::Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> std::result::Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let path = Path::Index(self.path, items.len());
            match access.next_element_seed(Reader { path: &path, fields: self.fields })? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> std::result::Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            let path = Path::Field(self.path, &name);
            if members.contains_key(&name) {
                self.fields.take(&path);
            }
            let value = access.next_value_seed(Reader { path: &path, fields: self.fields })?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_negative_zero_is_the_integer_zero() {
        assert_eq!(decode_json(b"[-0]").unwrap().value, serde_json::json!([0]));
    }

    #[test]
    fn the_last_of_duplicate_fields_wins_and_each_is_named_by_its_path() {
        let read = decode_json(br#"{"a":1,"a":{"b":[{"c":1,"c":2}]}}"#).unwrap();
        assert_eq!(read.value, json!({"a": {"b": [{"c": 2}]}}));
        assert_eq!(read.duplicates.warnings(), [r#"duplicate field "a""#, r#"duplicate field "a.b[0].c""#]);
    }

    #[test]
    fn integers_beyond_64_bits_become_floats() {
        let read = decode_json(b"[9223372036854775807,9223372036854775808]").unwrap();
        assert!(read.value[0].is_i64());
        assert!(read.value[1].is_f64());
    }

    #[test]
    fn a_text_that_ends_early_is_told_with_gos_words() {
        assert_eq!(decode_json(b"").unwrap_err().to_string(), "unexpected end of JSON input");
        assert_eq!(decode_json(b"[").unwrap_err().to_string(), "unexpected end of JSON input");
    }

    #[test]
    fn a_number_that_no_float_holds_is_no_fault_of_the_syntax() {
        let number = "json: cannot unmarshal number 1e400 into Go value of type float64";
        assert_eq!(decode_json(br#"{"a": [1e400]}"#), Err(Unreadable::Number("1e400".to_owned())));
        assert_eq!(decode_json(b"1e400").unwrap_err().to_string(), number);
        assert_eq!(decode_json(b"[1e400").unwrap_err().to_string(), "unexpected end of JSON input");
    }

    #[test]
    fn what_is_no_unicode_is_replaced() {
        let value = |text: &[u8]| decode_json(text).unwrap().value;
        assert_eq!(value(b"\"\xff\""), json!("\u{fffd}"));
        assert_eq!(value(br#""\ud800 \ud83d\ude00 \\ud800 \u00e9""#), json!("\u{fffd} \u{1f600} \\ud800 \u{e9}"));
    }

    #[test]
    fn the_last_of_duplicate_yaml_keys_wins_and_is_told_with_its_line() {
        let read = decode_yaml(b"a: 1\nb:\n  a: 1\n  a: 2\n").unwrap();
        assert_eq!(read.value, json!({"a": 1, "b": {"a": 2}}));
        assert_eq!(read.duplicates.warnings(), [r#"line 4: key "a" already set in map"#]);
    }

    #[test]
    fn of_several_yaml_documents_the_first_counts() {
        assert_eq!(decode_yaml(b"a: 1\n---\nb: 2\n").unwrap().value, json!({"a": 1}));
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_stack_overflow() {
        assert!(decode_json("[".repeat(100_000).as_bytes()).is_err());
        assert!(decode_yaml("[".repeat(100_000).as_bytes()).is_err());
    }
}
