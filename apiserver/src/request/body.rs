//! The body of a request as one JSON value, with the fields that it sets twice.
//!
//! In: bytes and a content type. Out: [`Decoded`], or 400 or 415. As kube-apiserver does it: the last of duplicate
//! fields wins, integers beyond 64 bits become floats, and of several YAML documents the first counts.

use std::borrow::Cow;
use std::fmt;

use crdgen_schema::{json, yaml};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::Request;
use super::accept::PROTOBUF;
use super::duplicates::{Duplicates, Fields};
use crate::protobuf;
use crate::status::{Result, Status};

/// The media types of an object in a request body.
pub(crate) const OBJECTS: &str = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

/// A body that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Decoded {
    pub(crate) value: Value,
    /// The fields that appear more than once.
    pub(crate) duplicates: Duplicates,
}

/// Reads the body of a request by its content type. Without one it is JSON.
pub(crate) fn decode(request: &Request, accepted: &str) -> Result<Decoded> {
    match request.content_type().as_deref() {
        None | Some("application/json") => decode_json(&request.body)
            .map_err(|why| Status::bad_request(format!("couldn't get version/kind; json parse error: {why}"))),
        Some("application/yaml") => decode_yaml(&request.body).map_err(Status::bad_request),
        Some(PROTOBUF) => {
            let value = protobuf::read(&request.body).map_err(|error| Status::bad_request(error.to_string()))?;
            Ok(Decoded { value, duplicates: Duplicates::default() })
        }
        Some(_) => Err(Status::unsupported_media_type(accepted)),
    }
}

/// Reads JSON. The common errors have the text that Go has for them.
pub(crate) fn decode_json(bytes: &[u8]) -> std::result::Result<Decoded, String> {
    let mut fields = Fields::default();
    let bytes = json::without_negative_zeros(bytes);
    let text = lenient(&bytes);
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    let seed = Reader { path: &Path::Root, fields: &mut fields };
    let value = seed.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    match value {
        Ok(value) => Ok(Decoded { value, duplicates: fields.into_duplicates() }),
        Err(error) if error.is_eof() => Err("unexpected end of JSON input".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// The text with U+FFFD in place of everything that is not Unicode, as Go reads it: invalid UTF-8, and escapes of half
/// a surrogate pair.
fn lenient(bytes: &[u8]) -> Cow<'_, str> {
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
        assert_eq!(decode_json(b"").unwrap_err(), "unexpected end of JSON input");
        assert_eq!(decode_json(b"[").unwrap_err(), "unexpected end of JSON input");
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
