//! Values that Go looks up in an object without a struct (`unstructured.Unstructured`).
//!
//! In: an object and a path. Out: the value, or Go's error about a part of the path that has the wrong type.

use serde_json::Value;

use super::{print_float, print_plain};
use crate::{
    number::Number,
    view::{Arena, View},
};

/// The value at a path such as `.spec.replicas`; `None` if a part of the path is missing or null.
pub(crate) fn nested<'v>(object: View<'v>, path: &str, arena: &'v Arena) -> Result<Option<View<'v>>, String> {
    let mut value = object;
    for name in path.trim_start_matches('.').split('.') {
        value = match value {
            View::Null => return Ok(None),
            View::Object(members) => match members.get(name, arena) {
                Some(member) => member,
                None => return Ok(None),
            },
            other => return Err(accessor_error(path, &other.to_json(), "map[string]interface{}")),
        };
    }
    Ok(Some(value))
}

/// The error about a value at a path that is not of the expected Go type.
pub fn accessor_error(path: &str, value: &Value, expected: &str) -> String {
    let (shown, found) = match value {
        Value::Null => ("<nil>".to_owned(), "<nil>"),
        Value::Bool(flag) => (flag.to_string(), "bool"),
        Value::String(text) => (text.clone(), "string"),
        Value::Array(_) => (print_plain(value), "[]interface {}"),
        Value::Object(_) => (print_plain(value), "map[string]interface {}"),
        Value::Number(number) => match Number::from(number) {
            Number::Int(number) => (number.to_string(), "int64"),
            Number::Float(number) => (print_float(number), "float64"),
        },
    };
    let path = path.trim_start_matches('.');
    format!(".{path} accessor error: {shown} is of the type {found}, expected {expected}")
}
