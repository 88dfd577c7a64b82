//! When Go finds two JSON values equal.
//!
//! In: a value. Out: a text that it shares with the values that are equal to it.

use super::{print_float, print_json};
use crate::view::View;

/// A text that two values share if Go finds them equal: scalars by type and value, compounds by their JSON, in which 1.0
/// is 1.
pub(crate) fn identity(value: View<'_>) -> String {
    match value {
        View::Object(_) | View::List(_) => format!("compound {}", print_json(&value.to_json())),
        View::Int(number) => format!("int {number}"),
        // Negative zero equals zero.
        View::Float(number) => format!("float {}", print_float(number + 0.0)),
        View::Text(text) => format!("string {text}"),
        View::Bool(flag) => flag.to_string(),
        View::Null => "null".to_owned(),
    }
}
