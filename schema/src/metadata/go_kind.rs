//! The names of JSON types in Go's decode errors, which kube-apiserver passes on to clients.

use serde_json::Value;

/// The name of a value's type in `json: cannot unmarshal TYPE into …` (Go's `UnmarshalTypeError`).
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
