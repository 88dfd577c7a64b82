//! Kubernetes' field errors: a type, a path, the value and a detail, with the API server's own words.
//!
//! In: what the checks find. Out: [`Error`]s as `metav1.Status` causes and people show them.
//! Source: `k8s.io/apimachinery/pkg/util/validation/field`.

mod path;

use std::{collections::BTreeSet, fmt};

pub use path::{Dotted, Path};

use crate::go::{print_quoted, print_value};

/// `field.ErrorType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorType {
    /// `FieldValueNotFound`
    NotFound,
    /// `FieldValueRequired`
    Required,
    /// `FieldValueDuplicate`
    Duplicate,
    /// `FieldValueInvalid`
    Invalid,
    /// `FieldValueNotSupported`
    NotSupported,
    /// `FieldValueForbidden`
    Forbidden,
    /// `FieldValueTooLong`
    TooLong,
    /// `FieldValueTooMany`
    TooMany,
    /// `InternalError`
    Internal,
    /// `FieldValueTypeInvalid`
    TypeInvalid,
}

/// One field error.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// What kind of fault it is.
    pub kind: ErrorType,
    /// The field's path as Kubernetes writes it (`spec.ports[0].name`); `<nil>` for the root.
    pub field: String,
    /// The offending value, already printed as Kubernetes prints it; empty if none is shown.
    pub value: String,
    /// The explanation after the value.
    pub detail: String,
}

/// Field errors in the order found. As a `Result`'s error it is never empty: see [`Errors::into_result`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Errors(pub Vec<Error>);

impl ErrorType {
    /// The machine-readable reason, as `metav1.StatusCause.reason` has it.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotFound => "FieldValueNotFound",
            Self::Required => "FieldValueRequired",
            Self::Duplicate => "FieldValueDuplicate",
            Self::Invalid => "FieldValueInvalid",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Forbidden => "FieldValueForbidden",
            Self::TooLong => "FieldValueTooLong",
            Self::TooMany => "FieldValueTooMany",
            Self::Internal => "InternalError",
            Self::TypeInvalid => "FieldValueTypeInvalid",
        }
    }

    /// Whether the text of an error of this kind shows the value.
    fn shows_value(self) -> bool {
        !matches!(self, Self::Required | Self::Forbidden | Self::TooLong | Self::Internal)
    }
}

impl Error {
    /// An error of any kind; `value` is already printed (see [`print_value`]).
    pub fn new(kind: ErrorType, field: impl fmt::Display, value: impl Into<String>, detail: impl Into<String>) -> Self {
        let value = if kind.shows_value() { value.into() } else { String::new() };
        Self { kind, field: field.to_string(), value, detail: detail.into() }
    }

    /// A value that is missing.
    pub fn required(field: impl fmt::Display, detail: impl Into<String>) -> Self {
        Self::new(ErrorType::Required, field, "", detail)
    }

    /// A value that is malformed.
    pub fn invalid(field: impl fmt::Display, value: &serde_json::Value, detail: impl Into<String>) -> Self {
        Self::new(ErrorType::Invalid, field, print_value(value), detail)
    }

    /// A text that is malformed.
    pub fn invalid_text(field: impl fmt::Display, text: &str, detail: impl Into<String>) -> Self {
        Self::new(ErrorType::Invalid, field, print_quoted(text), detail)
    }

    /// A value of the wrong type.
    pub fn type_invalid(field: impl fmt::Display, value: &serde_json::Value, detail: impl Into<String>) -> Self {
        Self::new(ErrorType::TypeInvalid, field, print_value(value), detail)
    }

    /// A value that must be unique and is not.
    pub fn duplicate(field: impl fmt::Display, value: &serde_json::Value) -> Self {
        Self::new(ErrorType::Duplicate, field, print_value(value), "")
    }

    /// A value that is allowed elsewhere, but not here.
    pub fn forbidden(field: impl fmt::Display, detail: impl Into<String>) -> Self {
        Self::new(ErrorType::Forbidden, field, "", detail)
    }

    /// A value that is none of the supported ones.
    pub fn not_supported(field: impl fmt::Display, value: &serde_json::Value, supported: &[&str]) -> Self {
        let supported: Vec<String> = supported.iter().map(|text| print_quoted(text)).collect();
        let detail =
            if supported.is_empty() { String::new() } else { format!("supported values: {}", supported.join(", ")) };
        Self::new(ErrorType::NotSupported, field, print_value(value), detail)
    }

