//! The names that Go's JSON decoder has for kinds of values, which kube-apiserver's decode errors show.

use serde_json::Value;

/// As in `json: cannot unmarshal KIND into …` (`encoding/json`'s `UnmarshalTypeError`).
pub fn go_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
