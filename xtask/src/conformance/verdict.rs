//! What the API server's code says of a case, and what ours says.

use crdgen_schema::field::Errors;
use serde_json::Value;

/// What a case should have given, or gave.
#[derive(Debug, PartialEq)]
pub(super) struct Verdict {
    pub(super) accepted: bool,
    /// Type and field of each error, sorted, each once.
    pub(super) errors: Vec<(String, String)>,
    /// The object after each stage, as JSON text, where the case tells it.
    pub(super) stages: Vec<String>,
}

impl Verdict {
    pub(super) fn from_errors(accepted: bool, errors: &Value) -> Self {
        let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
        let errors = errors.as_array().into_iter().flatten();
        let mut errors: Vec<_> = errors.map(|error| (text(error, "type"), text(error, "field"))).collect();
        errors.sort();
        errors.dedup();
        Self { accepted, errors, stages: Vec::new() }
    }

    pub(super) fn found(errors: &Errors) -> Self {
        let mut pairs: Vec<_> =
            errors.iter().map(|error| (error.kind.reason().to_owned(), error.field.clone())).collect();
        pairs.sort();
        pairs.dedup();
        Self { accepted: errors.is_empty(), errors: pairs, stages: Vec::new() }
    }

    pub(super) fn refused(kind: &str, field: &str) -> Self {
        Self { accepted: false, errors: vec![(kind.to_owned(), field.to_owned())], stages: Vec::new() }
    }
}
