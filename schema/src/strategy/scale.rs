//! Validates the fields that the scale subresource reads from an object.
//!
//! In: an object and the paths in `subresources.scale`. Out: errors if the replicas are not an int32 of at least zero,
//! or the selector is not a string. A number with a decimal point does not count as an integer here.

use crate::{
    definition::Scale,
    field::{Error, Errors},
    go::{accessor_error, nested},
    number::Number,
    view::{Arena, View},
};

/// Checks `specReplicasPath`.
pub(super) fn validate_spec(object: View<'_>, scale: &Scale, errors: &mut Errors) {
    errors.extend(validate_replicas(object, &scale.spec_replicas_path));
}

/// Checks `statusReplicasPath` and `labelSelectorPath`.
pub(super) fn validate_status(object: View<'_>, scale: &Scale, errors: &mut Errors) {
    errors.extend(validate_replicas(object, &scale.status_replicas_path));
    let Some(path) = &scale.label_selector_path else { return };
    match nested(object, path, &Arena::new()) {
        Ok(None | Some(View::Text(_))) => {}
        Ok(Some(other)) => {
            errors.push(Error::invalid_text(path, "", accessor_error(path, &other.to_json(), "string")));
        }
        Err(detail) => errors.push(Error::invalid_text(path, "", detail)),
    }
}

fn validate_replicas(object: View<'_>, path: &str) -> Option<Error> {
    let invalid = |number: i64, detail: String| Some(Error::invalid(path, &number.into(), detail));
    match nested(object, path, &Arena::new()) {
        Err(detail) => invalid(0, detail),
        Ok(None) => None,
        Ok(Some(found)) => match found.as_number() {
            Some(Number::Int(number @ ..=-1)) => invalid(number, "should be a non-negative integer".to_owned()),
            Some(Number::Int(number)) if number > i64::from(i32::MAX) => {
                invalid(number, "should be less than or equal to 2147483647".to_owned())
            }
            Some(Number::Int(_)) => None,
            _ => invalid(0, accessor_error(path, &found.to_json(), "int64")),
        },
    }
}