    /// A text longer than `limit`; the text says "bytes" whatever is counted.
    pub fn too_long(field: impl fmt::Display, limit: i64) -> Self {
        let detail = match limit {
            ..=-1 => "value is too long".to_owned(),
            1 => "may not be more than 1 byte".to_owned(),
            _ => format!("may not be more than {limit} bytes"),
        };
        Self::new(ErrorType::TooLong, field, "", detail)
    }

    /// More items (or properties) than `limit`.
    pub fn too_many(field: impl fmt::Display, actual: usize, limit: i64) -> Self {
        let detail = match limit {
            ..=-1 => "has too many items".to_owned(),
            1 => "must have at most 1 item".to_owned(),
            _ => format!("must have at most {limit} items"),
        };
        Self::new(ErrorType::TooMany, field, actual.to_string(), detail)
    }

    /// The text without the field: `field.Error.ErrorBody`, and the `message` of a `metav1.StatusCause`.
    pub fn body(&self) -> String {
        let mut body = self.kind.to_string();
        if !self.value.is_empty() {
            body.push_str(": ");
            body.push_str(&self.value);
        }
        if !self.detail.is_empty() {
            body.push_str(": ");
            body.push_str(&self.detail);
        }
        body
    }
}

impl Errors {
    /// Adds an error.
    pub fn push(&mut self, error: Error) {
        self.0.push(error);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The errors in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Error> {
        self.0.iter()
    }

    /// `Ok` if there is no error.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl Extend<Error> for Errors {
    fn extend<T: IntoIterator<Item = Error>>(&mut self, errors: T) {
        self.0.extend(errors);
    }
}

impl FromIterator<Error> for Errors {
    fn from_iter<T: IntoIterator<Item = Error>>(errors: T) -> Self {
        Self(errors.into_iter().collect())
    }
}

impl IntoIterator for Errors {
    type Item = Error;
    type IntoIter = std::vec::IntoIter<Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Errors {
    type Item = &'a Error;
    type IntoIter = std::slice::Iter<'a, Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::error::Error for Error {}

impl std::error::Error for Errors {}

impl fmt::Display for ErrorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "Not found",
            Self::Required => "Required value",
            Self::Duplicate => "Duplicate value",
            Self::Invalid | Self::TypeInvalid => "Invalid value",
            Self::NotSupported => "Unsupported value",
            Self::Forbidden => "Forbidden",
            Self::TooLong => "Too long",
            Self::TooMany => "Too many",
            Self::Internal => "Internal error",
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.body())
    }
}

/// As Kubernetes joins several: in brackets, separated by commas; one alone stands bare, and repeated texts are left
/// out.
impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut seen = BTreeSet::new();
        let texts = self.0.iter().map(ToString::to_string);
        let texts: Vec<String> = texts.filter(|text| seen.insert(text.clone())).collect();
        match texts.as_slice() {
            [text] => f.write_str(text),
            _ => write!(f, "[{}]", texts.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(error: &Error, text: &str) {
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn texts_are_those_of_the_api_server() {
        let spec = Path::ROOT.child("spec");
        check(&Error::required(spec.child("engine"), ""), "spec.engine: Required value");
        check(
            &Error::invalid(spec, &json!({"b": 1, "a": "<"}), "no"),
            r#"spec: Invalid value: {"a":"\u003c","b":1}: no"#,
        );
        check(&Error::type_invalid(spec, &json!("a\n"), "no"), r#"spec: Invalid value: "a\n": no"#);
        check(&Error::duplicate(spec.child("l").index(1), &json!(1.5)), "spec.l[1]: Duplicate value: 1.5");
        check(&Error::forbidden(spec, "no"), "spec: Forbidden: no");
        check(
            &Error::not_supported(spec, &json!("x"), &["a", "b"]),
            r#"spec: Unsupported value: "x": supported values: "a", "b""#,
        );
        check(&Error::too_long(spec, 1), "spec: Too long: may not be more than 1 byte");
        check(&Error::too_many(Path::ROOT, 3, 2), "<nil>: Too many: 3: must have at most 2 items");
    }

    #[test]
    fn several_errors_stand_in_brackets_without_repetition() {
        let error = Error::required("a", "");
        assert_eq!(Errors(vec![error.clone()]).to_string(), "a: Required value");
        let errors = Errors(vec![error.clone(), Error::required("b", "why"), error]);
        assert_eq!(errors.to_string(), "[a: Required value, b: Required value: why]");
        assert!(errors.into_result().is_err());
        assert_eq!(Errors::default().into_result(), Ok(()));
    }
}
