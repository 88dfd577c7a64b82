//! Validates the fields that the scale subresource reads from an object.
//!
//! In: an object and the paths in `subresources.scale`. Out: errors if the replicas are not an int32 of at least zero,
//! or the selector is not a string. A number with a decimal point does not count as an integer here.

use serde_json::Value;

use crate::{
    constraint::Numeric,
    definition::Scale,
    field::{Error, Errors, print_float, print_json},
};

/// Checks `specReplicasPath`.
pub(super) fn validate_spec(object: &Value, scale: &Scale, errors: &mut Errors) {
    errors.extend(validate_replicas(object, &scale.spec_replicas_path));
}

/// Checks `statusReplicasPath` and `labelSelectorPath`.
pub(super) fn validate_status(object: &Value, scale: &Scale, errors: &mut Errors) {
    errors.extend(validate_replicas(object, &scale.status_replicas_path));
    let Some(path) = &scale.label_selector_path else { return };
    match find(object, path) {
        Ok(None | Some(Value::String(_))) => {}
        Ok(Some(other)) => errors.push(Error::invalid_text(path, "", mismatch(path, other, "string"))),
        Err(detail) => errors.push(Error::invalid_text(path, "", detail)),
    }
}

fn validate_replicas(object: &Value, path: &str) -> Option<Error> {
    let invalid = |number: i64, detail: String| Some(Error::invalid(path, &Value::from(number), detail));
    match find(object, path) {
        Err(detail) => invalid(0, detail),
        Ok(None) => None,
        Ok(Some(found)) => match found.as_number().map(Numeric::from) {
            Some(Numeric::Int(number @ ..=-1)) => invalid(number, "should be a non-negative integer".to_owned()),
            Some(Numeric::Int(number)) if number > i64::from(i32::MAX) => {
                invalid(number, "should be less than or equal to 2147483647".to_owned())
            }
            Some(Numeric::Int(_)) => None,
            _ => invalid(0, mismatch(path, found, "int64")),
        },
    }
}

/// The value at a path; `None` if a part of the path is missing or null.
fn find<'v>(object: &'v Value, path: &str) -> Result<Option<&'v Value>, String> {
    let mut value = object;
    for name in path.trim_start_matches('.').split('.') {
        value = match value {
            Value::Null => return Ok(None),
            Value::Object(members) => match members.get(name) {
                Some(member) => member,
                None => return Ok(None),
            },
            other => return Err(mismatch(path, other, "map[string]interface{}")),
        };
    }
    Ok(Some(value))
}

fn mismatch(path: &str, value: &Value, expected: &str) -> String {
    let (shown, found) = match value {
        Value::Null => ("<nil>".to_owned(), "<nil>"),
        Value::Bool(flag) => (flag.to_string(), "bool"),
        Value::String(text) => (text.clone(), "string"),
        Value::Array(_) => (print_json(value), "[]interface {}"),
        Value::Object(_) => (print_json(value), "map[string]interface {}"),
        Value::Number(number) => match Numeric::from(number) {
            Numeric::Int(number) => (number.to_string(), "int64"),
            Numeric::Float(number) => (print_float(number), "float64"),
        },
    };
    let path = path.trim_start_matches('.');
    format!(".{path} accessor error: {shown} is of the type {found}, expected {expected}")
}
