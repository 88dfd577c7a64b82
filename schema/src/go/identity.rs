//! When Go finds two JSON values equal.
//!
//! In: a value. Out: a text that it shares with the values that are equal to it.

use serde_json::Value;

use super::{print_float, print_json};
use crate::number::Number;

/// A text that two values share if Go finds them equal: scalars by type and value, compounds by their JSON, in which 1.0
/// is 1.
pub(crate) fn identity(value: &Value) -> String {
    match value {
        Value::Object(_) | Value::Array(_) => format!("compound {}", print_json(value)),
        Value::Number(number) => match Number::from(number) {
            Number::Int(number) => format!("int {number}"),
            // Negative zero equals zero.
            Number::Float(number) => format!("float {}", print_float(number + 0.0)),
        },
        Value::String(text) => format!("string {text}"),
        Value::Bool(_) | Value::Null => value.to_string(),
    }
}
